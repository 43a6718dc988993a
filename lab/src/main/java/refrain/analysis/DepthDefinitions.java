package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/** What the numbers of {@link DepthAnalysis} mean. */
final class DepthDefinitions {
  private DepthDefinitions() {}

  static List<Definition> all() {
    List<Definition> all = new ArrayList<>(shape());
    all.addAll(heads());
    all.addAll(paths());
    return all;
  }

  private static List<Definition> shape() {
    return List.of(
        define("depth.layers", "layers", "layers", "n_layers"),
        define("depth.mlp", "MLP", "1", "1 with an MLP in each block, else 0"),
        define("depth.width", "width", "features", "d_model"),
        define("depth.parameters", "parameters", "parameters", "all, embeddings included"),
        define(
            "depth.icl",
            "ICL score after heads formed",
            "nats",
            "at the last probe up to "
                + ModelRow.AFTER
                + " steps after the formation step; none formed: at the last probe"));
  }

  private static List<Definition> heads() {
    return List.of(
        define("depth.set.size", "heads that match prefixes", "heads", InductionSet.RULE),
        define(
            "depth.set",
            "share of the ICL score removed with the induction set",
            "1",
            "1 - ICL ablated / ICL intact, pattern-preserving zero ablation, last checkpoint"),
        define(
            "depth.random",
            "share of the ICL score removed with as many other heads",
            "1",
            "the same, mean over sets of other heads"),
        define("depth.induction", "best induction head", "probability", "highest prefix matching"),
        define("depth.induction.layer", "its layer", "layer", "counted from 0; NaN: none formed"),
        define(
            "depth.induction.relative",
            "its relative depth",
            "1",
            "layer / (n_layers - 1), 0 first, 1 last"),
        define(
            "depth.previous",
            "best previous-token head before it",
            "probability",
            "highest previous-token score on evaluation text of a head in an earlier layer than the"
                + " best induction head; none formed: of any head"),
        define("depth.previous.layer", "layer of that head", "layer", "counted from 0"),
        define(
            "depth.behind",
            "best induction head right behind the best previous-token head",
            "1",
            "1 where it sits one layer after it, 0 where further"),
        define("depth.copying", "copying score of the best induction head", "1", "at the end"),
        define("depth.ov", "OV eigenvalue score of the best induction head", "1", "at the end"),
        define(
            "depth.k.z",
            "strongest K-composition into the best induction head",
            "sd",
            "largest z over earlier heads against random matrices"),
        define(
            "depth.k.previous",
            "its K-composition partner is the best previous-token head",
            "1",
            "1 where it is, else 0"));
  }

  private static List<Definition> paths() {
    String edges =
        "edges from induction heads to the Q, K and V inputs of all heads of later layers";
    List<Definition> all = new ArrayList<>();
    all.add(
        define(
            "depth.path.senders",
            "induction heads with layers after them",
            "heads",
            "heads of the induction set that are not in the last layer"));
    for (String source : List.of("mean", "zero", "resample")) {
      all.add(
          define(
              "depth.path." + source,
              "share of the ICL score that reaches the output through later heads, " + source,
              "1",
              "1 - ICL cut / ICL intact, " + edges + " carry: " + source));
    }
    for (String input : List.of("q", "k", "v")) {
      all.add(
          define(
              "depth.path." + input,
              "the same, through their " + input.toUpperCase(java.util.Locale.ROOT) + " inputs",
              "1",
              "depth.path.mean, these edges only"));
    }
    all.add(
        define(
            "depth.path.control",
            "the same edges from other heads of the same layers",
            "1",
            "depth.path.mean of as many other heads of each sender's layer, at most all of them,"
                + " least prefix matching first; NaN where there is none"));
    all.add(
        define(
            "depth.path.matched",
            "rise of the loss without these edges where the token stood before",
            "1",
            "mean loss, cut (mean) - intact, at positions whose token occurred earlier, over |ICL"
                + " intact|"));
    all.add(
        define(
            "depth.path.unmatched",
            "rise of the loss without these edges where there is nothing to match",
            "1",
            "the same at positions whose token did not occur earlier"));
    all.add(
        define(
            "depth.path.late",
            "change of the late loss without these edges",
            "nats",
            "loss at the ICL score's late indices, cut (mean) - intact"));
    return all;
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(
        key, title, unit, Better.NEITHER, formula, "Olsson et al. 2022, Argument 6");
  }
}
