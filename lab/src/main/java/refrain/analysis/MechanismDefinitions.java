package refrain.analysis;

import java.util.List;
import java.util.stream.Stream;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/** What the numbers of {@link MechanismAnalysis} mean. */
final class MechanismDefinitions {
  private static final String OLSSON = "Olsson et al. 2022, Argument 5";
  private static final String BIETTI = "Bietti et al. 2023, memory recall probes";
  private static final String PATHS = "Goldowsky-Dill et al. 2023; Olsson et al. 2022, Argument 5";
  private static final String IDEAL = "Olsson et al. 2022, Argument 5; replications of it";
  private static final String HEADS =
      "induction heads: layer 1 or later, prefix matching at the end at least .2 and three times"
          + " uniform attention's; previous-token heads: earlier layers, previous-token score at"
          + " least .2, or the best";
  private static final String EDGE =
      " replaced by those of another sequence: 1 - ICL score / intact ICL score";
  private static final String RECOVERED =
      "(L ablated - L clamped) / (L ablated - L intact), ablated: the heads' outputs are their mean"
          + " over sequences at each position; ";
  private static final String WAY =
      " of the way from the value at step 0 to the mean of the last five: first step from which on"
          + " three probes in a row lie beyond it, interpolated";

  private MechanismDefinitions() {}

  static List<Definition> all() {
    return Stream.of(circuit(), edges(), ideals(), memories(), leads())
        .flatMap(List::stream)
        .toList();
  }

  private static List<Definition> circuit() {
    return List.of(
        of("mech.induction.heads", "induction heads found", "1", HEADS, OLSSON),
        of("mech.previous.heads", "previous-token heads found", "1", HEADS, OLSSON),
        of("mech.ov.induction", "OV eigenvalue score, induction heads", "1", "mean", OLSSON),
        of(
            "mech.ov.other",
            "OV eigenvalue score, other heads",
            "1",
            "all other heads, mean",
            OLSSON),
        of("mech.ov.null", "OV eigenvalue score, step 0", "1", "same layers, all heads", OLSSON),
        of("mech.copy.induction", "copying score, induction heads", "1", "mean", OLSSON),
        of("mech.copy.other", "copying score, other heads", "1", "all other heads, mean", OLSSON),
        of("mech.copy.null", "copying score, step 0", "1", "same layers, all heads", OLSSON),
        of(
            "mech.qk.induction",
            "QK trace through previous-token heads, induction heads",
            "1",
            "qk.trace.eig, mean",
            OLSSON),
        of("mech.qk.other", "QK trace, other heads", "1", "all other heads, mean", OLSSON),
        of("mech.qk.null", "QK trace, step 0", "1", "same layers, all heads", OLSSON),
        of(
            "mech.z.k",
            "K-composition z",
            "sd of the null",
            "best previous-token head into the best induction head, against random matrices",
            OLSSON),
        of("mech.z.q", "Q-composition z", "sd of the null", "the same pair", OLSSON),
        of("mech.z.v", "V-composition z", "sd of the null", "the same pair", OLSSON),
        of("mech.z.qv", "Q- or V-composition z", "sd of the null", "the larger", OLSSON),
        of(
            "mech.z.k.other",
            "K-composition z, other senders",
            "sd of the null",
            "the largest of heads that are no previous-token heads into the best induction head",
            OLSSON));
  }

  private static List<Definition> edges() {
    String k = "K inputs of induction heads, contributions of previous-token heads";
    return List.of(
        of("mech.edge.k", "share of the ICL lost without the K edges", "1", k + EDGE, PATHS),
        of("mech.edge.q", "share of the ICL lost without the Q edges", "1", "as K, of Q", PATHS),
        of("mech.edge.v", "share of the ICL lost without the V edges", "1", "as K, of V", PATHS),
        of(
            "mech.edge.qv",
            "share of the ICL lost without the Q or V edges",
            "1",
            "the larger of the two",
            PATHS),
        of(
            "mech.edge.k.other",
            "share of the ICL lost without the K edges from other heads",
            "1",
            "as K, from the heads of earlier layers that are no previous-token heads",
            PATHS),
        of(
            "mech.edge.k.mean",
            "share of the ICL lost, K edges at their mean",
            "1",
            "as K, the mean over sequences at each position instead of another sequence's",
            PATHS),
        of("mech.edge.k.zero", "share of the ICL lost, K edges at 0", "1", "as K, zeros", PATHS));
  }

