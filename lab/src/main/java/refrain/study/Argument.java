package refrain.study;

/** The arguments of Olsson et al. 2022, and the question that the paper is asked most often. */
public enum Argument {
  CO_OCCURRENCE("1", "Co-occurrence"),
  CO_PERTURBATION("2", "Co-perturbation"),
  ABLATION("3", "Ablation"),
  GENERALITY("4", "Generality"),
  MECHANISM("5", "Mechanism"),
  CONTINUITY("6", "Continuity"),
  N_GRAMS("n-grams", "Against n-grams");

  private final String number;
  private final String title;

  Argument(String number, String title) {
    this.number = number;
    this.title = title;
  }

  /** 1 to 6, or n-grams. */
  public String number() {
    return number;
  }

  public String title() {
    return title;
  }
}
