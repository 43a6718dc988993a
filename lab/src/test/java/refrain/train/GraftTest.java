package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.List;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.RealMatrix;
import org.hipparchus.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.model.Parameters;
import refrain.store.CheckpointSchedule;
import refrain.store.Graft;
import refrain.store.Json;
import refrain.store.Parent;
import refrain.store.Parent.Part;
import refrain.store.RunFolder;

/** Runs whose first weights are made of another run's. */
class GraftTest {
  private static final String Q = "blocks.0.attn.W_Q";
  private static final String O = "blocks.1.attn.W_O";
  private static final RunSpec TINY =
      Presets.get("tiny")
          .with(
              s -> s.steps = 8,
              s -> s.engine = EngineKind.FUSED,
              s -> s.checkpoints = CheckpointSchedule.every(4));
  private static final RunSpec OTHER = TINY.with(s -> s.seeds = new Seeds(-1, 0, 0));

  @TempDir Path temp;

  private RunFolder train(RunSpec spec, String name) {
    Path folder = temp.resolve(name);
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    return RunFolder.at(folder);
  }

  private static RunSpec grafted(RunFolder donor, Graft graft) {
    Parent parent =
        Inheritance.of(donor, 8, List.of(Part.WEIGHTS), List.of("embed", "unembed"), graft);
    return OTHER.with(s -> s.parent = parent);
  }

  private static Parameters at(RunFolder run, int step) {
    return Snapshot.parameters(run.checkpoints().at(step), TINY.model());
  }

  @Test
  void whatIsMixedLiesBetweenTheParentsWeightsAndThoseOfANewRun() {
    RunFolder donor = train(TINY, "donor");
    Parameters given = at(donor, 8);
    Parameters own = Parameters.init(TINY.model(), -1);
    for (double s : List.of(0.0, 0.25, 1.0)) {
      RunFolder run = train(grafted(donor, new Graft(s, List.of(Q), List.of())), "s" + s);
      Parameters first = at(run, 0);
      float[] mixed = first.get(Q);
      for (int i = 0; i < mixed.length; i++) {
        float expected = (float) ((1 - s) * given.get(Q)[i] + s * own.get(Q)[i]);
        assertThat(mixed[i]).isEqualTo(expected);
      }
      assertThat(first.get("embed.W_E")).isEqualTo(given.get("embed.W_E"));
      assertThat(first.get("unembed.W_U")).isEqualTo(given.get("unembed.W_U"));
      assertThat(first.get(O)).isEqualTo(own.get(O));
      assertThat(at(run, 4).get(Q)).as("it is trained on").isNotEqualTo(mixed);
    }
    assertThat(at(train(grafted(donor, new Graft(0, List.of(Q), List.of())), "none"), 0).get(Q))
        .isEqualTo(given.get(Q));
    assertThat(at(train(grafted(donor, new Graft(1, List.of(Q), List.of())), "all"), 0).get(Q))
        .isEqualTo(own.get(Q));
  }

  @Test
  void whatIsRotatedKeepsTheSingularValuesOfEachHeadAndNothingElse() {
    RunFolder donor = train(TINY, "donor");
    Graft graft = new Graft(0, List.of(), List.of(Q, "blocks.1.attn"));
    RunFolder run = train(grafted(donor, graft), "turned");
    for (String name : List.of(Q, "blocks.1.attn.W_V", O)) {
      float[] given = at(donor, 8).get(name);
      float[] turned = at(run, 0).get(name);
      int[] shape = shape(name);
      int size = shape[1] * shape[2];
      double[] before = new double[0];
      for (int head = 0; head < shape[0]; head++) {
        double[] is = singular(turned, head * size, shape[1], shape[2]);
        assertThat(is)
            .containsExactly(singular(given, head * size, shape[1], shape[2]), within(1e-5));
        assertThat(is).isNotEqualTo(before);
        before = is;
      }
      assertThat(cosine(given, turned)).isBetween(-.3, .3);
    }
    assertThat(at(train(grafted(donor, graft), "again"), 0).get(O)).isEqualTo(at(run, 0).get(O));
    RunSpec elsewhere = grafted(donor, graft).with(s -> s.seeds = new Seeds(-2, 0, 0));
    assertThat(at(train(elsewhere, "other"), 0).get(O)).isNotEqualTo(at(run, 0).get(O));
  }

  private static int[] shape(String name) {
    return Parameters.zeros(TINY.model()).layout().get(name).shape();
  }

