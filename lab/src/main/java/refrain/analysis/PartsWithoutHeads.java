package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.data.BigramRestarts;
import refrain.data.BigramTable;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.model.HeadId;
import refrain.model.Parameters;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * What is left of the two parts of a sequence that says everything twice, the first time (bigrams)
 * and the second (copying), without the induction heads and without any head. Zero ablation, as in
 * the paper.
 */
final class PartsWithoutHeads {
  private PartsWithoutHeads() {}

  static List<Definition> definitions() {
    return List.of(
        define(
            "parts.table", "the language's own loss", "loss of the true bigram table, said first"),
        define("parts.cut.first", "rise without induction heads, said first", cut("first")),
        define("parts.cut.again", "rise without induction heads, said again", cut("second")),
        define("parts.direct.first", "loss without any head, said first", all("first")),
        define("parts.direct.again", "loss without any head, said again", all("second")),
        define(
            "parts.direct.share",
            "share of the table's gain without any head",
            "(ln V - parts.direct.first) / (ln V - parts.table)"));
  }

  private static String cut(String which) {
    return "rise of the mean loss at the "
        + which
        + " saying of walks in the language when all heads of prefix matching .2 and three times"
        + " uniform attention's are zeroed together";
  }

  private static String all(String which) {
    return "mean loss at the " + which + " saying when all heads are zeroed: the direct path alone";
  }

  private static Definition define(String key, String title, String formula) {
    return new Definition(
        key,
        title,
        "nats",
        Better.NEITHER,
        formula,
        "Elhage et al. 2021, zero-layer transformers; Olsson et al. 2022, Argument 3");
  }

  static void report(
      Subject run,
      BigramRestarts language,
      TwiceSequences walks,
      List<HeadId> heads,
      Findings out) {
    Parameters last = run.last();
    float[][] intact = run.losses(last, walks.batch(), List.of());
    float[][] none = run.losses(last, walks.batch(), zero(HeadId.all(run.model())));
    double cutFirst = Double.NaN;
    double cutAgain = Double.NaN;
    if (!heads.isEmpty()) {
      float[][] cut = run.losses(last, walks.batch(), zero(heads));
      cutFirst = walks.first(cut) - walks.first(intact);
      cutAgain = walks.again(cut) - walks.again(intact);
    }
    double table = walks.first(losses(language.table(), walks));
    double uniform = Math.log(language.vocab());
    out.put("parts.table", table)
        .put("parts.cut.first", cutFirst)
        .put("parts.cut.again", cutAgain)
        .put("parts.direct.first", walks.first(none))
        .put("parts.direct.again", walks.again(none))
        .put("parts.direct.share", (uniform - walks.first(none)) / (uniform - table));
  }

  private static List<Intervention> zero(List<HeadId> heads) {
    List<Intervention> zeroed = new ArrayList<>();
    heads.forEach(head -> zeroed.add(Intervention.zero(Site.of(head))));
    return zeroed;
  }

  private static float[][] losses(BigramTable table, TwiceSequences walks) {
    int[][] tokens = walks.batch().tokens();
    float[][] losses = new float[tokens.length][walks.batch().context()];
    for (int i = 0; i < tokens.length; i++) {
      for (int t = 0; t < losses[i].length; t++) {
        losses[i][t] = (float) -Math.log(table.probability(tokens[i][t], tokens[i][t + 1]));
      }
    }
    return losses;
  }
}
