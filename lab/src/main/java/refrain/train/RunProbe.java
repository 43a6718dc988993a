package refrain.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.data.CodeText;
import refrain.data.DataSource;
import refrain.data.EnglishText;
import refrain.data.Iid;
import refrain.data.MarkovChains;
import refrain.data.NgramTables;
import refrain.data.Rng;
import refrain.data.TextFiles;
import refrain.intervene.Donors;
import refrain.intervene.Interventions;
import refrain.intervene.Timetable;
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
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.store.HeadPattern;
import refrain.store.MetricsRow;
import tools.jackson.databind.JsonNode;

/** The measures of a run, written into the rows of its metrics. */
public final class RunProbe {
  /** Four decimals are more than a figure shows. */
  private static final double PATTERN_UNITS = 1e4;

  /** Tokens that the n-gram baselines are counted on; of a text, the first ones. */
  private static final int BASELINE_TOKENS = 1 << 18;

  /** Of a run whose interventions are not on all the time. */
  private static final Definition INTERVENTIONS =
      new Definition(
          Metrics.INTERVENTIONS,
          "Interventions that are on",
          "1",
          Definition.Better.NEITHER,
          "how many of the run's interventions are on at this probe: those with from <= step < until,"
              + " under which the step from this state is taken too",
          "this program");

  private final RunSpec spec;
  private final Donors donors;
  private Timetable timetable;
  private final ProbeSuite suite;
  private final boolean countsMore;
  private @Nullable MetricsRow last;

  /** Of states that are measured one by one. */
  public static RunProbe of(RunSpec spec, DataSource data) {
    return new RunProbe(spec, data, new RunDonors());
  }

  RunProbe(RunSpec spec, DataSource data, Donors donors) {
    this(spec, data, donors, Optional.empty());
  }

  /**
   * @param before sequences of earlier programs, in place of those of this one
   */
  private RunProbe(
      RunSpec spec, DataSource data, Donors donors, Optional<RepeatedSequences> before) {
    this.donors = donors;
    this.spec = spec;
    this.timetable = new Timetable(spec.model(), spec.interventions());
    Batch evaluation =
        data.evaluation(spec.seeds().evaluation(), spec.probing().sequences(), spec.context());
    ProbeSpec measures = spec.probing().measures();
    this.countsMore = evaluation.weights() != null;
    this.suite =
        before
            .map(repeated ->
                new ProbeSuite(
                    spec.model(),
                    measures,
                    evaluation,
                    repeated,
                    Optional.empty(),
                    baselines(spec, data, measures)))
            .orElseGet(() -> suite(spec, data, measures, evaluation));
  }

  /**
   * Whether its loss counts targets that the training loss does not: then that of a good model may
   * be far above chance.
   */
  boolean countsMore() {
    return countsMore;
  }

  /**
   * Measures of a run, at any of its states.
   *
   * @param probe what is measured
   * @param evaluation what stands for the evaluation set, in the run's context
   */
  public static ProbeSuite suite(RunSpec spec, DataSource data, ProbeSpec probe, Batch evaluation) {
    return new ProbeSuite(
        spec.model(), probe, evaluation, TokenPool.of(data), baselines(spec, data, probe));
  }

  /**
   * What the measures of a run mean, without the text that it reads: of that no more than the
   * number of tokens matters.
   */
  public static List<Definition> definitions(RunSpec spec) {
    boolean text =
        switch (spec.data()) {
          case CodeText _, EnglishText _, TextFiles _ -> true;
          default -> false;
        };
    DataSource data = text ? new Iid(spec.model().dVocab(), 0).open() : spec.openData();
    Probing one = new Probing(1, 0, 1, spec.probing().measures());
    return new RunProbe(spec.with(s -> s.probing = one), data, new RunDonors()).definitions();
  }

  /**
   * A run goes on as it was measured: earlier programs read other repeated tokens, once also over
   * all of n_ctx and beyond the context of training, and one curve is not made of two measures.
   *
   * @param recorded the definitions in the run's folder; empty: it begins
   */
  static RunProbe asBegun(
      RunSpec spec, DataSource data, Donors donors, Optional<JsonNode> recorded) {
    RunProbe probe = new RunProbe(spec, data, donors);
    if (recorded.isEmpty() || probe.measuresAs(recorded.get())) {
      return probe;
    }
    RunProbe before = before(spec, data, donors, spec.context());
    RunProbe older = before(spec, data, donors, spec.model().nCtx());
    return older.measuresAs(recorded.get()) ? older : before;
  }