  private static double[] singular(float[] values, int from, int rows, int columns) {
    RealMatrix m = MatrixUtils.createRealMatrix(rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      m.setEntry(i / columns, i % columns, values[from + i]);
    }
    return new SingularValueDecomposition(m).getSingularValues();
  }

  private static double cosine(float[] a, float[] b) {
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += a[i] * b[i];
      aa += a[i] * a[i];
      bb += b[i] * b[i];
    }
    return ab / Math.sqrt(aa * bb);
  }

  @Test
  void theGraftIsAPartOfTheRunsIdentityAndIsReadBackFromItsRecord() {
    RunFolder donor = train(TINY, "donor");
    RunSpec none = grafted(donor, new Graft(0.5, List.of(Q), List.of()));
    assertThat(none.id())
        .isNotEqualTo(grafted(donor, new Graft(0.4, List.of(Q), List.of())).id())
        .isNotEqualTo(grafted(donor, new Graft(0.5, List.of(), List.of(Q))).id());
    RunFolder run = train(none, "run");
    assertThat(Trainer.spec(run).parent()).isEqualTo(none.parent());
    RunSpec plain =
        OTHER.with(
            s -> s.parent = Inheritance.of(donor, 8, List.of(Part.WEIGHTS), List.of(), null));
    assertThat(Json.line(plain.identity())).doesNotContain("graft");
  }

  @Test
  void aRunCanBeKnownBeforeItsParentWasTrained() {
    Graft graft = new Graft(0.5, List.of(Q), List.of());
    RunSpec planned =
        OTHER.with(s -> s.parent = Inheritance.planned(TINY, 8, List.of("embed"), graft));
    assertThatThrownBy(() -> train(planned, "early"))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("begins from run " + TINY.id() + "@8")
        .hasMessageContaining("where it lies is not known");
    RunFolder donor = train(TINY, "donor");
    RunSpec placed = planned.with(s -> s.parent = planned.parent().in(donor.path().toString()));
    assertThat(placed.id()).isEqualTo(planned.id());
    assertThat(at(train(placed, "later"), 0).get("embed.W_E"))
        .isEqualTo(at(donor, 8).get("embed.W_E"));
    RunFolder another = train(TINY.with(s -> s.seeds = Seeds.replicate(3)), "another");
    RunSpec misplaced =
        planned.with(s -> s.parent = planned.parent().in(another.path().toString()));
    assertThatThrownBy(() -> train(misplaced, "wrong"))
        .hasMessageContaining("the state there is another by now");
    assertThatThrownBy(() -> train(placed.with(s -> s.parent = placed.parent().in("gone")), "no"))
        .hasMessageContaining("which it needs until it has saved its first state");
  }

  @Test
  void badGraftsAreRefused() {
    refused(
        new Graft(0, List.of("blocks.0.attn.W_Z"), List.of()),
        "graft: no parameter is 'blocks.0.attn.W_Z' or begins with it; there are embed.W_E");
    refused(
        new Graft(0, List.of("blocks.0"), List.of(Q)),
        "graft: 'blocks.0.attn.W_Q' is among both mixed and rotated, expected one of them");
    refused(
        new Graft(0, List.of(), List.of("ln_final")),
        "graft: 'ln_final.w' is rotated, but has shape [16] of vectors; only matrices can be turned");
    assertThatThrownBy(() -> new Graft(1.5, List.of(Q), List.of()))
        .hasMessage("graft: fresh is 1.5, expected 0 to 1");
    assertThatThrownBy(() -> new Graft(0, List.of(), List.of()))
        .hasMessage("graft: mixed and rotated are empty, expected at least one parameter");
    RunFolder donor = train(TINY, "donor");
    Graft graft = new Graft(0, List.of(Q), List.of());
    assertThatThrownBy(() -> Inheritance.of(donor, 8, List.of(Part.values()), List.of(), graft))
        .hasMessageContaining("moments belong to the weights that they were made with");
    RunSpec wider =
        grafted(donor, graft)
            .with(s -> s.model = s.model.with(m -> m.dModel = 32, m -> m.dHead = 16));
    assertThatThrownBy(() -> train(wider, "wider"))
        .hasMessageContaining("tensor 'embed.W_E' has shape [16, 16], expected [16, 32]");
  }

  private static void refused(Graft graft, String message) {
    assertThatThrownBy(
            () -> OTHER.with(s -> s.parent = Inheritance.planned(TINY, 8, List.of(), graft)))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith(message);
  }
}
