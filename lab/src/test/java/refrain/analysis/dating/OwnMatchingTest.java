package refrain.analysis.dating;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import refrain.analysis.instrument.ModelState;
import refrain.model.HandBuilt;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;

class OwnMatchingTest {
  /** 3 5 comes again, then 5 7: targets 5 at position 6 and 7 at position 7. 3 9 is no match. */
  private static final int[][] TOKENS = {{3, 5, 7, 1, 3, 9, 3, 5, 7}};

  private static double best(Parameters parameters) {
    try (ReferenceTransformer engine = new ReferenceTransformer(parameters.spec())) {
      return OwnMatching.best(ModelState.of(engine, parameters), TOKENS);
    }
  }

  /**
   * At position 6, token 3 stood at 0 and 4; only 0 was followed by 5. At 7, token 5 stood at 1,
   * followed by 7. Uniform attention pays 1/7 and 1/8 to what followed.
   */
  @Test
  void uniformAttentionPaysOneToEachPlace() {
    assertThat(best(HandBuilt.uniform(12, 8))).isCloseTo((1 / 7.0 + 1 / 8.0) / 2, within(1e-6));
  }

  /** It looks at what followed 0 and 4 alike from position 6, and at what followed 1 from 7. */
  @Test
  void anInductionHeadPaysAll() {
    assertThat(best(HandBuilt.induction(12, 8))).isCloseTo((.5 + 1) / 2, within(.01));
  }
}
