package refrain.analysis.mechanism;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.OffsetAttention;
import refrain.analysis.instrument.Patterns;
import refrain.analysis.instrument.WeightMemories;
import refrain.data.Batch;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.model.Smear;

/** Circuits whose working is known, because their weights were set by hand. */
class InductionPairTest {
  private static final int VOCAB = 9;
  private static final HeadId PREVIOUS = new HeadId(0, 0);
  private static final HeadId IDLE = new HeadId(0, 1);
  private static final HeadId INDUCTION = new HeadId(1, 0);

  /**
   * Two tokens that come once, then four that come three times; and the same with all tokens moved
   * on by 1 to 8, so that the mean over sequences knows no token from another.
   */
  private static final int[][] TOKENS = new int[VOCAB][14];

  static {
    int[] first = {8, 7, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4};
    for (int s = 0; s < VOCAB; s++) {
      int by = s;
      TOKENS[s] = Arrays.stream(first).map(x -> (x + by) % VOCAB).toArray();
    }
  }

  private static final int CONTEXT = TOKENS[0].length - 1;

  private static Losses losses(Parameters parameters) {
    return new Losses(model(parameters), TOKENS, InductionPairTest::icl);
  }

  private static ModelState model(Parameters parameters) {
    return ModelState.of(new ReferenceTransformer(parameters.spec()), parameters);
  }

  /** The last four positions, where the context tells all, against knowing nothing: ln V. */
  private static double icl(float[][] losses) {
    double[] mean = Losses.byIndex(losses);
    double late = 0;
    for (int t = CONTEXT - 4; t < CONTEXT; t++) {
      late += mean[t] / 4;
    }
    return late - Math.log(VOCAB);
  }

  private static double lost(Losses of, HeadId sender, Plan.Input input, Source source) {
    return Edges.lost(of, List.of(sender), List.of(INDUCTION), input, source).share();
  }

  @Test
  void allInContextLearningRunsOverTheKeyEdge() {
    Losses of = losses(HandBuilt.induction(VOCAB, CONTEXT));
    // Without a match the head attends to all positions but the first alike: 20 / t for each time
    // that a token stands there, among VOCAB logits.
    float[][] without =
        of.under(
            Edges.replaced(
                of.model().spec(),
                List.of(PREVIOUS),
                List.of(INDUCTION),
                Plan.Input.K,
                Source.ZERO));
    int t = 8;
    double one = Math.exp(20.0 / t);
    double two = Math.exp(40.0 / t);
    // Positions 1 to 8 hold 7 and 4 once, and 1, 2 and 3 twice; the target is 4.
    double expected = Math.log(2 * one + 3 * two + VOCAB - 5) - 20.0 / t;
    assertThat((double) without[0][t]).isCloseTo(expected, within(1e-5));
    assertThat(lost(of, PREVIOUS, Plan.Input.K, Source.ZERO))
        .isCloseTo(1 - icl(without) / -Math.log(VOCAB), within(1e-6));
    assertThat(lost(of, PREVIOUS, Plan.Input.K, Source.ZERO)).isGreaterThan(.5);
    // Another sequence's previous tokens match what does not follow, or nothing.
    assertThat(lost(of, PREVIOUS, Plan.Input.K, Edges.ANOTHER)).isGreaterThan(1);
    assertThat(lost(of, PREVIOUS, Plan.Input.Q, Edges.ANOTHER)).isCloseTo(0, within(1e-6));
    assertThat(lost(of, PREVIOUS, Plan.Input.V, Edges.ANOTHER)).isCloseTo(0, within(1e-6));
    assertThat(lost(of, IDLE, Plan.Input.K, Edges.ANOTHER)).isCloseTo(0, within(1e-6));
    assertThat(Edges.lost(of, List.of(), List.of(INDUCTION), Plan.Input.K, Source.ZERO))
        .isEqualTo(Losses.Lost.NONE);
  }

  /** The idle head of the pair does what L0H0 does, and writes a share of it, or it elsewhere. */
  private static Parameters withSecondHead(double share, boolean elsewhere) {
    Parameters p = HandBuilt.induction(VOCAB, CONTEXT);
    int d = p.spec().dModel();
    int e = p.spec().dHead();
    for (String name : List.of("W_Q", "W_K", "W_V", "W_O")) {
      Parameter parameter = p.layout().get("blocks.0.attn." + name);
      float[] both = p.get(parameter.name());
      System.arraycopy(both, 0, both, d * e, d * e);
      if (name.equals("W_O")) {
        Arrays.fill(both, d * e, 2 * d * e, 0);
        int previous = VOCAB + CONTEXT;
        int from = elsewhere ? VOCAB + 1 : previous; // positions but the first, which nobody reads
        for (int v = 0; v < VOCAB; v++) {
          both[d * e + v * d + from + v] = (float) share;
        }
      }
      Parameters.write(parameter, both, p.arena());
    }
    return p;
  }

