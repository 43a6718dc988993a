package refrain.analysis.scan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Verdict;
import refrain.data.Batch;
import refrain.model.FusedTransformer;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.InMemory;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.probe.Circuits;
import refrain.probe.HeadScores;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.NormTreatment;
import refrain.probe.OvEigenvalues;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;

/** Scans of models of which it is known, or computed otherwise, what their heads do. */
class ScannerTest {
  private static final int VOCAB = 32;
  private static final int CONTEXT = 29;
  private static final int PAIRS = 10;
  private static final long SEED = ProbeSpec.DEFAULT.seed();

  private static Scanner scanner(Parameters parameters, Progress progress) {
    ModelSpec spec = parameters.spec();
    TokenPool pool = TokenPool.all(spec.dVocab());
    return Scanner.of(new InMemory(parameters), pool, spec.nCtx(), SEED, PAIRS, 2, progress);
  }

  private static List<HeadRow> heads(Parameters parameters) {
    try (Scanner scanner = scanner(parameters, Progress.SILENT)) {
      return scanner.heads();
    }
  }

  /** Two layers with norms, grouped heads and MLPs. */
  private static Parameters untrained(long seed) {
    ModelSpec spec =
        ModelSpec.attentionOnly(3, 40, 4, 110, 128)
            .with(m -> m.nKvHeads = 2, m -> m.dHead = 12, m -> m.dMlp = 50);
    return Parameters.init(spec, seed);
  }

  @Test
  void thePerfectInductionHeadIsFoundAndNoOther() {
    List<HeadRow> rows = heads(HandBuilt.induction(VOCAB, CONTEXT));
    assertThat(rows).hasSize(4);
    for (HeadRow row : rows) {
      assertThat(row.verdict())
          .as(row.name())
          .isEqualTo(row.name().equals("L1H0") ? Verdict.INDUCTION : Verdict.NONE);
    }
    assertThat(rows.get(2).score("pm")).isCloseTo(1, within(1e-6));
    assertThat(rows.getFirst().score("prev.repeated")).isCloseTo(1, within(1e-6));
  }

  @Test
  void aHeadThatLooks24BackScoresHighAndIsNone() {
    HeadRow row = heads(HandBuilt.lookingBack(24, 104, 101)).getFirst();
    assertThat(row.score("pm")).isCloseTo(1, within(1e-6));
    assertThat(row.verdict()).isEqualTo(Verdict.NONE);
  }

