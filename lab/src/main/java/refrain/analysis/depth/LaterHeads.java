package refrain.analysis.depth;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.MatchedEdges;
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

  private static final long SEED = 6;

  private static final String EDGES =
      "1 - ICL cut / ICL intact, edges from induction heads to the Q, K and V inputs of all heads"
          + " of later layers carry: ";
  private static final Quantity SENDERS =
      ALL.number("depth.path.senders", "induction heads with layers after them", "heads")
          .is("heads of the induction set that are not in the last layer");
  private static final List<Through> SOURCES =
      List.of(
          new Through("mean", Source.MEAN),
          new Through("zero", Source.ZERO),
          new Through("resample", new Source.Resample(SEED)));
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

  private LaterHeads() {}

  /** What is declared of one kind of replacement. */
  private record Through(
      Source source, Quantity error, Quantity share, Quantity asMuchError, Quantity asMuch) {
    private static final String JACKKNIFE = "jackknife over the sequences that it is read on";

    Through(String name, Source source) {
      this(source, name, error("depth.path." + name), error("depth.path." + name + ".control"));
    }

    private Through(Source source, String name, Quantity error, Quantity asMuchError) {
      this(
          source,
          error,
          ALL.pure(
                  "depth.path." + name,
                  "share of the ICL score that reaches the output through later heads, " + name)
              .error(error)
              .is(EDGES + name),
          asMuchError,
          ALL.pure(
                  "depth.path." + name + ".control",
                  "share of the ICL score lost by as large a change of later heads' inputs, "
                      + name)
              .error(asMuchError)
              .is(
                  "1 - ICL / ICL intact, the same inputs changed at each position by as much as in"
                      + " depth.path."
                      + name
                      + ", along the "
                      + name
                      + " of what heads of layer 0 write that neither match nor are previous-token"
                      + " heads; NaN where there are none",
                  "this project"));
    }

    private static Quantity error(String key) {
      return ALL.pure(key + ".error", "standard error of " + key).is(JACKKNIFE, "this project");
    }
  }

  /**
   * Shares of the ICL score; none where no induction head has heads behind it.
   *
   * @param controls heads before the induction heads that have no part in them
   */
  static Findings of(
      ModelState model, Batch batch, IclIndices indices, Heads heads, List<HeadId> controls) {
    ModelSpec spec = model.spec();
    List<HeadId> senders =
        heads.matching().stream().filter(head -> head.layer() < spec.nLayers() - 1).toList();
    Findings findings = new Findings().put(SENDERS, senders.size());
    if (senders.isEmpty()) {
      return findings;
    }
    List<Plan.Input> all = List.of(Plan.Input.values());
    List<Intervention> wanted = new ArrayList<>();
    SOURCES.forEach(of -> wanted.addAll(edges(spec, senders, all, of.source)));
    Bench bench = new Bench(model, batch, indices, wanted);
    IclReading intact = bench.read(bench.intact());
    for (Through through : SOURCES) {
      List<Intervention> cut = edges(spec, senders, all, through.source);
      float[][] without = bench.under(cut);
      findings
          .put(through.share, IclReading.removed(intact, bench.read(without)))
          .put(through.error, IclReading.error(bench.intact(), without, indices));
      List<Intervention> instead = edges(spec, controls, all, through.source);
      if (!instead.isEmpty()) {
        float[][] asMuch = MatchedEdges.losses(model, batch, cut, instead);
        findings
            .put(through.asMuch, IclReading.removed(intact, bench.read(asMuch)))
            .put(through.asMuchError, IclReading.error(bench.intact(), asMuch, indices));
      }
    }
    for (Plan.Input input : all) {
      float[][] without = bench.under(edges(spec, senders, List.of(input), Source.MEAN));
      findings.put(
          BY_INPUT.of(input.name().toLowerCase(Locale.ROOT)),
          IclReading.removed(intact, bench.read(without)));
    }
    float[][] without = bench.under(edges(spec, senders, all, Source.MEAN));
    return findings
        .put(LATE, bench.read(without).late() - intact.late())
        .put(MATCHED, rise(bench, without, true) / -intact.icl())
        .put(UNMATCHED, rise(bench, without, false) / -intact.icl());
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
