package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.intervene.Intervention;
import refrain.intervene.Moment;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.NamedTensor;
import refrain.store.RunFolder;

/** Interventions that are on for some steps only. */
class InterventionStepsTest {
  private static final RunSpec TINY =
      Presets.get("tiny").with(s -> s.steps = 18, s -> s.checkpoints = CheckpointSchedule.every(1));

  @TempDir Path temp;

  private static Moment at(int step) {
    return new Moment(step, null);
  }

  /** L0H1 looks at the previous token. */
  private static Intervention bias(int from, @Nullable Integer until) {
    return new Intervention.AttentionBias(
        List.of(new HeadId(0, 1)),
        Template.PREVIOUS_TOKEN,
        8,
        at(from),
        until == null ? null : at(until));
  }

  private static RunSpec with(RunSpec spec, Intervention... list) {
    return spec.with(s -> s.interventions = List.of(list));
  }

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private static Map<String, NamedTensor> model(RunFolder run, int step) {
    return byName(run.checkpoints().at(step).model());
  }

  private static Map<String, NamedTensor> byName(List<NamedTensor> tensors) {
    return tensors.stream().collect(Collectors.toMap(NamedTensor::name, tensor -> tensor));
  }

  /** The parameters after one more step of that configuration. */
  private static Map<String, NamedTensor> stepped(RunFolder run, int step, RunSpec spec) {
    try (TrainingState state = new TrainingState(spec, spec.openData(), new RunDonors(), 1)) {
      state.restore(run.checkpoints().at(step));
      state.update();
      return byName(state.snapshot().model());
    }
  }

  @Test
  void aBlockedStateIsMeasuredWithoutItsInterventionsToo() {
    RunSpec once = with(TINY, bias(5, 10));
    RunSpec twice =
        once.with(s -> {
          Probing p = s.probing;
          s.probing = new Probing(p.every(), p.thoroughEvery(), p.sequences(), p.measures(), true);
        });
    RunFolder run = train(twice, "twice");
    MetricsRow blocked = run.metrics().rows().get(5);
    // The step from state 5 is the first under the bias: so far the weights are the plain run's.
    MetricsRow plain = train(TINY, "plain").metrics().rows().get(5);
    for (String name : List.of("loss", "icl", "pm.L0H1", "prev.L0H1")) {
      assertThat(blocked.value(Metrics.UNBLOCKED + name)).as(name).isEqualTo(plain.value(name));
      assertThat(blocked.value(name)).as(name).isNotEqualTo(plain.value(name));
    }
    for (int step : List.of(4, 10)) {
      assertThat(run.metrics().rows().get(step).values()).doesNotContainKey("unblocked.loss");
    }
    assertThat(Json.readFile(run.path().resolve("measures.json")).toString())
        .contains("unblocked.icl", "the run's interventions are left out of the forward pass");
    assertThat(model(run, 18)).isEqualTo(model(train(once, "once"), 18));
    assertThat(twice.id()).as("measuring is no part of a run's identity").isEqualTo(once.id());
  }

  @ParameterizedTest
  @EnumSource
  void itsFirstStepIsFromAndItsLastTheOneBeforeUntil(EngineKind engine) {
    RunSpec plain = TINY.with(s -> s.engine = engine);
    RunSpec always = with(plain, bias(0, null));
    RunFolder without = train(plain, "without");
    RunFolder run = train(with(plain, bias(6, 12)), "interval");
    for (int step : List.of(1, 5, 6)) {
      assertThat(model(run, step)).as("step %s", step).isEqualTo(model(without, step));
    }
    for (int step : List.of(7, 12, 13, 18)) {
      boolean on = step - 1 >= 6 && step - 1 < 12;
      assertThat(model(run, step))
          .as("the step from %s", step - 1)
          .isEqualTo(stepped(run, step - 1, on ? always : plain))
          .isNotEqualTo(stepped(run, step - 1, on ? plain : always));
    }
  }

