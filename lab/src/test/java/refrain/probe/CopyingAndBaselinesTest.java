package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.norm;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Entropy;
import refrain.data.MarkovChains;
import refrain.data.NgramTables;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Recorder;
import refrain.model.ReferenceTransformer;
import refrain.model.View;
import refrain.probe.MeasureKind.Depth;
import refrain.store.Json;

class CopyingAndBaselinesTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  @Test
  void copyingHeadScoresOneAndItsOppositeMinusOne() {
    Parameters p = HandBuilt.copying(40, 33);
    ProbeSpec spec = ProbeSpec.DEFAULT.withMeasures(MeasureKind.COPYING);
    Measurements m = measure(p, spec, List.of());
    assertThat(m.value("copy.L0H0")).isCloseTo(1, CLOSE);
    assertThat(m.value("copy.L0H1")).isCloseTo(-1, CLOSE);
    assertThat(measure(HandBuilt.uniform(40, 33), spec, List.of()).value("copy.L0H0"))
        .isEqualTo(-1);
  }

  @Test
  void copyingAgreesWithItsDefinition() {
    ModelSpec spec =
        ModelSpec.attentionOnly(2, 12, 4, 17, 9).with(heads(4, 2, 3), norm(Norm.LAYER, true));
    Parameters p = Parameters.init(spec, 3);
    Parameters.write(
        p.layout().get("ln_final.w"),
        new float[] {1, .5f, 2, 1, 1.5f, 1, .3f, 1, 1, 2, 1, 1},
        p.arena());
    RepeatedSequences s = RepeatedSequences.draw(TokenPool.all(9), 2022, 1, 17);
    int[] x = s.batch().tokens()[0];
    double[][] scores = new double[2][4];
    Circuits c = new Circuits(p, NormTreatment.FOLDED);
    new ReferenceTransformer(spec)
        .forward(p, s.batch(), Plan.NONE, new ByDefinition(c, x, s.blocks()[0], scores));
    ProbeSpec one =
        new ProbeSpec(null, 2022, 1, 1, NormTreatment.RAW, 2, List.of(MeasureKind.COPYING));
    Measurements m = measure(p, one, List.of());
    for (int l = 0; l < 2; l++) {
      for (int h = 0; h < 4; h++) {
        assertThat(m.value("copy." + new HeadId(l, h))).isCloseTo(scores[l][h], CLOSE);
      }
    }
  }

  /** Every pair of positions and every token of the block, from full matrices. */
  private static final class ByDefinition implements Observer {
    private final Circuits c;
    private final int[] x;
    private final int block;
    private final double[][] scores;
    private float[] values = {};

    ByDefinition(Circuits c, int[] x, int block, double[][] scores) {
      this.c = c;
      this.x = x;
      this.block = block;
      this.scores = scores;
    }

    @Override
    public Set<HookPoint> wants() {
      return Set.of(
          HookPoint.of(HookKind.V, 0),
          HookPoint.of(HookKind.V, 1),
          HookPoint.of(HookKind.PATTERN, 0),
          HookPoint.of(HookKind.PATTERN, 1));
    }

    @Override
    public void observe(int sequence, HookPoint point, View view) {
      if (point.kind() == HookKind.V) {
        values = view.toArray();
        return;
      }
      for (int h = 0; h < 4; h++) {
        RealMatrix direct = c.wO(point.layer(), h).multiply(c.wU());
        double onAttended = 0;
        double onAll = 0;
        for (int i = 0; i < block; i++) {
          for (int j = 0; j <= i; j++) {
            double[] v = new double[3];
            for (int f = 0; f < 3; f++) {
              v[f] = values[(j * 2 + h / 2) * 3 + f];
            }
            double[] logits = direct.preMultiply(v);
            double mean =
                Arrays.stream(x, 0, block).mapToDouble(t -> logits[t]).average().orElseThrow();
            double raise = 0;
            for (int m = 0; m < block; m++) {
              raise += Math.max(0, logits[x[m]] - mean);
            }
            double a = Recorder.at(view, h, i, j);
            onAttended += a * Math.max(0, logits[x[j]] - mean);
            onAll += a * raise;
          }
        }
        scores[point.layer()][h] = 2 * onAttended / onAll - 1;
      }
    }
  }

  @Test
  void uniformModelDivergesByTheBaselinesEntropyGap() {
    Parameters p = HandBuilt.uniform(3, 20);
    float[] skew = {(float) Math.log(.5), (float) Math.log(.3), (float) Math.log(.2)};
    NgramBaseline unigram = new NgramBaseline("unigram", (tokens, position) -> skew);
    Measurements m = measure(p, kl(), List.of(unigram));
    double expected = -Math.log(3) - (Math.log(.5) + Math.log(.3) + Math.log(.2)) / 3;
    assertThat(m.value("kl.unigram")).isCloseTo(expected, CLOSE);
    assertThat(m.value("kl.unigram.loss")).isBetween(-Math.log(.5), -Math.log(.2));
  }

  @Test
  void modelIsAtNoDistanceFromItself() {
    Parameters p = Parameters.init(ModelSpec.attentionOnly(2, 16, 2, 20, 3), 1);
    ReferenceTransformer reference = new ReferenceTransformer(p.spec());
    NgramBaseline itself =
        new NgramBaseline(
            "itself",
            (tokens, position) -> {
              float[] logs = new float[3];
              int[] prefix = Arrays.copyOf(tokens, position + 2);
              for (int b = 0; b < 3; b++) {
                prefix[position + 1] = b;
                Batch one = Batch.of(new int[][] {prefix.clone()});
                logs[b] = -reference.forward(p, one, Plan.NONE, Observer.NONE)[0][position];
              }
              return logs;
            });
    Measurements m =
        measure(p, kl(), List.of(itself, NgramBaseline.bayes(Json.defaults(MarkovChains.class))));
    assertThat(m.value("kl.itself")).isCloseTo(0, CLOSE);
    assertThat(m.value("kl.bayes")).isGreaterThan(0);
  }

  @Test
  void bayesPredictorReadsOnlyThePast() {
    MarkovChains chains = new MarkovChains(2, 1);
    float[] logs = NgramBaseline.bayes(chains).predictor().logProbs(new int[] {0, 1, 0, 1, 1}, 2);
    // After 0 1 0: one transition from 0, to 1.
    assertThat(Math.exp(logs[1])).isCloseTo(2 / 3.0, CLOSE);
    int[] all = chains.open().next(Rng.of(1), 1, 30).tokens()[0];
    for (int t = 0; t < 30; t++) {
      assertThat(NgramBaseline.bayes(chains).predictor().logProbs(all, t)[0])
          .isEqualTo((float) chains.bayes(all)[t][0]);
    }
  }

  @Test
  void ngramTablesBecomeBaselines() {
    Batch text = new MarkovChains(3, 1).open().evaluation(1, 3, 20);
    NgramTables tables = NgramTables.of(3, List.of(text.tokens()));
    Measurements m = measure(HandBuilt.uniform(3, 20), kl(), NgramBaseline.of(tables));
    for (NgramTables.Order order : NgramTables.Order.values()) {
      assertThat(m.value("kl." + order.name().toLowerCase(Locale.ROOT) + ".loss"))
          .isCloseTo(Entropy.loss(tables, order, text), CLOSE);
    }
    assertThat(m.value("kl.trigram.loss")).isLessThan(m.value("kl.unigram.loss"));
  }

  @Test
  void refusesABaselineWithoutSmoothing() {
    NgramBaseline hard =
        new NgramBaseline("hard", (t, i) -> new float[] {0, Float.NEGATIVE_INFINITY, -1});
    assertThatThrownBy(() -> measure(HandBuilt.uniform(3, 20), kl(), List.of(hard)))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("baseline 'hard' gives some token the probability 0");
  }

  @Test
  void specRefusesWhatCannotBeMeasured() {
    assertThatThrownBy(() -> ProbeSpec.DEFAULT.withMeasures(MeasureKind.QK_TRACE))
        .hasMessageContaining("QK_TRACE weighs heads by PREVIOUS_TOKEN");
    assertThatThrownBy(() -> ProbeSpec.DEFAULT.withMeasures(MeasureKind.ICL, MeasureKind.ICL))
        .hasMessageContaining("asked for twice");
    assertThatThrownBy(
            () -> new ProbeSpec(null, 1, 0, 8, NormTreatment.RAW, 2, List.of(MeasureKind.ICL)))
        .hasMessageContaining("repeatedSequences is 0 and patternSequences 8");
  }

  private static ProbeSpec kl() {
    return ProbeSpec.DEFAULT.withMeasures(MeasureKind.NGRAM_DIVERGENCE);
  }

  private static Measurements measure(Parameters p, ProbeSpec spec, List<NgramBaseline> baselines) {
    int vocab = p.spec().dVocab();
    Batch evaluation = new MarkovChains(vocab, 1).open().evaluation(1, 3, p.spec().nCtx());
    return new ProbeSuite(p.spec(), spec, evaluation, TokenPool.all(vocab), baselines)
        .measure(new ReferenceTransformer(p.spec()), p, batch -> Plan.NONE, Depth.THOROUGH);
  }
}
