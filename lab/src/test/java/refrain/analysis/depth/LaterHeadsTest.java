package refrain.analysis.depth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;
import refrain.probe.IclIndices;

class LaterHeadsTest {
  private static final int BLOCK = 7;

  /** Seven different random tokens, three times, in nine sequences. */
  private static Batch repeated() {
    Rng rng = Rng.of(5);
    int[][] tokens = new int[9][3 * BLOCK];
    for (int[] sequence : tokens) {
      int[] block = rng.sample(13, BLOCK);
      Arrays.setAll(sequence, t -> block[t % BLOCK]);
    }
    return Batch.of(tokens);
  }

  /** The hand-built pair, of whose heads some count as induction heads. */
  private static Findings of(HeadId... matching) {
    Parameters p = HandBuilt.induction(13, 20);
    return LaterHeads.of(
        ModelState.of(new ReferenceTransformer(p.spec()), p),
        repeated(),
        new IclIndices(3, 17, 1),
        Heads.of(p.spec(), head -> List.of(matching).contains(head) ? 1 : 0, Double.NaN),
        List.of(new HeadId(0, 1)));
  }

  /** The hand-built pair, with its first head in the role of the earlier one: K is the edge. */
  @Test
  void whatALaterHeadReadsOfAnEarlierOneIsFoundByInput() {
    Findings found = of(new HeadId(0, 0), new HeadId(1, 0));
    assertThat(found.value("depth.path.senders")).isEqualTo(1);
    assertThat(found.value("depth.path.zero")).isGreaterThan(.25);
    // The mean of nine sequences still says a ninth of what this sharp head looks for.
    assertThat(Math.abs(found.value("depth.path.mean"))).isGreaterThan(.05);
    assertThat(found.value("depth.path.k")).isCloseTo(found.value("depth.path.mean"), within(1e-9));
    assertThat(found.value("depth.path.q")).isCloseTo(0, within(1e-9));
    assertThat(found.value("depth.path.v")).isCloseTo(0, within(1e-9));
    assertThat(found.value("depth.path.zero.error")).isBetween(0., .2);
    // The other head of layer 0 writes nothing, so that there is nothing to change along.
    assertThat(found.value("depth.path.zero.control")).isCloseTo(0, within(1e-6));
    assertThat(found.value("depth.path.resample.control")).isCloseTo(0, within(1e-6));
    assertThat(found.value("depth.path.late")).isGreaterThan(.1);
    // Tokens are new up to the first return of the block, and old from there on.
    assertThat(found.value("depth.path.matched")).isGreaterThan(.1);
    assertThat(found.value("depth.path.unmatched")).isLessThan(found.value("depth.path.matched"));
  }

  @Test
  void headsOfTheLastLayerHaveNoneBehindThem() {
    Findings found = of(new HeadId(1, 0));
    assertThat(found.value("depth.path.senders")).isEqualTo(0);
    assertThat(found.value("depth.path.mean")).isNaN();
  }
}
