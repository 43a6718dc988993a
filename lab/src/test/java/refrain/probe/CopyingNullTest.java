package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.data.BigramRestarts;
import refrain.model.HandBuilt;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.probe.MeasureKind.Depth;

class CopyingNullTest {
  /** One-hot codes raise one token by 1 - 1/n and lower n - 1 by 1/n each: r = 1/2. */
  @Test
  void codesThatKeepTokensApartScoreOne() {
    double[][] codes = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    double[][] opposite = {{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}};
    double[] attention = {.2, 1, 1.8};
    assertThat(CopyingNull.score(codes, codes, attention)).isCloseTo(1, within(1e-12));
    assertThat(CopyingNull.score(codes, opposite, attention)).isEqualTo(-1);
  }

  /** The attended token's logit is one of n alike: r = 1 / 2n on the mean. */
  @Test
  void randomHeadsRaiseWhatTheyAttendToNoMoreThanOtherTokens() {
    RepeatedSequences sequences =
        RepeatedSequences.draw(TokenPool.all(500).withStart(0), 3, 10, 512);
    CopyingNull narrow = CopyingNull.draw(sequences, 4, 200, 1);
    CopyingNull wide = CopyingNull.draw(sequences, 64, 200, 1);
    assertThat(narrow.mean()).isCloseTo(2.0 / 25 - 1, within(.01));
    assertThat(wide.mean()).isCloseTo(2.0 / 25 - 1, within(.01));
    assertThat(CopyingNull.draw(sequences, 4, 200, 1)).isEqualTo(narrow);
    assertThat(narrow.z(narrow.mean() + 2 * narrow.sd())).isCloseTo(2, within(1e-9));
  }

  @Test
  void aCopyingHeadLiesFarAboveThem() {
    Parameters p = HandBuilt.copying(40, 33);
    Measurements m =
        new ProbeSuite(
                p.spec(),
                ProbeSpec.DEFAULT.withMeasures(MeasureKind.COPYING),
                new BigramRestarts(40, .5, .75, 8, 3).open().evaluation(1, 2, 33),
                TokenPool.all(40),
                List.of())
            .measure(new ReferenceTransformer(p.spec()), p, batch -> Plan.NONE, Depth.THOROUGH);
    assertThat(m.value("copy.z.L0H0")).isGreaterThan(20);
    assertThat(m.value("copy.z.L0H1")).isBetween(-10., -1.);
  }
}
