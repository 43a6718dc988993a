package refrain.analysis.knockouts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.knockouts.KnownCircuits.Made;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.probe.IclIndices;

class KnockOutAnalysisTest {
  private static final HeadId PREVIOUS = new HeadId(0, 0);
  private static final HeadId COPYIST = new HeadId(1, 0);
  private static final HeadId SECOND = new HeadId(1, 1);
  private static final HeadId BESIDE = new HeadId(1, 2);

  /** Taking away either of the two heads leaves a model that knows nothing of what comes next. */
  @Test
  void theWholeKnockOutsFindBothHeadsOfThePlainCircuit() {
    Rises rises = KnownCircuits.rises(Made.PLAIN, 1);
    double all = Math.log(24) - rises.intact();
    for (KnockOut way : List.of(KnockOut.ZERO, KnockOut.MEAN, KnockOut.RESAMPLE, KnockOut.EDGES)) {
      assertThat(rises.of(way, PREVIOUS)).as(way.words()).isGreaterThan(.5 * all);
      assertThat(rises.of(way, COPYIST)).as(way.words()).isGreaterThan(.5 * all);
      assertThat(KnownCircuits.right(Made.PLAIN, rises, way)).as(way.words()).isEqualTo(1);
    }
    for (HeadId idle : List.of(new HeadId(0, 1), new HeadId(0, 2), SECOND, BESIDE)) {
      for (KnockOut way : KnockOut.values()) {
        assertThat(rises.of(way, idle)).as("%s %s", way.words(), idle).isCloseTo(0, within(1e-6));
      }
    }
  }

  /** With the later head attending as it did the earlier one has nothing left to do. */
  @Test
  void keepingPatternsHidesTheHeadThatMakesThem() {
    Rises rises = KnownCircuits.rises(Made.PLAIN, 1);
    assertThat(rises.of(KnockOut.PATTERNS, PREVIOUS)).isCloseTo(0, within(1e-6));
    assertThat(KnownCircuits.right(Made.PLAIN, rises, KnockOut.PATTERNS)).isEqualTo(.75);
  }

  /** A softmax that has settled has no slope. */
  @Test
  void aSaturatedCircuitHasNoGradient() {
    Rises rises = KnownCircuits.rises(Made.SHARP, 1);
    double all = Math.log(24) - rises.intact();
    assertThat(rises.of(KnockOut.GRADIENT, PREVIOUS)).isLessThan(.05 * all);
    assertThat(rises.of(KnockOut.GRADIENT, COPYIST)).isLessThan(.05 * all);
    assertThat(KnownCircuits.right(Made.SHARP, rises, KnockOut.GRADIENT)).isEqualTo(.5);
    Rises soft = KnownCircuits.rises(Made.PLAIN, 1);
    assertThat(soft.of(KnockOut.GRADIENT, COPYIST)).isGreaterThan(.3);
    assertThat(KnownCircuits.right(Made.SHARP, rises, KnockOut.MEAN)).isEqualTo(1);
  }

  /**
   * Where two heads do the same, no way that takes one of them away finds either, but that which
   * puts something wrong in its place.
   */
  @Test
  void aSecondHeadHidesTheFirst() {
    Rises rises = KnownCircuits.rises(Made.SECOND, 1);
    double all = Math.log(24) - rises.intact();
    for (KnockOut way : KnockOut.values()) {
      assertThat(rises.of(way, COPYIST))
          .as(way.words())
          .isCloseTo(rises.of(way, SECOND), within(1e-3));
      if (way == KnockOut.RESAMPLE) {
        assertThat(rises.of(way, COPYIST)).isCloseTo(Math.log(2), within(.1)); // one vote each
      } else {
        assertThat(rises.of(way, COPYIST)).as(way.words()).isLessThan(.1 * all);
      }
    }
    assertThat(rises.without(List.of(COPYIST, SECOND), Ablation.FULL_MEAN)).isGreaterThan(.5 * all);
  }

  @Test
  void aDecoyIsFoundByNoneAndAConstantHeadByZerosAlone() {
    Rises decoy = KnownCircuits.rises(Made.DECOY, 1);
    Rises constant = KnownCircuits.rises(Made.CONSTANT, 1);
    double all = Math.log(24) - constant.intact();
    for (KnockOut way : KnockOut.values()) {
      assertThat(decoy.of(way, BESIDE)).as(way.words()).isCloseTo(0, within(1e-6));
      boolean zeros = way == KnockOut.ZERO || way == KnockOut.PATTERNS;
      if (zeros) {
        assertThat(constant.of(way, BESIDE)).as(way.words()).isGreaterThan(.1 * all);
      } else {
        assertThat(constant.of(way, BESIDE)).as(way.words()).isCloseTo(0, within(1e-4));
      }
    }
  }

