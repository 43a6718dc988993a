package refrain.probe;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import refrain.data.Batch;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.probe.MeasureKind.Depth;

/**
 * The measures of one run. A call makes at most two forward passes: one over the evaluation set,
 * one over repeated random tokens. Holds nothing of the model; the same parameters give the same
 * values.
 */
public final class ProbeSuite {
  private final ProbeSpec probe;
  private final Batch evaluation;
  private final RepeatedSequences repeated;
  private final List<Entry> entries = new ArrayList<>();

  private record Entry(Measure measure, Depth depth) {}

  /** A suite without n-gram baselines. */
  public ProbeSuite(ModelSpec spec, ProbeSpec probe, Batch evaluation, TokenPool pool) {
    this(spec, probe, evaluation, pool, List.of());
  }

  /**
   * @param evaluation the fixed evaluation set
   * @param pool what random tokens are drawn from
   * @param baselines what the model's predictions are compared with; may be empty
   */
  public ProbeSuite(
      ModelSpec spec,
      ProbeSpec probe,
      Batch evaluation,
      TokenPool pool,
      List<NgramBaseline> baselines) {
    this.probe = probe;
    this.evaluation = evaluation;
    this.repeated =
        RepeatedSequences.draw(pool, probe.seed(), probe.repeatedSequences(), spec.nCtx());
    for (MeasureKind kind : probe.measures()) {
      if (kind != MeasureKind.NGRAM_DIVERGENCE || !baselines.isEmpty()) {
        entries.add(new Entry(make(kind, spec, baselines), kind.depth()));
      }
    }
  }

  private Measure make(MeasureKind kind, ModelSpec spec, List<NgramBaseline> baselines) {
    return switch (kind) {
      case LOSS -> new LossByIndex();
      case ICL -> icl();
      case PREFIX_MATCHING -> new PrefixMatching(repeated);
      case PREVIOUS_TOKEN -> new PreviousToken(Stimulus.EVALUATION);
      case REPEATED_LOSS -> new RepeatedLoss(repeated);
      case PER_TOKEN_LOSSES -> new PerTokenLosses(probe.seed());
      case PREVIOUS_TOKEN_REPEATED -> new PreviousToken(Stimulus.REPEATED);
      case DUPLICATE_TOKEN -> new DuplicateToken();
      case ENTROPY -> new AttentionEntropy();
      case DISTANCE -> new AttentionDistance();
      case COPYING -> new CopyingScore(repeated);
      case OV_EIGENVALUES -> new OvEigenvalues(probe.norms());
      case QK_EIGENVALUES -> new QkEigenvalues(probe.norms());
      case QK_TRACE -> new QkTrace(probe.norms());
      case COMPOSITION -> new Composition(probe.norms(), chance(spec));
      case NGRAM_DIVERGENCE -> new NgramDivergence(baselines);
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
    return entries.stream().map(e -> e.measure().definition()).toList();
  }

  /** The repeated random tokens that this suite reads. */
  public RepeatedSequences repeated() {
    return repeated;
  }

  /** The evaluation set that this suite reads. */
  public Batch evaluation() {
    return evaluation;
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
   * @param depth {@link Depth#CHEAP} leaves the thorough measures out
   */
  public Measurements measure(Transformer transformer, Parameters parameters, Depth depth) {
    return measure(transformer, parameters, Plan.NONE, depth);
  }

  /** Measures a model under edits that fit both batches. */
  public Measurements measure(
      Transformer transformer, Parameters parameters, Plan plan, Depth depth) {
    return measure(transformer, parameters, batch -> plan, depth);
  }

  /**
   * Measures a model under edits.
   *
   * @param plans makes the plan of a batch; the batches differ in size and context
   */
  public Measurements measure(
      Transformer transformer, Parameters parameters, Function<Batch, Plan> plans, Depth depth) {
    List<Measure> taken = taken(depth);
    Readings readings = new Readings(parameters);
    if (taken.stream().anyMatch(m -> reads(m, Stimulus.EVALUATION))) {
      Gatherer text =
          new Gatherer(
              parameters,
              evaluation,
              probe.patternSequences(),
              heads(taken, Stimulus.EVALUATION),
              logits(taken));
      readings.evaluation(
          transformer.forward(parameters, evaluation, plans.apply(evaluation), text));
      readings.add(text);
    }
    if (taken.stream().anyMatch(m -> reads(m, Stimulus.REPEATED))) {
      Batch batch = repeated.batch();
      Gatherer random =
          new Gatherer(parameters, batch, batch.size(), heads(taken, Stimulus.REPEATED), List.of());
      readings.repeated(
          transformer.forward(parameters, batch, plans.apply(repeated.batch()), random));
      readings.add(random);
    }
    Measurements out = new Measurements();
    for (Measure measure : taken) {
      measure.report(readings, out);
    }
    return out;
  }

  private static boolean reads(Measure measure, Stimulus stimulus) {
    return switch (measure) {
      case LossMeasure m -> m.stimulus() == stimulus;
      case HeadMeasure m -> m.stimulus() == stimulus;
      case LogitMeasure m -> stimulus == Stimulus.EVALUATION;
      case WeightMeasure m -> false;
    };
  }

  private static List<HeadMeasure> heads(List<Measure> measures, Stimulus stimulus) {
    List<HeadMeasure> heads = new ArrayList<>();
    for (Measure m : measures) {
      if (m instanceof HeadMeasure head && head.stimulus() == stimulus) {
        heads.add(head);
      }
    }
    return heads;
  }

  private static List<LogitMeasure> logits(List<Measure> measures) {
    List<LogitMeasure> logits = new ArrayList<>();
    for (Measure m : measures) {
      if (m instanceof LogitMeasure logit) {
        logits.add(logit);
      }
    }
    return logits;
  }
}
