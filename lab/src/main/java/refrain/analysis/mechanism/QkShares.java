package refrain.analysis.mechanism;

import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToDoubleBiFunction;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.ModelState;
import refrain.model.HeadId;
import refrain.probe.Circuits;
import refrain.probe.NormTreatment;
import refrain.probe.QkTrace;

/**
 * Through which earlier heads the QK circuits of induction heads match. The eigenvalues of the
 * match are positive through any head that copies, however little of it there is; how large its
 * trace is tells the heads that the match runs through from the others.
 */
final class QkShares {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 5; this project");

  private static final String TRACE =
      "of each induction head h and earlier head k, the trace of W_E W_Q^h (W_E W_V^k W_O^k W_K^h)^T,"
          + " whatever k attends to; sum of its sizes over ";
  private static final String OF_ALL = " / over all earlier heads, mean over induction heads";
  private static final Quantity SHARE =
      ALL.pure("mech.qk.share", "share of the QK trace through previous-token heads")
          .is(TRACE + "previous-token heads" + OF_ALL);
  private static final Quantity SHARE_OTHER =
      ALL.pure("mech.qk.share.other", "largest share of the QK trace through another head")
          .is(TRACE + "the one other head for which the mean is largest" + OF_ALL);
  private static final Quantity SHARE_NORMED =
      ALL.pure("mech.qk.share.normed", "share of the QK trace, all heads writing as much")
          .is("mech.qk.share, each trace divided by ||W_E W_V^k W_O^k||_F");
  private static final Quantity SHARE_EVEN =
      ALL.pure("mech.qk.share.even", "share of previous-token heads among earlier heads")
          .is("what mech.qk.share is where all earlier heads have traces of one size");
  private static final Quantity TRACE_PREVIOUS =
      ALL.pure("mech.qk.trace.previous", "QK trace through previous-token heads")
          .is("the trace of mech.qk.share, mean over previous-token heads and induction heads");
  private static final Quantity TRACE_OTHER =
      ALL.pure("mech.qk.trace.other", "QK trace through other heads")
          .is(
              "the trace of mech.qk.share, largest size over other heads, mean over induction heads");

  private QkShares() {}

  /**
   * @param heads at least one that matches
   */
  static Findings of(ModelState model, Circuit heads) {
    Circuits c = new Circuits(model.parameters(), NormTreatment.FOLDED);
    ToDoubleBiFunction<HeadId, HeadId> trace = (k, h) -> Math.abs(QkTrace.of(c, k, h));
    ToDoubleBiFunction<HeadId, HeadId> normed =
        (k, h) -> {
          double written = QkTrace.written(c, k);
          return written == 0 ? 0 : trace.applyAsDouble(k, h) / written;
        };
    List<HeadId> previous = heads.previous();
    List<HeadId> others = heads.notPrevious(model.spec());
    return new Findings()
        .put(SHARE, share(model, heads, trace, previous::contains))
        .put(
            SHARE_OTHER,
            others.stream()
                .mapToDouble(other -> share(model, heads, trace, other::equals))
                .max()
                .orElse(Double.NaN))
        .put(SHARE_NORMED, share(model, heads, normed, previous::contains))
        .put(SHARE_EVEN, share(model, heads, (k, h) -> 1, previous::contains))
        .put(
            TRACE_PREVIOUS,
            heads.matching().stream()
                .flatMapToDouble(h ->
                    previous.stream()
                        .filter(k -> k.layer() < h.layer())
                        .mapToDouble(k -> QkTrace.of(c, k, h)))
                .average()
                .orElse(Double.NaN))
        .put(
            TRACE_OTHER,
            heads.matching().stream()
                .mapToDouble(h ->
                    others.stream()
                        .filter(k -> k.layer() < h.layer())
                        .mapToDouble(k -> trace.applyAsDouble(k, h))
                        .max()
                        .orElse(Double.NaN))
                .average()
                .orElse(Double.NaN));
  }

  private static double share(
      ModelState model,
      Circuit heads,
      ToDoubleBiFunction<HeadId, HeadId> size,
      Predicate<HeadId> which) {
    return heads.matching().stream()
        .mapToDouble(h -> {
          List<HeadId> earlier =
              HeadId.all(model.spec()).stream().filter(k -> k.layer() < h.layer()).toList();
          double part =
              earlier.stream().filter(which).mapToDouble(k -> size.applyAsDouble(k, h)).sum();
          return part / earlier.stream().mapToDouble(k -> size.applyAsDouble(k, h)).sum();
        })
        .average()
        .orElse(Double.NaN);
  }
}
