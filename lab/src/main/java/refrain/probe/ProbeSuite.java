package refrain.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import refrain.data.Batch;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.MeasureKind.Depth;

/**
 * The measures of one run. A call makes a forward pass over the evaluation set and one over each
 * kind of repeated random tokens. Holds nothing of the model; the same parameters give the same
 * values.
 */
public final class ProbeSuite {
  private final ProbeSpec probe;
  private final Batch evaluation;
  private final RepeatedSequences repeated;
  private final Optional<RepeatedSequences> trained;
  private final Optional<LoneMatches> lone;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(Measure measure, Depth depth) {}

  /**
   * @param evaluation the fixed evaluation set, of the context that the model is trained on
   * @param pool what random tokens are drawn from
   * @param baselines what the model's predictions are compared with; may be empty
   */
  public ProbeSuite(
      ModelSpec spec,
      ProbeSpec probe,
      Batch evaluation,
      TokenPool pool,
      List<NgramBaseline> baselines) {
    this(
        spec,
        probe,
        evaluation,
        RepeatedSequences.draw(pool, probe.seed(), probe.repeatedSequences(), evaluation.context()),
        RepeatedSequences.trained(
            pool, probe.seed(), probe.repeatedSequences(), evaluation.context()),
        baselines);
  }

  /**
   * @param repeated the random tokens that verdicts are read on
   * @param trained those at the distances of training beside them
   */
  public ProbeSuite(
      ModelSpec spec,
      ProbeSpec probe,
      Batch evaluation,
      RepeatedSequences repeated,
      Optional<RepeatedSequences> trained,
      List<NgramBaseline> baselines) {
    this.probe = probe;
    this.evaluation = evaluation;
    this.repeated = repeated;
    this.trained = trained;
    this.lone =
        probe.measures().contains(MeasureKind.LONE_MATCH)
            ? Optional.of(LoneMatches.draw(repeated.pool(), probe.seed(), evaluation.context()))
            : Optional.empty();
    for (MeasureKind kind : probe.measures()) {
      all(kind, spec, baselines).forEach(m -> entries.add(new Entry(m, kind.depth())));
    }
  }

  /** The measures of a kind; none where what it needs is not there. */
  private List<? extends Measure> all(
      MeasureKind kind, ModelSpec spec, List<NgramBaseline> baselines) {
    return switch (kind) {
      case PREFIX_MATCHING -> {
        List<Measure> both = new ArrayList<>(List.of(new PrefixMatching(repeated)));
        trained.ifPresent(at -> both.add(new PrefixMatching(at, Stimulus.REPEATED_AS_TRAINED)));
        yield both;
      }
      case MATCH_OFFSETS -> MatchOffset.all();
      case NGRAM_DIVERGENCE ->
          baselines.isEmpty() ? List.of() : List.of(new NgramDivergence(baselines));
      default -> List.of(make(kind, spec));
    };
  }

  private Measure make(MeasureKind kind, ModelSpec spec) {
    return switch (kind) {
      case LOSS -> new LossByIndex();
      case ICL -> icl();
      case LONE_MATCH -> new LoneMatchLoss(lone.orElseThrow());
      case PREVIOUS_TOKEN -> new PreviousToken(Stimulus.EVALUATION);
      case REPEATED_LOSS -> new RepeatedLoss(repeated);
      case PER_TOKEN_LOSSES -> new PerTokenLosses(probe.seed());
      case PREVIOUS_TOKEN_REPEATED -> new PreviousToken(Stimulus.REPEATED);
      case DUPLICATE_TOKEN -> new DuplicateToken();
      case START_ATTENTION -> new StartAttention();
      case ENTROPY -> new AttentionEntropy();
      case DISTANCE -> new AttentionDistance();
      case COPYING ->
          new CopyingScore(
              repeated,
              CopyingNull.draw(repeated, spec.dHead(), probe.nullSamples(), probe.seed()));
      case OV_EIGENVALUES -> new OvEigenvalues(probe.norms());
      case QK_EIGENVALUES -> new QkEigenvalues(probe.norms());
      case QK_TRACE -> new QkTrace(probe.norms());
      case COMPOSITION -> new Composition(probe.norms(), chance(spec));
      case PREFIX_MATCHING, MATCH_OFFSETS, NGRAM_DIVERGENCE ->
          throw new IllegalArgumentException(kind + " is no single measure");
    };
  }

  private CompositionNull chance(ModelSpec spec) {
    return CompositionNull.draw(spec.dModel(), spec.dHead(), probe.nullSamples(), probe.seed());
  }

  private IclScore icl() {
    int context = evaluation.context();
    IclIndices indices = probe.icl() == null ? IclIndices.forContext(context) : probe.icl();
    indices.first(indices.late(), context);
    return new IclScore(indices, context);
  }

  /** What each measure of this suite computes, to be stored beside the values. */
  public List<Definition> definitions() {
    return entries.stream().flatMap(e -> e.measure().definitions().stream()).toList();
  }

  /** The repeated random tokens that this suite reads. */
  public RepeatedSequences repeated() {
    return repeated;
  }

  private List<Measure> taken(Depth depth) {
    return entries.stream()
        .filter(e -> depth == Depth.THOROUGH || e.depth() == Depth.CHEAP)
        .map(Entry::measure)
        .toList();
  }

  /**
   * Measures a model.
   *
   * @param plans makes the plan of a batch; the batches differ in size and context
   * @param depth {@link Depth#CHEAP} leaves the thorough measures out
   */
  public Measurements measure(
      Transformer transformer, Parameters parameters, Function<Batch, Plan> plans, Depth depth) {
    List<Measure> taken = taken(depth);
    Readings readings = new Readings(parameters);
    for (Stimulus stimulus : Stimulus.values()) {
      List<Measure> reading =
          taken.stream()
              .filter(m -> !(m instanceof WeightMeasure) && m.stimulus() == stimulus)
              .toList();
      if (!reading.isEmpty()) {
        Batch batch = batch(stimulus);
        int sequences = stimulus == Stimulus.EVALUATION ? probe.patternSequences() : batch.size();
        Gatherer gatherer =
            new Gatherer(
                parameters,
                batch,
                sequences,
                of(HeadMeasure.class, reading),
                of(LogitMeasure.class, reading));
        readings.add(
            stimulus, transformer.forward(parameters, batch, plans.apply(batch), gatherer));
        readings.add(gatherer);
      }
    }
    Measurements out = new Measurements();
    taken.forEach(measure -> measure.report(readings, out));
    return out;
  }

  private Batch batch(Stimulus stimulus) {
    return switch (stimulus) {
      case EVALUATION -> evaluation;
      case REPEATED -> repeated.batch();
      case REPEATED_AS_TRAINED -> trained.orElseThrow().batch();
      case LONE_MATCH -> lone.orElseThrow().batch();
    };
  }

  private static <M extends Measure> List<M> of(Class<M> kind, List<Measure> measures) {
    return measures.stream().filter(kind::isInstance).map(kind::cast).toList();
  }
}