  @Test
  void aStateIsProbedAsTheStepFromItIsTaken() {
    RunFolder run = train(with(TINY, bias(5, 10)), "interval");
    List<MetricsRow> rows = run.metrics().rows();
    assertThat(rows.get(4).values()).doesNotContainKey("interventions.on");
    for (int step : List.of(0, 5, 10, 15)) {
      MetricsRow row = rows.get(step);
      assertThat(row.value("interventions.on")).as("step %s", step).isEqualTo(step == 5 ? 1 : 0);
      // e^8 to e^0 over at most 15 other keys
      assertThat(row.value("prev.L0H1") > 0.98).as("step %s", step).isEqualTo(step == 5);
    }
    assertThat(Json.readFile(run.path().resolve("measures.json")).toString())
        .contains("interventions.on", "from <= step < until");
    assertThat(train(with(TINY, bias(0, null)), "always").metrics().rows().getFirst().values())
        .as("a run as there were before")
        .doesNotContainKey("interventions.on");
  }

  @Test
  void aRunThatStopsInTheMiddleGoesOnToTheSameBytes() throws IOException {
    Intervention resample =
        new Intervention.Replace(
            Site.of(new HeadId(1, 0)), new Source.Resample(3), List.of(), at(4), at(11));
    RunSpec spec = with(TINY, bias(6, 12), resample);
    RunFolder whole = train(spec, "whole");
    int[] asked = {0};
    TrainControl control = new TrainControl(() -> asked[0]++ % 4 == 3, () -> 1);
    TrainResult result;
    do {
      result = Trainer.run(spec, temp.resolve("parts"), control, TrainListener.NONE);
    } while (result.end() == TrainResult.End.INTERRUPTED);
    RunFolder parts = RunFolder.at(temp.resolve("parts"));
    assertThat(parts.info().sessions()).hasSizeGreaterThan(3);
    TrainerTest.assertSameBytes(whole, parts);
  }

  @Test
  void aStretchIsTrainedAgainUnderWhatWasOnThen() {
    RunFolder run = train(with(TINY, bias(6, 12)), "interval");
    Trainer.replay(
        run,
        3,
        15,
        1,
        state -> assertThat(byName(state.snapshot().model())).isEqualTo(model(run, state.step())));
  }

  @Test
  void aDonorThatIsNeededLaterOnlyIsMissedBeforeAnythingIsWritten() {
    Intervention freeze =
        new Intervention.FreezePatterns(
            List.of(new HeadId(0, 1)), new Source.Checkpoint("nowhere"), at(6), null);
    assertThatThrownBy(() -> train(with(TINY, freeze), "run"))
        .hasMessage("nowhere: holds no run: there is no run.json");
    assertThat(temp.resolve("run")).doesNotExist();
  }

  @Test
  void theIdentityHoldsTheStepsAndNotHowTheyWereFound() {
    Intervention found =
        new Intervention.AttentionBias(
            List.of(new HeadId(0, 1)),
            Template.PREVIOUS_TOKEN,
            8,
            at(0),
            new Moment(7, "runs/other"));
    RunSpec spec = with(TINY, found);
    assertThat(spec.id()).isEqualTo(with(TINY, bias(0, 7)).id());
    assertThat(spec.id())
        .isNotIn(with(TINY, bias(0, null)).id(), with(TINY, bias(0, 8)).id(), TINY.id());
    String recorded = Json.line(spec);
    assertThat(recorded).contains("\"until\":{\"step\":7,\"formationOf\":\"runs/other\"}");
    assertThat(Json.read(Json.parse(recorded, "spec"), RunSpec.class, "spec")).isEqualTo(spec);
  }

  @Test
  void stepsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> bias(8, 8))
        .hasMessage("attention-bias: on from step 8 until step 8, expected a later end");
    assertThatThrownBy(() -> with(TINY, bias(18, null)))
        .hasMessage(
            "run: an intervention is on from step 18, but the run has 18 steps, so it would never be"
                + " on");
  }
}
