package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;
import refrain.probe.IclIndices;

class LaterHeadsTest {
  private static Findings of(InductionSet set) {
    Parameters p = HandBuilt.induction(13, 20);
    return new LaterHeads(
            new ReferenceTransformer(p.spec()),
            p,
            AblationTest.repeated(9),
            List.of(),
            new IclIndices(3, 17, 1),
            set)
        .findings();
  }

  /** The hand-built pair, with its first head in the role of the earlier one: K is the edge. */
  @Test
  void whatALaterHeadReadsOfAnEarlierOneIsFoundByInput() {
    HeadId first = new HeadId(0, 0);
    HeadId idle = new HeadId(0, 1);
    Findings found =
        of(new InductionSet(List.of(first, new HeadId(1, 0)), List.of(idle, new HeadId(1, 1))));
    assertThat(found.value("depth.path.senders")).isEqualTo(1);
    assertThat(found.value("depth.path.zero")).isGreaterThan(.25);
    // The mean of nine sequences still says a ninth of what this sharp head looks for.
    assertThat(Math.abs(found.value("depth.path.mean"))).isGreaterThan(.05);
    assertThat(found.value("depth.path.k")).isCloseTo(found.value("depth.path.mean"), within(1e-9));
    assertThat(found.value("depth.path.q")).isCloseTo(0, within(1e-9));
    assertThat(found.value("depth.path.v")).isCloseTo(0, within(1e-9));
    assertThat(found.value("depth.path.control")).isCloseTo(0, within(1e-9));
    assertThat(found.value("depth.path.late")).isGreaterThan(.1);
    // Tokens are new up to the first return of the block, and old from there on.
    assertThat(found.value("depth.path.matched")).isGreaterThan(.1);
    assertThat(found.value("depth.path.unmatched")).isLessThan(found.value("depth.path.matched"));
  }

  @Test
  void headsOfTheLastLayerHaveNoneBehindThem() {
    Findings found = of(new InductionSet(List.of(new HeadId(1, 0)), List.of()));
    assertThat(found.value("depth.path.senders")).isEqualTo(0);
    assertThat(found.value("depth.path.mean")).isNaN();
  }

  @Test
  void controlsAreOtherHeadsOfTheSameLayers() {
    InductionSet set =
        new InductionSet(
            List.of(new HeadId(1, 2), new HeadId(2, 0), new HeadId(2, 1)),
            List.of(new HeadId(1, 3), new HeadId(2, 3), new HeadId(1, 0), new HeadId(0, 0)));
    assertThat(LaterHeads.controls(set, set.heads()))
        .containsExactly(new HeadId(1, 3), new HeadId(2, 3));
  }
}