  private static List<Definition> ideals() {
    String previous = RECOVERED + "clamped: previous-token heads attend to the previous token only";
    String induction =
        RECOVERED
            + "clamped: induction heads attend to what followed earlier occurrences of the token,"
            + " where there are none to the first token";
    String two = induction + "; where the token before matches too";
    String rows = "; elsewhere they attend as they do";
    return Stream.of(
            ideal("mech.ideal.previous", "exact previous-token attention", previous),
            ideal(
                "mech.ideal.previous.keys",
                "exact previous-token attention in keys",
                previous
                    + ", as the keys of induction heads read them; all else reads them intact"),
            ideal("mech.ideal.induction", "exact induction", induction),
            ideal(
                "mech.ideal.induction.rows", "exact induction where it matches", induction + rows),
            ideal("mech.ideal.induction.two", "two-token induction", two),
            ideal(
                "mech.ideal.induction.two.rows",
                "two-token induction, where it matches",
                two + rows),
            List.of(
                of(
                    "mech.ideal.previous.control",
                    "loss recovered by wrong attention, previous-token heads",
                    "1",
                    "the same with attention two back, or to the first token: the larger",
                    IDEAL),
                of(
                    "mech.ideal.induction.control",
                    "loss recovered by wrong attention, induction heads",
                    "1",
                    "the same with attention two back, or to the first token: the larger",
                    IDEAL)))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Definition> ideal(String key, String title, String formula) {
    return List.of(
        of(key, "loss recovered by " + title, "1", formula, IDEAL),
        of(
            key + ".matched",
            "the same, where the context tells: " + title,
            "1",
            "over positions whose token occurred before with the same successor",
            IDEAL),
        of(
            key + ".elsewhere",
            "loss added elsewhere by " + title,
            "nats",
            "clamped minus intact loss at all other positions",
            IDEAL));
  }

  private static List<Definition> memories() {
    String position =
        "share of positions i >= 1 whose largest p_i W_Q (p_j W_K)^T over j <= i is at i - 1, p the"
            + " position table; best head of layer 0";
    String match =
        "share of tokens a whose largest W_E W_Q (W_E W_V W_O W_K)_b over b is at a, W_V W_O of a"
            + " head of an earlier layer; best pair";
    String copy =
        "share of tokens a whose largest (W_E W_V W_O W_U)_ab over b is at a; best head of layer 1"
            + " or later";
    return List.of(
        of("mech.memory.previous", "previous-token memory", "1", position, BIETTI),
        of("mech.memory.previous.null", "previous-token memory, step 0", "1", position, BIETTI),
        of("mech.memory.match", "match memory", "1", match, BIETTI),
        of("mech.memory.match.null", "match memory, step 0", "1", match, BIETTI),
        of("mech.memory.copy", "copy memory", "1", copy, BIETTI),
        of("mech.memory.copy.null", "copy memory, step 0", "1", copy, BIETTI),
        of(
            "mech.prev.reach",
            "positions with previous-token attention",
            "positions",
            "of the best previous-token head: i = 1, 2, ... as long as the mean attention from i to"
                + " i - 1 is at least .5",
            "this project"),
        of(
            "mech.memory.previous.within",
            "previous-token memory within reach",
            "1",
            "of the best previous-token head, over the positions of mech.prev.reach",
            BIETTI),
        of(
            "mech.memory.copy.set",
            "copy memory of the induction heads together",
            "1",
            "the same of the sum of W_E W_V W_O W_U over the induction heads of a layer",
            BIETTI),
        of(
            "mech.memory.copy.through",
            "copy memory through the previous-token head",
            "1",
            "the same of W_E W_V^k W_O^k W_V W_O W_U: what V-composition would copy",
            BIETTI),
        of(
            "mech.copy.rank",
            "copying score of random codes",
            "1",
            "copying score where token a is d_head normal numbers c_a and attending to a raises b by"
                + " c_a . c_b: what one head can hold",
            "this project"));
  }

  private static List<Definition> leads() {
    return Stream.of(
            dates("copy", "copy memory", BIETTI),
            dates("match", "match memory", BIETTI),
            dates("copy.set", "copy memory of the induction heads together", BIETTI),
            dates("position", "previous-token memory", BIETTI),
            dates("prev", "previous-token score, best head of layer 0", OLSSON),
            dates("pm", "prefix matching, best head", OLSSON),
            dates("z", "K-composition, largest z of any pair", OLSSON),
            dates("z.pair", "K-composition z of the pair that is best in the end", OLSSON),
            dates("icl", "ICL score", OLSSON),
            List.of(
                of(
                    "lead.prev.cross",
                    "step at which the previous-token score passes .10",
                    "steps",
                    "best head of layer 0, at .10 or more at three probes in a row, interpolated",
                    "Howe 2026"),
                of(
                    "lead.z.cross",
                    "step at which K-composition passes z = 3",
                    "steps",
                    "largest z of any pair, at 3 or more at three probes in a row, interpolated",
                    OLSSON)))
        .flatMap(List::stream)
        .toList();
  }

  private static List<Definition> dates(String key, String title, String source) {
    return List.of(
        of("lead." + key, "half-way step: " + title, "steps", "half" + WAY, source),
        of("lead." + key + ".start", "tenth-way step: " + title, "steps", "a tenth" + WAY, source));
  }

  private static Definition of(
      String key, String title, String unit, String formula, String source) {
    return new Definition(key, title, unit, Better.NEITHER, formula, source);
  }
}
