package refrain.analysis.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Curves;
import refrain.analysis.Measured;
import refrain.analysis.OnDisk;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.HeadId;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.IclIndices;
import refrain.probe.IclScore;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;

/**
 * Measures a run, at any of its checkpoints, or a model on disk, on any text of its tokens.
 *
 * @param run of a run of ours at least one checkpoint
 * @param variant of a study, "" elsewhere
 * @param asked which measures
 * @param own text to read in place of the evaluation set; null: that
 * @param interventions to make; none: no before and after
 */
public record Measuring(
    Measured run,
    String variant,
    Asked asked,
    @Nullable TextWindows own,
    List<Intervention> interventions) {

  private static final Definition LOSS =
      new Definition(
          "loss",
          "loss",
          "nats",
          Better.LOWER,
          "mean cross entropy over sequences and positions, nats per token; by index: of predicting"
              + " token t + 1 from tokens 0..t",
          "Olsson et al. 2022");

  public Measuring {
    interventions = List.copyOf(interventions);
    Interventions.of(run.model(), interventions); // refuses what the model has not
  }

  /**
   * The state after so many steps.
   *
   * @param step 0: before training; else one of {@link Subject#steps}
   */
  public Measurement at(long step) {
    ModelState model = run.state(step);
    int[][] tokens = own == null ? evaluation() : own.tokens();
    IclIndices indices = run.iclIndices();
    List<String> notes = new ArrayList<>();
    if (asked.verdict()) {
      Match.impossible(model).ifPresent(notes::add);
    }
    List<Intervention> on = Intervention.at((int) step, interventions);
    interventions.stream()
        .filter(off -> !on.contains(off))
        .forEach(off ->
            notes.add(InterventionWords.words(off) + " is off at step " + step + ": not made"));
    List<HeadId> heads = HeadId.all(run.model());
    List<List<Intervention>> lists = new ArrayList<>(List.of(List.of()));
    if (asked.effect()) {
      heads.forEach(head -> lists.add(Ablation.FULL_ZERO.of(List.of(head), run.model())));
    }
    List<SequenceLosses> losses = Passes.of(model, tokens, indices, lists);
    SequenceLosses intact = losses.getFirst();
    Map<HeadId, Removal> removals = new LinkedHashMap<>();
    for (int h = 0; h < lists.size() - 1; h++) {
      removals.put(heads.get(h), intact.removed(losses.get(h + 1)));
    }
    ProbeSuite suite = suite();
    Reading reading = reading(model, List.of(), suite, intact, removals);
    Measurement.Intervened intervened = null;
    if (!on.isEmpty()) {
      SequenceLosses after = Passes.of(model, tokens, indices, List.of(on)).getFirst();
      Map<HeadId, Verdict> verdicts =
          reading.heads().stream().collect(Collectors.toMap(HeadRow::head, HeadRow::verdict));
      intervened =
          new Measurement.Intervened(
              on.stream().map(InterventionWords::words).toList(),
              reading(model, on, suite, after, Map.of()),
              intact.removed(after),
              Passes.placebo(model, tokens, indices, intact, on, verdicts));
    }
    return new Measurement(
        whose(),
        step,
        text(tokens),
        definitions(suite),
        intact,
        Arrays.deepHashCode(tokens),
        reading,
        intervened,
        notes);
  }

  private int[][] evaluation() {
    return run.scored().tokens();
  }

  private String text(int[][] tokens) {
    return own == null
        ? tokens.length
            + (run instanceof Subject ours
                ? " sequences of the evaluation set, seed " + ours.spec().seeds().evaluation()
                : " sequences of " + run.context() + " tokens of State of the Union addresses")
        : own.words();
  }

  private Measurement.Run whose() {
    return switch (run) {
      case Subject ours -> whose(ours);
      case OnDisk model ->
          Measurement.Run.onDisk(
              model.found().place().toString(), model.name(), variant, model.context());
    };
  }

  private Measurement.Run whose(Subject run) {
    long[] steps = run.steps();
    long last = steps.length == 0 ? 0 : steps[steps.length - 1];
    return new Measurement.Run(
        run.folder().path().toString(),
        run.spec().id(),
        run.spec().name(),
        variant,
        run.spec().seeds().init(),
        run.spec().context(),
        last,
        formed(run, last));
  }

  /** As the run's summary has it, whose reading takes no time, or from the metrics. */
  private static @Nullable Long formed(Subject run, long last) {
    double[] known =
        AnalysisStore.values(run.folder(), AnalysisKind.SUMMARY, last, "formed", "formation.step");
    if (!Double.isNaN(known[0])) {
      return known[0] == 0 ? null : (Long) (long) known[1];
    }
    OptionalLong formed = Curves.of(run.metrics()).formed();
    return formed.isEmpty() ? null : (Long) formed.getAsLong();
  }

  /** The measures that probes know, on what the run's probes read, or on the user's text. */
  private ProbeSuite suite() {
    List<MeasureKind> kinds =
        asked.kinds().stream()
            .filter(kind -> kind != MeasureKind.LOSS && kind != MeasureKind.ICL)
            .toList();
    ProbeSpec probe = run.probe().withMeasures(kinds.toArray(MeasureKind[]::new));
    return own == null ? run.suite(probe) : run.suite(probe, Batch.of(own.tokens()));
  }

  private List<Definition> definitions(ProbeSuite suite) {
    List<Definition> all = new ArrayList<>(List.of(LOSS, icl()));
    all.addAll(suite.definitions());
    if (asked.verdict()) {
      all.add(Match.definition(run.pairs()));
    }
    if (asked.effect()) {
      all.addAll(Removal.DEFINITIONS);
    }
    return all;
  }

  private Definition icl() {
    Definition own = new IclScore(run.iclIndices(), run.context()).definition();
    return new Definition(
        own.key(),
        own.title(),
        own.unit(),
        own.better(),
        own.formula() + "; +- the standard error of the mean over sequences",
        own.source());
  }

  private Reading reading(
      ModelState model,
      List<Intervention> more,
      ProbeSuite suite,
      SequenceLosses losses,
      Map<HeadId, Removal> removals) {
    Measurements found =
        suite.measure(
            model.engine(),
            model.parameters(),
            batch -> Passes.plan(model, batch, more),
            MeasureKind.Depth.THOROUGH);
    Map<HeadId, Match> matches =
        asked.verdict() ? Match.of(model, more, run.probe().seed(), run.pairs()) : Map.of();
    Map<String, Double> numbers = new LinkedHashMap<>(found.values());
    List<HeadRow> rows = new ArrayList<>();
    for (HeadId head : HeadId.all(run.model())) {
      Map<String, Double> scores = new LinkedHashMap<>();
      for (Definition definition : suite.definitions()) {
        Double score = numbers.remove(definition.key() + "." + head);
        if (score != null) {
          scores.put(definition.key(), score);
        }
      }
      rows.add(new HeadRow(head, scores, matches.get(head), removals.get(head)));
    }
    double loss = IntStream.range(0, losses.loss().length).mapToDouble(s -> losses.loss()[s]).sum();
    return new Reading(
        rows,
        loss / losses.loss().length,
        losses.byIndex(),
        losses.estimate(),
        numbers,
        found.series());
  }
}