  private static double lostAsMuch(Parameters p, Source source) {
    return Edges.lostAsMuch(
            losses(p), List.of(PREVIOUS), List.of(IDLE), List.of(INDUCTION), Plan.Input.K, source)
        .share();
  }

  @Test
  void asLargeAChangeOfTheKeysCostsNothingWhereNobodyReadsIt() {
    Parameters p = withSecondHead(.25, true);
    assertThat(lost(losses(p), PREVIOUS, Plan.Input.K, Edges.ANOTHER)).isGreaterThan(1);
    assertThat(lostAsMuch(p, Edges.ANOTHER)).isCloseTo(0, within(1e-5));
    assertThat(lostAsMuch(p, Source.ZERO)).isCloseTo(0, within(1e-5));
    assertThat(lostAsMuch(HandBuilt.induction(VOCAB, CONTEXT), Source.ZERO))
        .as("a head that writes nothing changes nothing")
        .isCloseTo(0, within(1e-6));
  }

  @Test
  void andAllWhereTheReceiverReadsIt() {
    Parameters p = withSecondHead(.01, false);
    assertThat(lost(losses(p), IDLE, Plan.Input.K, Edges.ANOTHER)).isLessThan(.05);
    assertThat(lostAsMuch(p, Edges.ANOTHER))
        .isCloseTo(lost(losses(p), PREVIOUS, Plan.Input.K, Edges.ANOTHER), within(.02));
    assertThat(lostAsMuch(p, Source.ZERO))
        .isCloseTo(lost(losses(p), PREVIOUS, Plan.Input.K, Source.ZERO), within(.02));
  }

  @Test
  void theMatchRunsThroughTheHeadWithTheTrace() {
    Circuit circuit = new Circuit(List.of(INDUCTION), List.of(PREVIOUS));
    Findings pair = QkShares.of(model(HandBuilt.induction(VOCAB, CONTEXT)), circuit);
    assertThat(pair.value("mech.qk.share")).isEqualTo(1);
    assertThat(pair.value("mech.qk.share.other")).isZero();
    assertThat(pair.value("mech.qk.share.even")).isEqualTo(.5);
    double sharp = pair.value("mech.qk.trace.previous") / VOCAB;
    Findings two = QkShares.of(model(withSecondHead(.25, false)), circuit);
    assertThat(two.value("mech.qk.share")).isCloseTo(.8, within(1e-9));
    assertThat(two.value("mech.qk.share.other")).isCloseTo(.2, within(1e-9));
    assertThat(two.value("mech.qk.share.normed")).isCloseTo(.5, within(1e-9));
    assertThat(two.value("mech.qk.trace.other")).isCloseTo(.25 * sharp * VOCAB, within(1e-6));
    Findings moved =
        QkShares.of(
            model(withSecondHead(.25, false)), new Circuit(List.of(INDUCTION), List.of(IDLE)));
    assertThat(moved.value("mech.qk.share")).as("label moved").isCloseTo(.2, within(1e-9));
  }

  @Test
  void idealPatternsAreThoseOfThePair() {
    Losses of = losses(HandBuilt.induction(VOCAB, CONTEXT));
    IdealPatterns previous = new IdealPatterns(of, List.of(PREVIOUS));
    assertThat(previous.by(Template.PREVIOUS_TOKEN).all()).isCloseTo(1, within(1e-6));
    assertThat(previous.byKeys(List.of(INDUCTION)).all()).isCloseTo(1, within(1e-6));
    assertThat(previous.wrong()).isLessThan(.2);
    IdealPatterns induction = new IdealPatterns(of, List.of(INDUCTION));
    assertThat(induction.by(Template.INDUCTION).matched()).isCloseTo(1, within(1e-6));
    IdealPatterns.Recovered rows = induction.byRows(Template.INDUCTION);
    assertThat(rows.matched()).isCloseTo(1, within(1e-6));
    assertThat(rows.elsewhere()).isCloseTo(0, within(1e-6));
    // The template rests on the first token, the head anywhere else: that is all that differs.
    assertThat(induction.by(Template.INDUCTION).elsewhere()).isGreaterThan(.1);
  }

