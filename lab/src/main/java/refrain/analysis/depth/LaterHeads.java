package refrain.analysis.depth;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.ControlSets;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Plan;
import refrain.probe.IclIndices;

/**
 * Whether heads of later layers use what induction heads of earlier ones found: path ablation of
 * the edges from these to the Q, K and V inputs of all heads behind them. What induction heads
 * write still reaches the logits (and MLPs), so the loss that follows is what later heads made of
 * it.
 */
final class LaterHeads {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 6");

  private static final String EDGES =
      "1 - ICL cut / ICL intact, edges from induction heads to the Q, K and V inputs of all heads"
          + " of later layers carry: ";
  private static final Quantity SENDERS =
      ALL.number("depth.path.senders", "induction heads with layers after them", "heads")
          .is("heads of the induction set that are not in the last layer");
  private static final Family<String, Quantity> BY_SOURCE =
      Family.of(
          List.of("mean", "zero", "resample"),
          source ->
              ALL.pure(
                      "depth.path." + source,
                      "share of the ICL score that reaches the output through later heads, "
                          + source)
                  .is(EDGES + source));
  private static final Family<String, Quantity> BY_INPUT =
      Family.of(
          List.of("q", "k", "v"),
          input ->
              ALL.pure(
                      "depth.path." + input,
                      "share of the ICL score that reaches the output through the "
                          + input.toUpperCase(Locale.ROOT)
                          + " inputs of later heads")
                  .is("depth.path.mean, these edges only"));
  private static final Quantity CONTROL =
      ALL.pure(
              "depth.path.control",
              "share of the ICL score that reaches the output through later heads, other senders")
          .is(
              "depth.path.mean of as many other heads of each sender's layer, at most all of"
                  + " them, least prefix matching first; NaN where there is none");
  private static final Quantity MATCHED =
      ALL.pure(
              "depth.path.matched",
              "rise of the loss without the edges where the token stood before")
          .is("cut (mean) - intact loss at positions whose token occurred earlier / |ICL intact|");
  private static final Quantity UNMATCHED =
      ALL.pure("depth.path.unmatched", "rise of the loss without the edges where the token is new")
          .is("depth.path.matched at positions whose token did not occur earlier");
  private static final Quantity LATE =
      ALL.nats("depth.path.late", "change of the late loss without the edges to later heads")
          .is("loss at the ICL score's late indices, cut (mean) - intact");

  private static final long SEED = 6;

  private LaterHeads() {}

  /** Edges that are cut at once, and the share of the ICL score that goes with them. */
  private record Cut(Quantity share, List<Intervention> edges) {}

  /** Shares of the ICL score; none where no induction head has heads behind it. */
  static Findings of(ModelState model, Batch batch, IclIndices indices, Heads heads) {
    ModelSpec spec = model.spec();
    List<HeadId> senders =
        heads.matching().stream().filter(head -> head.layer() < spec.nLayers() - 1).toList();
    Findings findings = new Findings().put(SENDERS, senders.size());
    if (senders.isEmpty()) {
      return findings;
    }
    List<Cut> cuts = cuts(spec, senders, ControlSets.ofTheSameLayers(heads.others(), senders));
    List<Intervention> wanted = cuts.stream().flatMap(cut -> cut.edges().stream()).toList();
    Bench bench = new Bench(model, batch, indices, wanted);
    IclReading intact = bench.read(bench.intact());
    for (Cut cut : cuts) {
      if (cut.edges().isEmpty()) {
        findings.put(cut.share(), Double.NaN);
        continue;
      }
      float[][] without = bench.under(cut.edges());
      IclReading reading = bench.read(without);
      findings.put(cut.share(), IclReading.removed(intact, reading));
      if (cut.share() == BY_SOURCE.of("mean")) {
        findings
            .put(LATE, reading.late() - intact.late())
            .put(MATCHED, rise(bench, without, true) / -intact.icl())
            .put(UNMATCHED, rise(bench, without, false) / -intact.icl());
      }
    }
    return findings;
  }

  private static List<Cut> cuts(ModelSpec spec, List<HeadId> senders, List<HeadId> controls) {
    List<Plan.Input> all = List.of(Plan.Input.values());
    Source resample = new Source.Resample(SEED);
    return List.of(
        new Cut(BY_SOURCE.of("mean"), edges(spec, senders, all, Source.MEAN)),
        new Cut(BY_SOURCE.of("zero"), edges(spec, senders, all, Source.ZERO)),
        new Cut(BY_SOURCE.of("resample"), edges(spec, senders, all, resample)),
        new Cut(BY_INPUT.of("q"), edges(spec, senders, List.of(Plan.Input.Q), Source.MEAN)),
        new Cut(BY_INPUT.of("k"), edges(spec, senders, List.of(Plan.Input.K), Source.MEAN)),
        new Cut(BY_INPUT.of("v"), edges(spec, senders, List.of(Plan.Input.V), Source.MEAN)),
        new Cut(CONTROL, edges(spec, controls, all, Source.MEAN)));
  }

  /** The edges from some heads to inputs of every head behind them. */
  private static List<Intervention> edges(
      ModelSpec spec, List<HeadId> from, List<Plan.Input> inputs, Source source) {
    return inputs.stream()
        .flatMap(input -> Edges.replaced(spec, from, HeadId.all(spec), input, source).stream())
        .toList();
  }

  /** The mean rise of the losses where the current token stood before in the sequence, or not. */
  private static double rise(Bench bench, float[][] without, boolean matched) {
    float[][] clean = bench.intact();
    double sum = 0;
    int n = 0;
    for (int s = 0; s < clean.length; s++) {
      Set<Integer> seen = new HashSet<>();
      for (int t = 0; t < clean[s].length; t++) {
        if (seen.add(bench.batch().tokens()[s][t]) != matched) {
          sum += (double) without[s][t] - clean[s][t];
          n++;
        }
      }
    }
    return sum / n;
  }
}
