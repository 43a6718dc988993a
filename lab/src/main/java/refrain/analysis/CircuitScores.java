package refrain.analysis;

import java.util.List;
import java.util.Objects;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Composition;
import refrain.store.MetricsRow;

/** Scores of the weights of a circuit's heads, beside those of other heads and of step 0. */
final class CircuitScores {
  private static final List<List<String>> SCORES =
      List.of(
          List.of("mech.ov", "ov.eig"),
          List.of("mech.copy", "copy"),
          List.of("mech.qk", "qk.trace.eig"));

  private CircuitScores() {}

  /**
   * @param first the thorough row of step 0
   * @param last the last thorough row
   */
  static Findings of(ModelSpec spec, CircuitHeads heads, MetricsRow first, MetricsRow last) {
    Findings found =
        new Findings()
            .put("mech.induction.heads", heads.matching().size())
            .put("mech.previous.heads", heads.previous().size());
    List<HeadId> layers =
        HeadId.all(spec).stream()
            .filter(h -> heads.matching().stream().anyMatch(m -> m.layer() == h.layer()))
            .toList();
    for (List<String> score : SCORES) {
      String to = score.getFirst();
      String key = score.getLast();
      found
          .put(to + ".induction", mean(last, key, heads.matching()))
          .put(to + ".other", mean(last, key, heads.others(spec)))
          .put(to + ".null", mean(first, key, layers));
    }
    if (heads.matching().isEmpty()) {
      return found;
    }
    HeadId sender = heads.previous().getFirst();
    HeadId receiver = heads.matching().getFirst();
    double q = z(spec, last, "comp.q", sender, receiver);
    double v = z(spec, last, "comp.v", sender, receiver);
    return found
        .put("mech.z.k", z(spec, last, "comp.k", sender, receiver))
        .put("mech.z.q", q)
        .put("mech.z.v", v)
        .put("mech.z.qv", Math.max(q, v))
        .put(
            "mech.z.k.other",
            heads.notPrevious(spec).stream()
                .filter(h -> h.layer() < receiver.layer())
                .mapToDouble(h -> z(spec, last, "comp.k", h, receiver))
                .max()
                .orElse(Double.NaN));
  }

  private static double mean(MetricsRow row, String key, List<HeadId> heads) {
    return heads.stream()
        .mapToDouble(h -> CircuitHeads.of(row, key, h))
        .average()
        .orElse(Double.NaN);
  }

  /** A pair's composition score against the null of its row. */
  static double z(ModelSpec spec, MetricsRow row, String key, HeadId s, HeadId r) {
    int pair = Composition.pairs(spec).indexOf(new Composition.Pair(s, r));
    double[] scores = Objects.requireNonNull(row.list(key), key);
    return (scores[pair] - row.value("comp.null.mean")) / row.value("comp.null.sd");
  }
}
