package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/** What the numbers of {@link AblationAnalysis} mean. */
final class AblationDefinitions {
  private static final String SOURCE = "Olsson et al. 2022, Argument 3";

  private AblationDefinitions() {}

  static List<Definition> all() {
    List<Definition> all = new ArrayList<>();
    all.add(define("ablation.set.size", "induction heads", "heads", InductionSet.RULE));
    for (Knockout method : Knockout.values()) {
      all.add(
          define(
              "ablation.set." + method.key(),
              "share of the ICL score removed with the induction set, " + method.words(),
              "1",
              "1 - ICL ablated / ICL intact, all induction heads ablated at once, last checkpoint"));
      all.add(
          define(
              "ablation.random." + method.key(),
              "share of the ICL score removed with as many other heads, " + method.words(),
              "1",
              "the same of other heads, mean over all sets of the induction set's size, or over "
                  + OtherSets.MOST
                  + " seeded draws where there are more; NaN where there are too few others"));
    }
    all.add(
        define(
            "ablation.agree",
            "all six ablations take in-context learning away",
            "1",
            "1 where every ablation of the set leaves an ICL score nearer to 0 or beyond it, else"
                + " 0"));
    all.add(
        define(
            "ablation.others.helped",
            "share of other heads without which in-context learning is as strong or stronger",
            "1",
            "heads outside of the set, ablated one by one (preserving, zero), with ICL ablated <="
                + " ICL intact; last checkpoint"));
    all.add(
        define(
            "ablation.set.helped",
            "share of induction heads without which in-context learning is as strong or stronger",
            "1",
            "the same of heads of the set"));
    all.add(
        define(
            "ablation.set.attribution",
            "before-and-after attribution of the induction set",
            "1",
            "(loss ablated - loss intact) . v / |d|, d = loss at the window's end - loss at its"
                + " start, token by token, v = d / |d|; preserving, zero; last checkpoint. -1: what"
                + " the window brought is undone"));
    all.add(
        define(
            "ablation.random.attribution",
            "before-and-after attribution of as many other heads",
            "1",
            "the same, mean over sets of other heads"));
    all.add(
        define(
            "ablation.set.early",
            "change of the early loss without the induction set",
            "nats",
            "loss at the ICL score's early indices, ablated - intact; preserving, zero"));
    all.add(
        define(
            "ablation.set.late",
            "change of the late loss without the induction set",
            "nats",
            "loss at the ICL score's late indices, ablated - intact; preserving, zero"));
    all.add(
        define(
            "ablation.set.error",
            "standard error of the share removed with the induction set",
            "1",
            "of ablation.set.preserving.zero, jackknife over evaluation sequences"));
    for (String what : List.of("zero", "resample")) {
      all.add(
          define(
              "ablation.restored." + what,
              "share of the ICL score removed with as many other heads, values restored, " + what,
              "1",
              "ablation.random.preserving."
                  + what
                  + " where induction heads read the values of the intact model"));
    }
    all.add(
        define(
            "ablation.others.move",
            "how much the ICL score moves without one other head",
            "nats",
            "mean over heads outside of the set of |ICL ablated - ICL intact|; preserving, zero"));
    all.add(
        define(
            "ablation.others.restored",
            "how much the ICL score moves without one other head, values restored",
            "nats",
            "the same where induction heads read the values of the intact model"));
    all.add(
        define(
            "ablation.restored.attribution",
            "before-and-after attribution of as many other heads, values restored",
            "1",
            "ablation.random.attribution where induction heads read the values of the intact"
                + " model"));
    return all;
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, SOURCE);
  }
}
