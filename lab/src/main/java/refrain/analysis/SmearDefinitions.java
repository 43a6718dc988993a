package refrain.analysis;

import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/** What the numbers of {@link SmearCircuitAnalysis} mean. */
final class SmearDefinitions {
  private static final String OURS = "this project, after Olsson et al. 2022, Argument 2";
  private static final String HEADS =
      "heads found: prefix matching two after at least .2 and three times uniform attention's";
  private static final String EDGE =
      " contributions of previous-token heads (score at least .2, or the best) to the found heads of"
          + " later layers replaced by those of another sequence: 1 - ICL score / intact ICL score";

  private SmearDefinitions() {}

  static List<Definition> all() {
    return List.of(
        of(
            "smear2.pm",
            "prefix matching two after",
            "probability",
            "best head's mean over positions i of the attention from i to all j + 2 with t[j] = t[i],"
                + " j + 2 < i, t[j + 2] != t[i], on repeated random tokens"),
        of(
            "smear2.pm.usual",
            "prefix matching one after",
            "probability",
            "the same of j + 1: the usual prefix-matching score"),
        of("smear2.heads", "heads found", "1", HEADS),
        of("smear2.layer", "layer of the best head", "1", "of smear2.pm"),
        of(
            "smear2.own",
            "weight of a key's own token",
            "1",
            "logistic(alpha) of the best head: the rest comes from two back; 1 without smearing"),
        of(
            "smear2.ablate",
            "share of the ICL lost without the heads found",
            "1",
            "zero ablation of all of them with patterns preserved: 1 - ICL score / intact; "
                + HEADS),
        of(
            "smear2.ablate.other",
            "share of the ICL lost without the others",
            "1",
            "the same of the heads that are neither found nor previous-token heads"),
        of("smear2.edge.k", "share of the ICL lost without the K edges", "1", "K" + EDGE),
        of("smear2.edge.q", "share of the ICL lost without the Q edges", "1", "Q" + EDGE),
        of("smear2.edge.v", "share of the ICL lost without the V edges", "1", "V" + EDGE),
        of(
            "smear2.edge.v.other",
            "share of the ICL lost without the V edges from other heads",
            "1",
            "as V, from the heads of earlier layers that are no previous-token heads"),
        of(
            "smear2.match",
            "direct match memory",
            "1",
            "share of tokens a whose largest W_E W_Q (W_E W_K)_b over b is at a; best head found"),
        of(
            "smear2.copy.direct",
            "copy memory of the token attended to",
            "1",
            "share of tokens a whose largest (W_E W_V W_O W_U)_ab over b is at a; best head found"),
        of(
            "smear2.copy.through",
            "copy memory through a previous-token head",
            "1",
            "the same of W_E W_V^k W_O^k W_V W_O W_U, k the best previous-token head"));
  }

  private static Definition of(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, OURS);
  }
}
