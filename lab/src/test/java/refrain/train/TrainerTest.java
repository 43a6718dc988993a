package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.data.KHop;
import refrain.data.MarkovChains;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.store.Checkpoint;
import refrain.store.CheckpointSchedule;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.store.Outcome;
import refrain.store.RunFolder;

class TrainerTest {
  private static final RunSpec TINY = Presets.get("tiny");

  @TempDir Path temp;

  @Test
  void trainingLowersTheLossAndMeasuresOnTheWay() {
    RunFolder run = train(TINY, "run", 1);
    MetricsTable metrics = run.metrics();
    assertThat(metrics.rows()).hasSize(41);
    assertThat(metrics.series(Metrics.LOSS).steps())
        .containsExactly(0, 5, 10, 15, 20, 25, 30, 35, 40);
    assertThat(metrics.rows().getLast().value(Metrics.LOSS))
        .isLessThan(metrics.rows().getFirst().value(Metrics.LOSS) - 0.2);
    assertThat(metrics.rows().getLast().value(Metrics.TOKENS)).isEqualTo(40 * 4 * 16);
    assertThat(metrics.rows().getLast().value(Metrics.RATE)).isEqualTo(3e-3);
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DONE);
    assertThat(run.checkpoints().list())
        .extracting(Checkpoint::step)
        .containsExactly(10L, 20L, 30L, 40L);
    HeadPattern pattern = HeadPattern.of(run).orElseThrow();
    assertThat(pattern.pattern()).hasSize(pattern.tokens().length * pattern.tokens().length);
  }

  /**
   * What a model of answers alone says where none is asked for may be far worse than chance (2.3
   * nats here, chance is 1.4); its training loss says that it learns.
   */
  @Test
  void aRunWhoseProbesCountMoreTargetsThanItsLossHasNotDiverged() {
    RunSpec answers =
        TINY.with(
            s -> s.model = s.model.with(m -> m.dVocab = 4),
            s -> s.data = new KHop(4, 1, .5, true),
            s -> s.optimizer = s.optimizer.withRate(.02),
            s -> s.batch = 32,
            s -> s.steps = 250);
    RunFolder run = train(answers, "answers", 1);
    MetricsRow end = run.metrics().rows().getLast();
    assertThat(end.value(Metrics.LOSS)).isGreaterThan(Math.log(4) + .6);
    assertThat(end.value(Metrics.TRAIN_LOSS)).isLessThan(.8);
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DONE);
  }

  @Test
  void theModelIsComparedWithNgramsOfItsDataWhenItIsMeasuredThoroughly() {
    MetricsTable metrics = train(TINY, "run", 1).metrics();
    assertThat(metrics.series("kl.bigram").steps()).containsExactly(0, 20, 40);
    MetricsRow last = metrics.rows().getLast();
    assertThat(last.value("kl.bigram.loss")).isLessThan(last.value("kl.unigram.loss"));
    assertThat(last.value("kl.unigram")).isPositive();
    assertThat(last.values()).doesNotContainKey("kl.bayes");
  }

  @Test
  void markovChainsAreComparedWithTheirBestPredictorToo() {
    RunSpec spec =
        TINY.with(
            s -> s.model = TINY.model().with(m -> m.dVocab = 3),
            s -> s.data = Json.defaults(MarkovChains.class),
            s -> s.steps = 5);
    MetricsRow last = train(spec, "run", 1).metrics().rows().getLast();
    assertThat(last.value("kl.bayes")).isPositive();
    assertThat(last.value("kl.bayes.loss")).isLessThan(last.value("kl.trigram.loss"));
  }

  @Test
  void shortSequencesOnWhichEveryHeadScoresShowNoFormation() {
    MetricsTable metrics = train(TINY, "run", 1).metrics();
    double chance = metrics.rows().getLast().value(Metrics.PREFIX_MATCHING_CHANCE);
    assertThat(chance).isBetween(0.12, 0.14);
    double[] scores = {0.25, 0.25, 0.25};
    assertThat(Formation.DEFAULT.index(scores, Double.NaN)).isZero();
    assertThat(Formation.DEFAULT.index(scores, chance)).isEqualTo(Formation.NONE);
  }

  @Test
  void theSameSpecificationGivesTheSameBytesOnAnyThreadsAndEngineCopies() throws IOException {
    RunSpec fused = TINY.with(s -> s.engine = EngineKind.FUSED);
    RunFolder one = train(fused, "one", 1);
    assertSameBytes(one, train(fused, "again", 1));
    assertSameBytes(one, train(fused, "three", 3));
  }

  @Test
  void anInterruptedRunGoesOnToTheSameBytes() throws IOException {
    RunFolder whole = train(TINY, "whole", 1);
    Path folder = temp.resolve("parts");
    TrainResult first = Trainer.run(TINY, folder, stopAfter(7), TrainListener.NONE);
    assertThat(first.end()).isEqualTo(TrainResult.End.INTERRUPTED);
    assertThat(first.step()).isEqualTo(7);
    assertThat(RunFolder.at(folder).outcome()).isEmpty();
    Trainer.run(TINY, folder, stopAfter(14), TrainListener.NONE);
    TrainResult last = Trainer.run(TINY, folder, TrainControl.threads(2), TrainListener.NONE);
    assertThat(last.end()).isEqualTo(TrainResult.End.DONE);
    assertSameBytes(whole, RunFolder.at(folder));
  }

  @Test
  void aRunThatStoppedEarlyGoesOnUnderAnotherRuleToTheSameBytes() throws IOException {
    RunFolder whole = train(TINY, "whole", 1);
    RunSpec short_ = TINY.with(s -> s.stop = new StopRule.AtStep(12));
    RunFolder run = train(short_, "rule", 1);
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.STOPPED);
    assertThat(run.metrics().rows().getLast().step()).as("the next probe").isEqualTo(15);
    assertThat(short_.id()).isEqualTo(TINY.id());
    assertSameBytes(whole, train(TINY, "rule", 1));
  }

  @Test
  void aRunThatExistsGoesOnAsItWasBegun() throws IOException {
    RunFolder whole = train(TINY, "whole", 1);
    train(TINY.with(s -> s.stop = new StopRule.AtStep(12)), "begun", 1);
    RunSpec other =
        TINY.with(s -> s.name = "other")
            .with(s -> s.probing = Presets.get("r0-2l").probing())
            .with(s -> s.checkpoints = CheckpointSchedule.every(1));
    RunFolder run = train(other, "begun", 1);
    assertSameBytes(whole, run);
    assertThat(Trainer.spec(run)).isEqualTo(TINY);
    assertThat(run.info().sessions()).hasSize(2);
    assertThat(run.info().sessions().getLast().arithmetic()).isEqualTo(Engines.arithmetic());
  }

  @Test
  void aRunThatHasEndedIsLeftAsItIsUnlessItsEndIsDamaged() throws IOException {
    RunFolder run = train(TINY, "ended", 1);
    Map<Path, FileTime> before = written(run.path());
    TrainResult again = Trainer.run(TINY, run.path(), TrainControl.threads(1), TrainListener.NONE);
    assertThat(again).isEqualTo(new TrainResult(TrainResult.End.DONE, 40, Trainer.seconds(run)));
    assertThat(written(run.path())).isEqualTo(before);
    RunSpec less = TINY.with(s -> s.stop = new StopRule.AtStep(20));
    assertThat(Trainer.run(less, run.path(), TrainControl.threads(1), TrainListener.NONE).step())
        .isEqualTo(40);
    assertThat(written(run.path())).isEqualTo(before);
    RunFolder whole = train(TINY, "whole", 1);
    Files.writeString(run.checkpoints().at(40).folder().resolve("model.safetensors"), "no tensors");
    assertSameBytes(whole, train(TINY, "ended", 1));
  }

  /** Every file below a folder, and when it was written. */
  private static Map<Path, FileTime> written(Path folder) throws IOException {
    Map<Path, FileTime> all = new HashMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path file : tree.filter(Files::isRegularFile).toList()) {
        all.put(file, Files.getLastModifiedTime(file));
      }
    }
    return all;
  }

  @Test
  void aRunStopsSomeTimeAfterItsHeadsFormed() {
    RunSpec heads =
        TINY.with(s ->
            s.interventions =
                List.of(
                    new Intervention.ClampPattern(
                        List.of(new HeadId(1, 0)), Template.INDUCTION, 1.0)));
    Formation early = new Formation(0.01, 2);
    RunFolder run =
        train(heads.with(s -> s.stop = new StopRule.AfterFormation(early, 12, 0, 0)), "formed", 1);
    assertThat(run.metrics().rows().getLast().step()).isEqualTo(15);
    assertThat(run.outcome().orElseThrow().reason())
        .isEqualTo("induction heads had formed at step 0, probed every 5 steps");
    RunFolder never =
        train(
            TINY.with(s -> s.stop = new StopRule.AfterFormation(new Formation(0.99, 1), 0, 0, 0)),
            "none",
            1);
    assertThat(never.metrics().rows().getLast().step()).isEqualTo(40);
  }

  @Test
  void aRunGoesOnForAShareOfItsFormationStepWhereThatIsLonger() {
    assertThat(new StopRule.AfterFormation(Formation.DEFAULT, 10, 0, 1 / 3.0).stopsAt(5_000))
        .isEqualTo(6_667);
    assertThat(new StopRule.AfterFormation(Formation.DEFAULT, 10, 0, 1 / 3.0).stopsAt(21))
        .isEqualTo(31);
    assertThat(new StopRule.AfterFormation(Formation.DEFAULT, 10, 40, 0).stopsAt(21)).isEqualTo(40);
    assertThatThrownBy(() -> new StopRule.AfterFormation(Formation.DEFAULT, 0, 0, -1))
        .hasMessage("stop: steps is 0, notBefore 0 and share -1.0, expected 0 or more");
  }

  @Test
  void divergenceStopsWithTheStateBeforeItSaved() {
    RunSpec wild =
        TINY.with(s ->
            s.optimizer =
                new OptimizerSpec(1e20, 0.9, 0.98, 1e-8, 0, 1, 0, OptimizerSpec.Decay.CONSTANT, 0));
    assertThatThrownBy(() -> train(wild, "wild", 1))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.DIVERGED))
        .hasMessageContaining("run 'tiny' diverged at step")
        .hasMessageContaining("the state before it is saved in")
        .hasMessageContaining("try a lower optimizer.rate (now 1.0E20)");
    RunFolder run = RunFolder.at(temp.resolve("wild"));
    assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DIVERGED);
    Checkpoint saved = run.checkpoints().latestGood().checkpoint().orElseThrow();
    assertThat(saved.step()).isEqualTo(run.metrics().rows().getLast().step());
    for (float value : saved.model().getFirst().values()) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void interventionsActDuringTraining() throws IOException {
    Intervention bias =
        new Intervention.AttentionBias(List.of(new HeadId(0, 1)), Template.PREVIOUS_TOKEN, 8);
    RunFolder plain = train(TINY, "plain", 1);
    RunFolder biased = train(TINY.with(s -> s.interventions = List.of(bias)), "biased", 1);
    MetricsRow first = plain.metrics().rows().get(1);
    MetricsRow changed = biased.metrics().rows().get(1);
    assertThat(changed.value(Metrics.TRAIN_LOSS)).isNotEqualTo(first.value(Metrics.TRAIN_LOSS));
    // e^8 to e^0 over at most 15 other keys: the biased head is measured as it is trained.
    assertThat(biased.metrics().rows().getFirst().value("prev.L0H1")).isGreaterThan(0.98);
    assertThat(plain.metrics().rows().getFirst().value("prev.L0H1")).isLessThan(0.3);
  }

  @Test
  void interventionsThatTakeValuesFromElsewhereTrainToTheEnd() {
    HeadId head = new HeadId(0, 1);
    String donor = train(TINY.with(s -> s.steps = 5), "donor", 1).path().toString();
    for (Intervention edit :
        List.of(
            Intervention.mean(Site.of(head)),
            Intervention.resample(Site.of(head), 3),
            new Intervention.FreezePatterns(List.of(head), new Source.Checkpoint(donor)))) {
      for (EngineKind engine : EngineKind.values()) {
        RunSpec spec =
            TINY.with(
                s -> s.interventions = List.of(edit), s -> s.steps = 3, s -> s.engine = engine);
        RunFolder run = train(spec, edit.getClass().getSimpleName() + edit.hashCode() + engine, 2);
        assertThat(run.outcome().orElseThrow().status()).isEqualTo(Outcome.Status.DONE);
        assertThat(HeadPattern.of(run)).isPresent();
      }
    }
  }

  @Test
  void aFrozenPatternIsTheDonors() {
    RunFolder donor = train(TINY.with(s -> s.steps = 20), "donor", 1);
    RunSpec frozen =
        TINY.with(
            s -> s.steps = 5,
            s ->
                s.interventions =
                    List.of(
                        new Intervention.FreezePatterns(
                            List.of(new HeadId(0, 1)),
                            new Source.Checkpoint(donor.path().toString()))));
    assertThat(train(frozen, "frozen", 1).metrics().rows().getLast().value("prev.L0H1"))
        .isCloseTo(donor.metrics().rows().getLast().value("prev.L0H1"), within(1e-6));
  }

  @Test
  void aDonorThatIsNoRunIsNamed() {
    RunSpec spec =
        TINY.with(s ->
            s.interventions =
                List.of(
                    new Intervention.FreezePatterns(
                        List.of(), new Source.Checkpoint(temp.resolve("none").toString()))));
    assertThatThrownBy(() -> train(spec, "lost", 1))
        .hasMessage(temp.resolve("none") + ": holds no run: there is no run.json");
  }

  @Test
  void aVocabularyThatTheModelLacksIsNamed() {
    RunSpec wrong = TINY.with(s -> s.model = TINY.model().with(m -> m.dVocab = 17));
    assertThatThrownBy(() -> train(wrong, "wrong", 1))
        .hasMessage(
            "run 'tiny': model.dVocab is 17, but the data has a vocabulary of 16; set"
                + " model.dVocab=16");
    assertThat(temp.resolve("wrong")).doesNotExist();
  }

  @Test
  void aFileWhereTheFolderShouldBeIsNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "in the way");
    assertThatThrownBy(() ->
            Trainer.run(TINY, file.resolve("run"), TrainControl.threads(1), TrainListener.NONE))
        .isInstanceOfSatisfying(
            RefrainException.class,
            e -> assertThat(e.kind()).isEqualTo(RefrainException.Kind.BAD_INPUT))
        .hasMessage(file + ": is a file, expected a folder; choose another");
  }

  @Test
  void theFolderOfAnotherRunIsRefused() {
    train(TINY, "taken", 1);
    assertThatThrownBy(() -> train(TINY.with(s -> s.steps = 50), "taken", 1))
        .hasMessageContaining("holds a run of another configuration (steps: 40, now 50);");
  }

  @Test
  void theSpecificationIsReadBackFromTheFolder() {
    RunSpec spec = TINY.with(s -> s.stop = new StopRule.AtStep(5));
    assertThat(Trainer.spec(train(spec, "spec", 1))).isEqualTo(spec);
  }

  private RunFolder train(RunSpec spec, String name, int threads) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(threads), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  /** Asks a run to stop when so many more steps were taken. */
  private static TrainControl stopAfter(int steps) {
    int[] asked = {0};
    return new TrainControl(() -> asked[0]++ == steps, () -> 1);
  }

  static void assertSameBytes(RunFolder a, RunFolder b) throws IOException {
    assertThat(Files.readAllBytes(b.path().resolve("metrics.jsonl")))
        .isEqualTo(Files.readAllBytes(a.path().resolve("metrics.jsonl")));
    Checkpoint x = a.checkpoints().list().getLast();
    Checkpoint y = b.checkpoints().list().getLast();
    assertThat(y.step()).isEqualTo(x.step());
    for (String file : List.of("model.safetensors", "optimizer.safetensors", "state.json")) {
      assertThat(Files.readAllBytes(y.folder().resolve(file)))
          .as(file)
          .isEqualTo(Files.readAllBytes(x.folder().resolve(file)));
    }
  }
}