  /**
   * Scaling a head's output and scaling its W_O are the same, so that the slope towards zero is -
   * sum of W_O times the gradient at W_O.
   */
  @Test
  void theSlopeIsThatOfTheGradient() {
    ModelSpec spec = ModelSpec.attentionOnly(2, 12, 3, 11, 9);
    Parameters parameters = Parameters.init(spec, 4);
    for (int i = 0; i < parameters.arena().length; i++) {
      parameters.arena()[i] *= 2; // far from the start, where all slopes are near 0
    }
    ReferenceTransformer engine = new ReferenceTransformer(spec);
    Batch batch = new BigramRestarts(9, 1, .75, 3, 1).open().next(Rng.of(2), 7, 11);
    float[] gradient = new float[parameters.arena().length];
    engine.gradient(parameters, batch, Plan.NONE, gradient);
    Rises rises = new Rises(ModelState.of(engine, parameters), batch, Losses::mean);
    for (HeadId head : HeadId.all(spec)) {
      Parameter out = parameters.layout().get("blocks." + head.layer() + ".attn.W_O");
      double expected = 0;
      for (int i = 0; i < spec.dHead(); i++) {
        for (int j = 0; j < spec.dModel(); j++) {
          int at =
              out.offset()
                  + head.head() * out.strides()[0]
                  + i * out.strides()[1]
                  + j * out.strides()[2];
          expected -= (double) gradient[at] * parameters.arena()[at];
        }
      }
      double slope = rises.slope(head, new float[11 * spec.dHead()]);
      assertThat(slope)
          .as(head.toString())
          .isCloseTo(expected, within(2e-2 * Math.abs(expected) + 1e-5));
    }
  }

  /** Edge by edge: into a last layer's head there is but the edge to the logits. */
  @Test
  void aHeadOfTheLastLayerHasOneEdge() {
    Rises rises = KnownCircuits.rises(Made.PLAIN, 2);
    assertThat(rises.of(KnockOut.EDGES, COPYIST))
        .isCloseTo(rises.of(KnockOut.MEAN, COPYIST), within(1e-5));
  }

  @Test
  void ordersOfAModelAreComparedAndItsCircuitStandsFirst() {
    Rises rises = KnownCircuits.rises(Made.PLAIN, 3);
    Findings found = HeadOrders.of(rises, rises, List.of(COPYIST));
    Map<String, Double> values = found.values();
    assertThat(values.get("knock.w")).isEqualTo(values.get("knock.w.icl")).isGreaterThan(.5);
    assertThat(values.get("knock.w.whole")).isGreaterThan(.9);
    assertThat(values.get("knock.w.shuffled")).isBetween(.08, .3);
    assertThat(values.get("knock.earlier.patterns")).isCloseTo(0, within(1e-6));
    assertThat(values.get("knock.earlier.mean")).isBetween(.3, .7);
    assertThat(values.get("knock.together")).isCloseTo(1, within(1e-9));
    assertThat(values.get("knock.again.zero.L1H0")).isGreaterThan(1);
  }

  @Test
  void repairIsTheFirstOfThreeProbesWithinATenth() {
    double[] steps = {0, 10, 20, 30, 40, 50};
    Map<String, Double> back =
        Repair.of(steps, new double[] {-1, -1.7, -1.9, -1.85, -1.95, -2}, -2).values();
    assertThat(back.get("knock.repair.first")).isEqualTo(.5);
    assertThat(back.get("knock.repair.end")).isEqualTo(1);
    assertThat(back.get("knock.repair.step")).isCloseTo(15, within(1e-9));
    assertThat(back.get("knock.repaired")).isEqualTo(1);
    Map<String, Double> never =
        Repair.of(steps, new double[] {-1, -1.7, -1.9, -1.7, -1.9, -1.7}, -2).values();
    assertThat(never.get("knock.repair.step")).isEqualTo(50);
    assertThat(never.get("knock.repaired")).isEqualTo(0);
  }

  /** The number that heads are judged by is the caller's. */
  @Test
  void theIclScoreIsReadAsAnyNumber() {
    ModelSpec spec = ModelSpec.attentionOnly(2, 12, 2, 11, 9);
    ModelState model = ModelState.of(new ReferenceTransformer(spec), Parameters.init(spec, 4));
    Batch batch = new BigramRestarts(9, 1, .75, 3, 1).open().next(Rng.of(2), 5, 11);
    IclIndices indices = IclIndices.forContext(11);
    Rises rises = new Rises(model, batch, losses -> IclReading.of(losses, indices).icl());
    assertThat(rises.intact())
        .isCloseTo(IclReading.of(model.losses(batch, List.of()), indices).icl(), within(1e-6));
  }
}