  private static RunProbe before(RunSpec spec, DataSource data, Donors donors, int positions) {
    ProbeSpec probe = spec.probing().measures();
    RepeatedSequences repeated =
        RepeatedSequences.before(
            TokenPool.of(data), probe.seed(), probe.repeatedSequences(), positions);
    return new RunProbe(spec, data, donors, Optional.of(repeated));
  }

  /** Whether definitions say that prefix matching was read on the sequences of this probe. */
  boolean measuresAs(JsonNode recorded) {
    String formula = formula(recorded);
    return formula.isEmpty() || formula.endsWith(suite.repeated().describe());
  }

  private static String formula(JsonNode definitions) {
    for (JsonNode definition : definitions) {
      if (definition.path("key").asString("").equals("pm")) {
        return definition.path("formula").asString("");
      }
    }
    return "";
  }

  /**
   * What the model's predictions are compared with: n-gram models of a fixed sample of the data
   * and, where it is known, the best prediction there is.
   */
  private static List<NgramBaseline> baselines(RunSpec spec, DataSource data, ProbeSpec probe) {
    if (!probe.measures().contains(MeasureKind.NGRAM_DIVERGENCE)) {
      return List.of();
    }
    List<NgramBaseline> baselines = new ArrayList<>(NgramBaseline.of(tables(spec, data)));
    if (spec.data() instanceof MarkovChains chains) {
      baselines.add(NgramBaseline.bayes(chains));
    }
    return baselines;
  }

  /**
   * The n-gram models of a fixed sample of a run's data, the same for all that compare with them.
   */
  public static NgramTables tables(RunSpec spec, DataSource data) {
    Rng rng = Rng.of(spec.seeds().evaluation()).split("n-gram baselines");
    return NgramTables.of(data, rng, BASELINE_TOKENS, spec.context());
  }

  /** A state is measured as it is trained: under the interventions of the step from it. */
  private Plan plan(Transformer engine, Parameters parameters, Batch batch, long step) {
    Interventions on = timetable.at((int) step);
    return on.isEmpty() ? Plan.NONE : on.plan(engine, parameters, batch, donors);
  }

  /** Measures as the run's guard has it from now on. */
  void guarded(RunSpec asTrained) {
    timetable = new Timetable(asTrained.model(), asTrained.interventions());
  }

  /** What the measures mean. */
  public List<Definition> definitions() {
    List<Definition> all = new ArrayList<>(suite.definitions());
    if (unblocked()) {
      suite.definitions().stream().map(RunProbe::unblocked).forEach(all::add);
    }
    if (changes()) {
      all.add(INTERVENTIONS);
    }
    return all;
  }

  private boolean changes() {
    return timetable.changes() || guards();
  }

  private boolean guards() {
    Guard guard = spec.guard();
    return guard != null && !guard.interventions().isEmpty();
  }

  private boolean unblocked() {
    return spec.probing().unblocked() && (!spec.interventions().isEmpty() || guards());
  }

  private static Definition unblocked(Definition of) {
    return new Definition(
        Metrics.UNBLOCKED + of.key(),
        of.title() + ", without the interventions",
        of.unit(),
        of.better(),
        of.formula() + "; the run's interventions are left out of the forward pass",
        of.source());
  }

  /** Adds what the suite measures to the row of this state. */
  public void measure(Transformer engine, Parameters parameters, MetricsRow row) {
    boolean thorough = spec.probing().thorough((int) row.step(), spec.steps());
    Measurements found =
        suite.measure(
            engine,
            parameters,
            batch -> plan(engine, parameters, batch, row.step()),
            thorough ? Depth.THOROUGH : Depth.CHEAP);
    found.values().forEach(row::put);
    found.series().forEach(row::put);
    if (unblocked() && !timetable.at((int) row.step()).isEmpty()) {
      suite
          .measure(engine, parameters, _ -> Plan.NONE, thorough ? Depth.THOROUGH : Depth.CHEAP)
          .values()
          .forEach((name, value) -> row.put(Metrics.UNBLOCKED + name, value));
    }
    if (changes()) {
      row.put(Metrics.INTERVENTIONS, timetable.at((int) row.step()).list().size());
    }
    last = row;
  }

  /** The best prefix-matching head's attention on the first of the repeated sequences. */
  public HeadPattern pattern(Transformer engine, Parameters parameters, int step) {
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
    engine.forward(parameters, batch, plan(engine, parameters, batch, step), observer);
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
        repeated.blocks()[0],
        Arrays.copyOf(sequence, context),
        pattern);
  }
}
