package refrain.analysis.mechanism;

import java.util.List;
import java.util.Objects;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Heads;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Composition;
import refrain.store.MetricsRow;

/** Scores of the weights of a circuit's heads, beside those of other heads and of step 0. */
final class CircuitScores {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 5");

  private static final String HEADS =
      "induction heads: layer 1 or later, prefix matching at the end at least .2 and three times"
          + " uniform attention's; previous-token heads: earlier layers, previous-token score at"
          + " least .2, or the best";
  private static final String NULL = "sd of the null";
  private static final Quantity INDUCTION =
      ALL.pure("mech.induction.heads", "induction heads found").is(HEADS);
  private static final Quantity PREVIOUS =
      ALL.pure("mech.previous.heads", "previous-token heads found").is(HEADS);
  private static final List<Score> SCORES =
      List.of(
          new Score("mech.ov", "OV eigenvalue score", "ov.eig"),
          new Score("mech.copy", "copying score", "copy"),
          new Score(
              "mech.copy.z", "copying score, sd above random heads of the same width", "copy.z"),
          new Score("mech.qk", "QK trace through previous-token heads", "qk.trace.eig"));
  private static final Quantity Z_K =
      ALL.number("mech.z.k", "K-composition z", NULL)
          .is("best previous-token head into the best induction head, against random matrices");
  private static final Quantity Z_Q =
      ALL.number("mech.z.q", "Q-composition z", NULL).is("the pair of mech.z.k, by Q-composition");
  private static final Quantity Z_V =
      ALL.number("mech.z.v", "V-composition z", NULL).is("the pair of mech.z.k, by V-composition");
  private static final Quantity Z_QV =
      ALL.number("mech.z.qv", "Q- or V-composition z", NULL)
          .is("the larger of mech.z.q and mech.z.v");
  private static final Quantity Z_K_OTHER =
      ALL.number("mech.z.k.other", "K-composition z, other senders", NULL)
          .is("the largest of heads that are no previous-token heads into the best induction head");

  private CircuitScores() {}

  /** What is declared of one measure of heads. */
  private record Score(String measure, Quantity induction, Quantity other, Quantity atStart) {
    Score(String key, String title, String measure) {
      this(
          measure,
          ALL.pure(key + ".induction", title + ", induction heads")
              .is("mean of " + measure + " over the induction heads, last thorough probe"),
          ALL.pure(key + ".other", title + ", other heads")
              .is("mean of " + measure + " over all other heads, last thorough probe"),
          ALL.pure(key + ".null", title + ", step 0")
              .is(
                  "mean of %s at step 0 over all heads of the layers that have induction heads"
                      .formatted(measure)));
    }
  }

  /**
   * @param first the thorough row of step 0
   * @param last the last thorough row
   */
  static Findings of(ModelSpec spec, Circuit heads, MetricsRow first, MetricsRow last) {
    Findings found =
        new Findings()
            .put(INDUCTION, heads.matching().size())
            .put(PREVIOUS, heads.previous().size());
    List<HeadId> layers =
        HeadId.all(spec).stream()
            .filter(h -> heads.matching().stream().anyMatch(m -> m.layer() == h.layer()))
            .toList();
    for (Score score : SCORES) {
      found
          .put(score.induction, mean(last, score.measure, heads.matching()))
          .put(score.other, mean(last, score.measure, heads.others(spec)))
          .put(score.atStart, mean(first, score.measure, layers));
    }
    if (heads.matching().isEmpty()) {
      return found;
    }
    HeadId sender = heads.previous().getFirst();
    HeadId receiver = heads.matching().getFirst();
    double q = z(spec, last, "comp.q", sender, receiver);
    double v = z(spec, last, "comp.v", sender, receiver);
    return found
        .put(Z_K, z(spec, last, "comp.k", sender, receiver))
        .put(Z_Q, q)
        .put(Z_V, v)
        .put(Z_QV, Math.max(q, v))
        .put(
            Z_K_OTHER,
            heads.notPrevious(spec).stream()
                .filter(h -> h.layer() < receiver.layer())
                .mapToDouble(h -> z(spec, last, "comp.k", h, receiver))
                .max()
                .orElse(Double.NaN));
  }

  private static double mean(MetricsRow row, String key, List<HeadId> heads) {
    return heads.stream().mapToDouble(h -> Heads.score(row, key, h)).average().orElse(Double.NaN);
  }

  /** A pair's composition score against the null of its row. */
  static double z(ModelSpec spec, MetricsRow row, String key, HeadId s, HeadId r) {
    int pair = Composition.pairs(spec).indexOf(new Composition.Pair(s, r));
    double[] scores = Objects.requireNonNull(row.list(key), key);
    return (scores[pair] - row.value("comp.null.mean")) / row.value("comp.null.sd");
  }
}