  @Test
  void oneLayerWithPlainKeysHasNone() {
    assertThat(heads(HandBuilt.matching(false, VOCAB, CONTEXT)))
        .allSatisfy(row -> assertThat(row.verdict()).isEqualTo(Verdict.NONE));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1})
  void untrainedModelsHaveNone(long seed) {
    assertThat(heads(untrained(seed)))
        .hasSize(12)
        .allSatisfy(row -> assertThat(row.verdict()).isEqualTo(Verdict.NONE));
  }

  /** The scores of probes, the verdicts of measure, and eigenvalues of weights in float64. */
  @Test
  void scoresAndVerdictsAreThoseOfMeasure() {
    Parameters parameters = untrained(3);
    ModelSpec spec = parameters.spec();
    TokenPool pool = TokenPool.all(spec.dVocab());
    ProbeSpec probe =
        ProbeSpec.DEFAULT.withMeasures(
            MeasureKind.PREFIX_MATCHING,
            MeasureKind.DUPLICATE_TOKEN,
            MeasureKind.PREVIOUS_TOKEN_REPEATED,
            MeasureKind.START_ATTENTION);
    List<HeadRow> rows = heads(parameters);
    HeadScores copying =
        new OvEigenvalues(NormTreatment.FOLDED).of(new Circuits(parameters, NormTreatment.FOLDED));
    try (FusedTransformer engine = new FusedTransformer(spec, 1)) {
      Batch any = Batch.of(new int[][] {new int[spec.nCtx() + 1]});
      Measurements expected =
          new ProbeSuite(spec, probe, any, pool, List.of())
              .measure(engine, parameters, batch -> Plan.NONE, MeasureKind.Depth.THOROUGH);
      Map<HeadId, Match> matches =
          Match.of(ModelState.of(engine, parameters), List.of(), SEED, PAIRS);
      for (HeadRow row : rows) {
        for (String key : List.of("pm", "dup", "prev.repeated", "start")) {
          assertThat(row.score(key))
              .as(key)
              .isCloseTo(expected.values().get(key + "." + row.name()), within(1e-6));
        }
        assertThat(row.score("ov.eig"))
            .isCloseTo(copying.get(row.head().layer(), row.head().head()), within(1e-4));
        Match match = matches.get(row.head());
        assertThat(row.match()).isNotNull();
        assertThat(row.match().difference()).isCloseTo(match.difference(), within(1e-6));
        assertThat(row.match().p()).isCloseTo(match.p(), within(1e-3));
        assertThat(row.match().pairs()).isEqualTo(PAIRS);
      }
    }
  }

  @Test
  void aScanThatIsStoppedKeepsItsLayersAndGivesNoVerdict() {
    try (Scanner scanner = scanner(untrained(0), (done, what) -> !what.equals("layer 2"))) {
      List<HeadRow> rows = scanner.heads();
      assertThat(rows).hasSize(8).allSatisfy(row -> assertThat(row.match()).isNull());
      assertThat(rows.getFirst().score("pm")).isBetween(0.0, 1.0);
      assertThat(scanner.notes())
          .containsExactly(
              "stopped after 2 of 3 layers: no head has a verdict before all are read");
    }
  }

  @Test
  void effectsAreThoseOfPassesWithEditedHeads() {
    Parameters parameters = untrained(5);
    ModelSpec spec = parameters.spec();
    int[] text = new int[61];
    Arrays.setAll(text, t -> (t * t + 3 * t) % spec.dVocab());
    List<HeadId> heads = List.of(new HeadId(2, 1), new HeadId(0, 3));
    try (Scanner scanner = scanner(parameters, Progress.SILENT);
        FusedTransformer engine = new FusedTransformer(spec, 1)) {
      Effects effects =
          scanner.effects(
              heads, List.of(Effects.By.values()), List.of(), new int[][] {text}, "text");
      assertThat(effects.without()).hasSize(4);
      assertThat(effects.without().getFirst().head()).isEqualTo("L0H3");
      RepeatedSequences repeated =
          RepeatedSequences.draw(TokenPool.all(spec.dVocab()), SEED, PAIRS, spec.nCtx());
      for (Effects.Without each : effects.without()) {
        boolean mean = each.by() == Effects.By.MEAN;
        Batch own = Batch.of(new int[][] {text});
        double onText = change(engine, parameters, own, HeadId.parse(each.head()), mean, 0);
        assertThat(each.text().mean()).isCloseTo(onText, within(2e-5));
        double onRepeated =
            change(
                engine,
                parameters,
                repeated.batch(),
                HeadId.parse(each.head()),
                mean,
                repeated.again(0));
        assertThat(each.repeated().mean()).isCloseTo(onRepeated, within(2e-5));
        assertThat(each.repeated().n()).isEqualTo(PAIRS);
        assertThat(each.text().n()).isEqualTo(60);
      }
    }
  }

  private static double change(
      FusedTransformer engine,
      Parameters parameters,
      Batch batch,
      HeadId head,
      boolean mean,
      int from) {
    int width = parameters.spec().dHead();
    int t = batch.context();
    float[] add = new float[t * width];
    List<float[]> outputs = new ArrayList<>();
    engine.forward(
        parameters,
        batch,
        Plan.NONE,
        Observer.of(
            Set.of(HookPoint.of(HookKind.Z, head.layer())),
            (s, point, view) -> outputs.add(view.toArray())));
    int heads = parameters.spec().nHeads();
    for (float[] z : outputs) {
      for (int i = 0; i < t * width && mean; i++) {
        for (int to = i % width; to < add.length; to += width) {
          add[to] +=
              z[(i / width * heads + head.head()) * width + i % width] / (t * outputs.size());
        }
      }
    }
    Plan.OutputEdit edit =
        new Plan.OutputEdit(
            HookKind.Z, head.layer(), head.head(), new float[t], Plan.Values.shared(add));
    Plan plan = new Plan(List.of(), List.of(), List.of(edit), List.of());
    float[][] before = engine.forward(parameters, batch, Plan.NONE, Observer.NONE);
    float[][] after = engine.forward(parameters, batch, plan, Observer.NONE);
    double sum = 0;
    for (int s = 0; s < before.length; s++) {
      for (int i = from; i < t; i++) {
        sum += (after[s][i] - before[s][i]) / (before.length * (t - from));
      }
    }
    return sum;
  }

  @Test
  void aPathFromThePreviousTokenHeadCarriesTheMatching() {
    Parameters parameters = HandBuilt.induction(VOCAB, CONTEXT);
    try (Scanner scanner = scanner(parameters, Progress.SILENT)) {
      List<HeadRow> rows = scanner.heads();
      Effects effects =
          scanner.effects(
              Scanner.receivers(rows),
              List.of(Effects.By.ZERO),
              rows,
              new int[][] {new int[CONTEXT]},
              "text");
      assertThat(effects.paths()).hasSize(1);
      Effects.Path path = effects.paths().getFirst();
      assertThat(path.sender()).isEqualTo("L0H0");
      assertThat(path.receiver()).isEqualTo("L1H0");
      assertThat(path.before()).isCloseTo(1, within(1e-6));
      assertThat(path.score().mean()).isLessThan(-.7);
    }
  }

  @Test
  void effectsThatAreStoppedKeepTheHeadsThatWereDone() {
    Parameters parameters = untrained(5);
    int[][] text = {{1, 2, 3, 4}};
    try (Scanner scanner = scanner(parameters, (done, what) -> done < .8)) {
      List<HeadId> heads = HeadId.all(parameters.spec());
      List<HeadId> many = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        many.addAll(heads);
      }
      Effects effects = scanner.effects(many, List.of(Effects.By.ZERO), List.of(), text, "text");
      assertThat(effects.without().size()).isBetween(1, many.size() - 1);
      assertThat(scanner.notes().getFirst()).contains("of 96 heads were taken out");
    }
  }
}
