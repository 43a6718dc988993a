package refrain.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.MarkovChains;
import refrain.data.NgramTables;
import refrain.data.Rng;
import refrain.intervene.Donors;
import refrain.intervene.Interventions;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.Definition;
import refrain.probe.MeasureKind;
import refrain.probe.MeasureKind.Depth;
import refrain.probe.Measurements;
import refrain.probe.NgramBaseline;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.store.HeadPattern;
import refrain.store.MetricsRow;

/** The measures of a run, written into the rows of its metrics. */
final class RunProbe {
  /** Four decimals are more than a figure shows. */
  private static final double PATTERN_UNITS = 1e4;

  /** Tokens that the n-gram baselines are counted on; of a text, the first ones. */
  private static final int BASELINE_TOKENS = 1 << 18;

  private final RunSpec spec;
  private final Donors donors;
  private final Interventions edits;
  private final ProbeSuite suite;
  private @Nullable MetricsRow last;

  RunProbe(RunSpec spec, DataSource data, Donors donors) {
    this.donors = donors;
    this.spec = spec;
    this.edits = Interventions.of(spec.model(), spec.interventions());
    this.suite =
        new ProbeSuite(
            spec.model(),
            spec.probing().measures(),
            data.evaluation(spec.seeds().evaluation(), spec.probing().sequences(), spec.context()),
            TokenPool.of(data),
            baselines(spec, data));
  }

  /**
   * What the model's predictions are compared with: n-gram models of a fixed sample of the data
   * and, where it is known, the best prediction there is.
   */
  private static List<NgramBaseline> baselines(RunSpec spec, DataSource data) {
    if (!spec.probing().measures().measures().contains(MeasureKind.NGRAM_DIVERGENCE)) {
      return List.of();
    }
    Rng rng = Rng.of(spec.seeds().evaluation()).split("n-gram baselines");
    List<NgramBaseline> baselines =
        new ArrayList<>(
            NgramBaseline.of(NgramTables.of(data, rng, BASELINE_TOKENS, spec.context())));
    if (spec.data() instanceof MarkovChains chains) {
      baselines.add(NgramBaseline.bayes(chains));
    }
    return baselines;
  }

  /** A run is measured as it is trained: under its interventions. */
  private Plan plan(Transformer engine, Parameters parameters, Batch batch) {
    return edits.isEmpty() ? Plan.NONE : edits.plan(engine, parameters, batch, donors);
  }

  /** What the measures mean. */
  List<Definition> definitions() {
    return suite.definitions();
  }

  /** Adds what the suite measures to the row of this state. */
  void measure(Transformer engine, Parameters parameters, MetricsRow row) {
    boolean thorough = spec.probing().thorough((int) row.step(), spec.steps());
    Measurements found =
        suite.measure(
            engine,
            parameters,
            batch -> plan(engine, parameters, batch),
            thorough ? Depth.THOROUGH : Depth.CHEAP);
    found.values().forEach(row::put);
    found.series().forEach(row::put);
    last = row;
  }

  /** The best prefix-matching head's attention on the first of the repeated sequences. */
  HeadPattern pattern(Transformer engine, Parameters parameters, int step) {
    int heads = spec.model().nHeads();
    MetricsRow row = last;
    if (row == null || row.step() != step) { // a run that was killed after its last probe
      row = MetricsRow.at(step);
      measure(engine, parameters, row);
    }
    HeadId best = HeadId.ofIndex((int) row.value(Metrics.PREFIX_MATCHING_HEAD), heads);
    RepeatedSequences repeated = suite.repeated();
    int[] sequence = repeated.batch().tokens()[0];
    HookPoint point = HookPoint.of(HookKind.PATTERN, best.layer());
    float[][] read = new float[1][];
    Observer observer =
        Observer.of(
            Set.of(point),
            (index, _, view) -> {
              if (index == 0) {
                read[0] = view.toArray();
              }
            });
    // All sequences, of which the first is kept: some interventions take values from another one.
    Batch batch = repeated.batch();
    engine.forward(parameters, batch, plan(engine, parameters, batch), observer);
    int context = sequence.length - 1;
    double[] pattern = new double[context * context];
    for (int i = 0; i < pattern.length; i++) {
      float value = read[0][best.head() * pattern.length + i];
      pattern[i] = Math.round(value * PATTERN_UNITS) / PATTERN_UNITS;
    }
    return new HeadPattern(
        step,
        best.layer(),
        best.head(),
        repeated.block(),
        Arrays.copyOf(sequence, context),
        pattern);
  }
}
