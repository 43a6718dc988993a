package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.norm;

import org.assertj.core.data.Offset;
import org.hipparchus.complex.Complex;
import org.hipparchus.linear.EigenDecompositionNonSymmetric;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.probe.Composition.Input;
import refrain.probe.Composition.Pair;

class WeightMeasuresTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  @Test
  void copyingHeadHasPositiveEigenvalues() {
    Circuits c = new Circuits(HandBuilt.copying(5, 7), NormTreatment.FOLDED);
    HeadScores ov = new OvEigenvalues(NormTreatment.FOLDED).of(c);
    assertThat(ov.get(0, 0)).isCloseTo(1, CLOSE);
    assertThat(ov.get(0, 1)).isCloseTo(-1, CLOSE);
    // It attends by nothing at all.
    assertThat(new QkEigenvalues(NormTreatment.FOLDED).of(c).get(0, 0)).isEqualTo(0);
    assertThat(c.fullOv(0, 0)).isEqualTo(MatrixUtils.createRealIdentityMatrix(5));
  }

  @Test
  void eigenvaluesAgreeWithTheFullCircuits() {
    for (Parameters p : new Parameters[] {grouped(Norm.LAYER, false), grouped(Norm.RMS, true)}) {
      for (NormTreatment norms : NormTreatment.values()) {
        Circuits c = new Circuits(p, norms);
        for (int h = 0; h < 4; h++) {
          assertThat(new OvEigenvalues(norms).of(c).get(1, h))
              .isCloseTo(positivity(c.fullOv(1, h)), CLOSE);
          assertThat(new QkEigenvalues(norms).of(c).get(1, h))
              .isCloseTo(positivity(fullQk(c, 1, h)), CLOSE);
        }
      }
    }
  }

  /** W_E W_Q W_K^T W_E^T, [d_vocab, d_vocab]. */
  private static RealMatrix fullQk(Circuits c, int layer, int head) {
    return c.wE()
        .multiply(c.wQ(layer, head))
        .multiplyTransposed(c.wE().multiply(c.wK(layer, head)));
  }

  /** Over all eigenvalues of the [d_vocab, d_vocab] matrix itself. */
  private static double positivity(RealMatrix m) {
    double sum = 0;
    double absolute = 0;
    // Away from the zeros of its lower rank, where the search for eigenvalues does not settle.
    double shift = 3 * m.getFrobeniusNorm();
    RealMatrix shifted =
        m.add(MatrixUtils.createRealIdentityMatrix(m.getRowDimension()).scalarMultiply(shift));
    for (Complex lambda : new EigenDecompositionNonSymmetric(shifted).getEigenvalues()) {
      sum += lambda.getRealPart() - shift;
      absolute += lambda.subtract(shift).norm();
    }
    return sum / absolute;
  }

  @Test
  void positivityOfKnownMatrices() {
    RealMatrix rotation = MatrixUtils.createRealMatrix(new double[][] {{0, -1}, {1, 0}});
    RealMatrix nilpotent = MatrixUtils.createRealMatrix(new double[][] {{0, 1}, {0, 0}});
    RealMatrix mixed = MatrixUtils.createRealMatrix(new double[][] {{3, 5}, {0, -1}});
    assertThat(Eigenvalues.positivity(rotation)).isCloseTo(0, CLOSE);
    assertThat(Eigenvalues.positivity(nilpotent)).isEqualTo(0);
    assertThat(Eigenvalues.positivity(mixed)).isCloseTo(.5, CLOSE);
    assertThat(Eigenvalues.positivity(mixed.scalarMultiply(Double.NaN))).isNaN();
    // Rank 2 of 30: eigenvalues 90 (of ones) and -30 (of alternating signs), and zeros.
    RealMatrix low = MatrixUtils.createRealMatrix(30, 30);
    for (int i = 0; i < 30; i++) {
      for (int j = 0; j < 30; j++) {
        low.setEntry(i, j, 3 - ((i + j) % 2 == 0 ? 1 : -1));
      }
    }
    assertThat(Eigenvalues.positivity(low)).isCloseTo(.5, CLOSE);
  }

  @Test
  void positivityDoesNotDependOnTheOrderOfFactors() {
    Rng rng = Rng.of(7);
    for (int trial = 0; trial < 40; trial++) {
      int n = 1 + rng.nextInt(30);
      RealMatrix a = random(rng, n, 1 + rng.nextInt(n));
      RealMatrix b = trial % 2 == 0 ? a.transpose() : random(rng, a.getColumnDimension(), n);
      double score = Eigenvalues.positivity(a.multiply(b));
      assertThat(score).isCloseTo(Eigenvalues.positivity(b.multiply(a)), CLOSE);
      if (trial % 2 == 0) {
        assertThat(score).isCloseTo(1, CLOSE);
      }
    }
  }

  @Test
  void eigenvaluesOfAPermutationAreRootsOfUnity() {
    for (int n : new int[] {2, 3, 8, 17}) {
      RealMatrix cycle = MatrixUtils.createRealMatrix(n, n);
      double absolute = 0;
      for (int i = 0; i < n; i++) {
        cycle.setEntry(i, (i + 1) % n, 1);
        cycle.setEntry(i, i, .5);
        absolute += Math.hypot(.5 + Math.cos(2 * Math.PI * i / n), Math.sin(2 * Math.PI * i / n));
      }
      assertThat(Eigenvalues.positivity(cycle)).isCloseTo(.5 * n / absolute, CLOSE);
    }
    RealMatrix plain = MatrixUtils.createRealMatrix(4, 4);
    for (int i = 0; i < 4; i++) {
      plain.setEntry(i, (i + 1) % 4, 1);
    }
    assertThat(Eigenvalues.positivity(plain)).isEqualTo(0);
  }

  /** Its reflections go through columns of rounding errors of rounding errors. */
  @Test
  void nilpotentMatricesOfLowRankScoreZero() {
    Rng rng = Rng.of(1);
    for (int trial = 0; trial < 50; trial++) {
      int n = 10 + rng.nextInt(30);
      RealMatrix m = MatrixUtils.createRealMatrix(n, n);
      for (int i = 0; i < n; i++) {
        for (int j = 0; j < n; j++) {
          // u v^T with u orthogonal to v.
          m.setEntry(i, j, (i % 2 == 0 ? 1 : -1) * (i < n / 2 * 2 ? 1 : 0) * (j / 2 % 3));
        }
      }
      assertThat(Math.abs(Eigenvalues.positivity(m))).isLessThan(1e-6);
    }
  }

  @Test
  void foldedNormsActAsTheNormDoes() {
    Parameters p = grouped(Norm.LAYER, false);
    Circuits c = new Circuits(p, NormTreatment.FOLDED);
    Circuits raw = new Circuits(p, NormTreatment.RAW);
    RealMatrix x = random(Rng.of(3), 1, 12);
    double mean = 0;
    for (int i = 0; i < 12; i++) {
      mean += x.getEntry(0, i) / 12;
    }
    RealMatrix normed = x.copy();
    for (int i = 0; i < 12; i++) {
      normed.setEntry(0, i, (x.getEntry(0, i) - mean) * p.get("blocks.1.ln1.w")[i]);
    }
    RealMatrix expected = normed.multiply(raw.wK(1, 3));
    assertThat(x.multiply(c.wK(1, 3)).subtract(expected).getFrobeniusNorm()).isLessThan(1e-9);
    // Heads 2 and 3 share key head 1.
    assertThat(raw.wK(1, 2)).isEqualTo(raw.wK(1, 3));
    assertThat(raw.wK(1, 1)).isNotEqualTo(raw.wK(1, 2));
    assertThat(raw.wQ(1, 2).getEntry(4, 1))
        .isEqualTo(p.get("blocks.1.attn.W_Q")[(2 * 12 + 4) * 3 + 1]);
  }

  @Test
  void compositionAgreesWithDenseNorms() {
    Circuits c = new Circuits(grouped(Norm.LAYER, false), NormTreatment.FOLDED);
    for (Pair p : Composition.pairs(c.spec())) {
      HeadId from = p.sender();
      HeadId to = p.receiver();
      RealMatrix ovS = c.wV(from.layer(), from.head()).multiply(c.wO(from.layer(), from.head()));
      RealMatrix ovR = c.wV(to.layer(), to.head()).multiply(c.wO(to.layer(), to.head()));
      RealMatrix qk = c.wQ(to.layer(), to.head()).multiplyTransposed(c.wK(to.layer(), to.head()));
      double s = ovS.getFrobeniusNorm();
      assertThat(Composition.score(c, p, Input.K))
          .isCloseTo(
              qk.multiplyTransposed(ovS).getFrobeniusNorm() / (qk.getFrobeniusNorm() * s), CLOSE);
      assertThat(Composition.score(c, p, Input.Q))
          .isCloseTo(ovS.multiply(qk).getFrobeniusNorm() / (qk.getFrobeniusNorm() * s), CLOSE);
      assertThat(Composition.score(c, p, Input.V))
          .isCloseTo(ovS.multiply(ovR).getFrobeniusNorm() / (ovR.getFrobeniusNorm() * s), CLOSE);
    }
  }

  @Test
  void inductionHeadComposesThroughItsKeys() {
    Parameters p = HandBuilt.induction(5, 9);
    Circuits c = new Circuits(p, NormTreatment.FOLDED);
    Pair pair = new Pair(new HeadId(0, 0), new HeadId(1, 0));
    // QK has V matches of weight w and V of -w on the position that is the start; OV moves V
    // tokens.
    assertThat(Composition.score(c, pair, Input.K)).isCloseTo(Math.sqrt(.5 / 5), CLOSE);
    assertThat(Composition.score(c, pair, Input.Q)).isEqualTo(0);
    assertThat(Composition.score(c, pair, Input.V)).isEqualTo(0);
    assertThat(Composition.score(c, new Pair(new HeadId(0, 1), new HeadId(1, 0)), Input.K))
        .isEqualTo(0);
    Measurements m = new Measurements();
    new Composition(NormTreatment.FOLDED, CompositionNull.draw(24, 9, 40, 1))
        .report(new Readings(p), m);
    assertThat(m.series().get("comp.k")).hasSize(4);
    assertThat(m.value("comp.k.best.sender")).isEqualTo(0);
    assertThat(m.value("comp.k.best.receiver")).isEqualTo(2);
    assertThat(m.value("comp.k.best.z")).isGreaterThan(3);
  }

  @Test
  void randomHeadsScoreAsTheNullSays() {
    ModelSpec spec = ModelSpec.attentionOnly(2, 48, 6, 8, 5).with(norm(Norm.NONE, false));
    Parameters p = Parameters.zeros(spec);
    Rng rng = Rng.of(8);
    for (int i = 0; i < p.arena().length; i++) {
      p.arena()[i] = (float) rng.nextGaussian();
    }
    CompositionNull chance = CompositionNull.draw(48, 8, 200, 1);
    assertThat(chance.mean()).isCloseTo(1 / Math.sqrt(48), within(.01));
    Circuits c = new Circuits(p, NormTreatment.RAW);
    for (Input input : Input.values()) {
      double z = 0;
      for (Pair pair : Composition.pairs(spec)) {
        z += chance.z(Composition.score(c, pair, input)) / 36;
      }
      assertThat(z).isCloseTo(0, within(.8));
    }
    assertThat(CompositionNull.draw(48, 8, 200, 1)).isEqualTo(chance);
    assertThatThrownBy(() -> CompositionNull.draw(48, 8, 1, 1))
        .hasMessage("composition null: 1 samples, expected at least 2");
  }

  @Test
  void qkTraceSeesThePairAndAgreesWithTheFullMatrix() {
    Parameters p = HandBuilt.induction(5, 9);
    Circuits c = new Circuits(p, NormTreatment.FOLDED);
    HeadScores previous = new HeadScores(new double[][] {{1, .2}, {0, 0}});
    RealMatrix[][] products = QkTrace.products(c, previous);
    // Sharpness 40 times sqrt(d_head), for each of five tokens.
    assertThat(products[1][0].getTrace()).isCloseTo(5 * 40 * Math.sqrt(9), within(1e-3));
    assertThat(Eigenvalues.positivity(products[1][0])).isCloseTo(1, CLOSE);
    assertThat(products[0][0].getTrace()).isEqualTo(0);

    Circuits g = new Circuits(grouped(Norm.LAYER, false), NormTreatment.FOLDED);
    HeadScores some = new HeadScores(new double[][] {{.3, .1, .7, .2}, {0, 0, 0, 0}});
    RealMatrix keys = MatrixUtils.createRealMatrix(12, 12);
    for (int k = 0; k < 4; k++) {
      keys = keys.add(g.wV(0, k).multiply(g.wO(0, k)).scalarMultiply(some.get(0, k)));
    }
    RealMatrix full =
        g.wE().multiply(g.wQ(1, 2)).multiplyTransposed(g.wE().multiply(keys).multiply(g.wK(1, 2)));
    RealMatrix product = QkTrace.products(g, some)[1][2];
    assertThat(product.getTrace()).isCloseTo(full.getTrace(), CLOSE);
    assertThat(Eigenvalues.positivity(product)).isCloseTo(positivity(full), CLOSE);
  }

  /** Two layers, four query heads on two key heads, norm scales away from 1. */
  private static Parameters grouped(Norm norm, boolean tied) {
    ModelSpec spec =
        ModelSpec.attentionOnly(2, 12, 4, 8, 7)
            .with(heads(4, 2, 3), norm(norm, true), m -> m.tied = tied);
    Parameters p = Parameters.init(spec, 6);
    Rng rng = Rng.of(2);
    for (String name : new String[] {"blocks.0.ln1.w", "blocks.1.ln1.w", "ln_final.w"}) {
      float[] w = new float[12];
      for (int i = 0; i < 12; i++) {
        w[i] = .5f + (float) rng.nextDouble();
      }
      Parameters.write(p.layout().get(name), w, p.arena());
    }
    return p;
  }

  private static RealMatrix random(Rng rng, int rows, int columns) {
    RealMatrix m = MatrixUtils.createRealMatrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      m.setEntry(i / columns, i % columns, rng.nextGaussian());
    }
    return m;
  }
}
