package refrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import refrain.base.RefrainException;
import refrain.store.Arithmetic;
import refrain.store.Checkpoint;
import refrain.store.Machine;
import refrain.store.RunFolder;
import refrain.store.RunInfo;

/**
 * That a run would go on from a state which other arithmetic made than this process has. The run
 * would then be one that no machine repeats to the bit, so somebody has to want it.
 *
 * @param run what would go on
 * @param step the steps that its state has had
 * @param sitting the one that made this state
 */
public record OtherArithmetic(RunFolder run, long step, RunInfo.Session sitting) {
  /** Of a run that goes on from its newest undamaged state; empty: nothing stands against it. */
  public static Optional<OtherArithmetic> of(RunFolder run) {
    return run.checkpoints().latestGood().checkpoint().flatMap(from -> of(run, from));
  }

  static Optional<OtherArithmetic> of(RunFolder run, Checkpoint from) {
    RunInfo info = run.info();
    if (from.step() == info.begins()) {
      return Optional.empty(); // what a run begins with is the same everywhere
    }
    RunInfo.Session sitting = info.sittingOf(from.step());
    return sitting.calculatedWith().sameBits(Engines.arithmetic())
        ? Optional.empty()
        : Optional.of(new OtherArithmetic(run, from.step(), sitting));
  }

  /**
   * For who did not ask for it: why the run stays as it is, and what can be done.
   *
   * @param more runs beside it of which the same can be said
   */
  public RefrainException refused(int more) {
    return RefrainException.badInput(
        "%s: %s, so it cannot go on to the same bits: use %s, or add --other-arithmetic to go on all"
                .formatted(run.path(), said(), wanted())
            + " the same, or move the folder away to train it from the beginning"
            + switch (more) {
              case 0 -> "";
              case 1 -> "; one more run here was interrupted like that";
              default ->
                  String.format(
                      Locale.ROOT, "; %d more runs here were interrupted like that", more);
            });
  }

  /** For who asked for it. */
  String warning() {
    return said() + ": it goes on, and no machine will repeat it to the same bits";
  }

  private String said() {
    return String.format(
        Locale.ROOT,
        "step %d was made with %s, here is %s",
        step,
        sitting.calculatedWith().words(),
        Engines.arithmetic().words());
  }

  private String wanted() {
    Arithmetic made = sitting.calculatedWith();
    Arithmetic here = Engines.arithmetic();
    boolean recorded = sitting.arithmetic() != null;
    boolean elsewhere =
        recorded
            ? !made.processor().equals(here.processor())
            : !sitting.machine().cpu().equals(Machine.here().cpu());
    List<String> all = new ArrayList<>();
    if (elsewhere) {
      all.add("such a machine");
    } else if (recorded && !made.vectors().equals(here.vectors())) {
      all.add(made.width() + option(made.vectors(), here.vectors()));
    }
    if (made.kernels() != here.kernels()) {
      all.add("the version of Refrain that made it");
    }
    return String.join(" and ", all);
  }

  /** What makes java use them; where vectors fail here altogether, no option does. */
  private static String option(String made, String here) {
    if (made.equals(Arithmetic.PLAIN)) {
      return " (REFRAIN_JAVA_OPTS=-Drefrain.kernels=plain)";
    }
    boolean x86 = List.of("amd64", "x86_64").contains(System.getProperty("os.arch"));
    return x86 && !here.equals(Arithmetic.PLAIN)
        ? " (REFRAIN_JAVA_OPTS=-XX:UseAVX=%s)".formatted(made.equals("512") ? "3" : "2")
        : "";
  }
}