  @Test
  void attentionStandsOneAfterTheEarlierOccurrence() {
    Patterns patterns = new Patterns(model(HandBuilt.induction(VOCAB, CONTEXT)), Batch.of(TOKENS));
    OffsetAttention attention = new OffsetAttention(patterns);
    assertThat(attention.of(INDUCTION, 1)).isCloseTo(1, within(1e-6));
    assertThat(attention.of(INDUCTION, 2)).isCloseTo(0, within(1e-6));
    assertThat(attention.profile(INDUCTION, 0, 1)).hasSize(2);
    double[] previous = patterns.previous(PREVIOUS);
    assertThat(previous[0]).isZero();
    assertThat(previous[CONTEXT - 1]).isCloseTo(1, within(1e-6));
    assertThat(patterns.previous(IDLE)[3]).isCloseTo(.25, within(1e-6));
  }

  @Test
  void memoriesOfThePairAreWhole() {
    Parameters pair = HandBuilt.induction(VOCAB, CONTEXT);
    WeightMemories m = new WeightMemories(pair, CONTEXT);
    assertThat(m.bestPrevious()).isEqualTo(1);
    assertThat(m.previous(PREVIOUS, 3)).isEqualTo(1);
    assertThat(m.previous(IDLE)).isZero();
    assertThat(m.bestMatch()).isEqualTo(1);
    assertThat(m.bestCopy()).isEqualTo(1);
    assertThat(m.copy(PREVIOUS)).isZero();
    assertThat(m.copyTogether(List.of(INDUCTION, new HeadId(1, 1)))).isEqualTo(1);
    assertThat(m.copyThrough(PREVIOUS, INDUCTION)).isZero();
    assertThat(m.matchDirect(INDUCTION)).isZero();
    WeightMemories one = new WeightMemories(HandBuilt.uniform(VOCAB, CONTEXT), CONTEXT);
    assertThat(one.bestPrevious()).isZero();
    assertThat(one.bestMatch()).isNaN();
    assertThat(one.bestCopy()).isNaN();
  }

  /**
   * The circuit under keys smeared from two back, by hand: the match is with the token two before
   * the key, and what is read there is what the previous-token head wrote.
   */
  private static Parameters smearedPair() {
    Parameters plain = HandBuilt.induction(VOCAB, CONTEXT);
    Smear smear = new Smear(Smear.From.TWO_BACK, List.of(1));
    Parameters p = Parameters.zeros(plain.spec().with(m -> m.smear = smear));
    for (Parameter each : plain.layout().all()) {
      Parameters.write(p.layout().get(each.name()), plain.get(each.name()), p.arena());
    }
    int d = p.spec().dModel();
    int e = p.spec().dHead();
    float[] keys = new float[2 * d * e];
    float[] values = new float[2 * d * e];
    for (int v = 0; v < VOCAB; v++) {
      keys[v * e + v] = 1;
      values[(VOCAB + CONTEXT + v) * e + v] = 1;
    }
    Parameters.write(p.layout().get("blocks.1.attn.W_K"), keys, p.arena());
    Parameters.write(p.layout().get("blocks.1.attn.W_V"), values, p.arena());
    Parameters.write(p.layout().get("blocks.1.attn.alpha"), new float[] {-40, -40}, p.arena());
    return p;
  }

  @Test
  void theCircuitOfTheSmearReadsThePreviousTokenTwoAfter() {
    Parameters p = smearedPair();
    Losses of = losses(p);
    OffsetAttention attention = new OffsetAttention(new Patterns(model(p), Batch.of(TOKENS)));
    assertThat(attention.of(INDUCTION, 2)).isCloseTo(1, within(1e-6));
    assertThat(attention.of(INDUCTION, 1)).isCloseTo(0, within(1e-6));
    assertThat(lost(of, PREVIOUS, Plan.Input.V, Edges.ANOTHER)).isGreaterThan(.9);
    assertThat(lost(of, PREVIOUS, Plan.Input.K, Edges.ANOTHER)).isCloseTo(0, within(1e-6));
    assertThat(of.iclLost(Ablation.PRESERVING_ZERO.of(List.of(INDUCTION), of.model().spec())))
        .isCloseTo(1, within(1e-6));
    WeightMemories m = new WeightMemories(p, p.spec().nCtx());
    assertThat(m.matchDirect(INDUCTION)).isEqualTo(1);
    assertThat(m.copy(INDUCTION)).isZero();
    assertThat(m.copyThrough(PREVIOUS, INDUCTION)).isEqualTo(1);
  }
}
