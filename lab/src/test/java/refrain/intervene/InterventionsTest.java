package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.data.Batch;
import refrain.model.Activation;
import refrain.model.HandBuilt;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.model.Variants;
import refrain.model.View;

class InterventionsTest {
  private static final ModelSpec SPEC =
      ModelSpec.attentionOnly(3, 7, 2, 9, 11).withHeads(4, 2, 3).withMlp(5, Activation.GELU);
  private static final ReferenceTransformer MODEL = new ReferenceTransformer(SPEC);
  private static final Parameters PARAMETERS = Variants.draw(SPEC);
  private static final HeadId HEAD = new HeadId(1, 2);
  private static final Batch BATCH =
      Batch.of(new int[][] {{1, 5, 3, 1, 5, 9}, {10, 0, 0, 4, 2, 7}, {3, 3, 8, 6, 1, 2}});
  private static final Batch OTHER =
      Batch.of(new int[][] {{2, 6, 6, 0, 9, 9}, {4, 1, 7, 4, 1, 7}, {8, 2, 10, 5, 3, 0}});
  private static final Donors DONORS =
      new Donors() {
        @Override
        public Parameters checkpoint(String ref) {
          return Parameters.init(ref.equals("small") ? SPEC.withLayers(1) : SPEC, 3);
        }

        @Override
        public Batch input(String name) {
          return name.equals("short") ? Batch.of(new int[][] {{1, 2}}) : OTHER;
        }
      };

  private static Plan plan(Intervention... list) {
    return Interventions.of(SPEC, List.of(list)).plan(MODEL, PARAMETERS, BATCH, DONORS);
  }

  private static float[][] losses(Plan plan) {
    return MODEL.forward(PARAMETERS, BATCH, plan, Observer.NONE);
  }

  private static float[][] clean() {
    return losses(Plan.NONE);
  }

  @Test
  void zeroingAHeadIsZeroingItsWeights() {
    Parameters cut = PARAMETERS.copy();
    float[] w = cut.get("blocks.1.attn.W_O");
    Arrays.fill(w, 2 * 3 * 7, 3 * 3 * 7, 0);
    cut.set("blocks.1.attn.W_O", w);
    float[][] expected = MODEL.forward(cut, BATCH, Plan.NONE, Observer.NONE);
    assertThat(losses(plan(Intervention.zero(Site.of(HEAD))))).isDeepEqualTo(expected);
    assertThat(losses(plan(new Intervention.Scale(Site.of(HEAD), 0, List.of()))))
        .isDeepEqualTo(expected);
    assertThat(expected).isNotEqualTo(clean());
  }

  @Test
  void zeroingAnMlpIsZeroingItsWeights() {
    Parameters cut = PARAMETERS.copy();
    cut.set("blocks.1.mlp.W_out", new float[5 * 7]);
    assertThat(losses(plan(Intervention.zero(Site.mlp(1)))))
        .isDeepEqualTo(MODEL.forward(cut, BATCH, Plan.NONE, Observer.NONE));
  }

  @Test
  void patchingTheStreamGivesTheDonorsOutputs() {
    Intervention all =
        new Intervention.Replace(
            Site.of(HookKind.RESID_PRE, 1), new Source.Input("other"), List.of());
    Map<HookPoint, float[][]> patched = record(plan(all), BATCH);
    Map<HookPoint, float[][]> donor = record(Plan.NONE, OTHER);
    assertThat(distance(patched, donor, HookKind.LOGITS, -1)).isLessThan(1e-5);
    assertThat(distance(patched, donor, HookKind.RESID_PRE, 0)).isGreaterThan(.1);
    // At one position only: nothing before it changes.
    Intervention one =
        new Intervention.Replace(
            Site.of(HookKind.RESID_PRE, 1), new Source.Input("other"), List.of(3));
    float[][] partly = losses(plan(one));
    for (int s = 0; s < 3; s++) {
      assertThat(Arrays.copyOf(partly[s], 3)).isEqualTo(Arrays.copyOf(clean()[s], 3));
      assertThat(partly[s][3]).isNotEqualTo(clean()[s][3]);
    }
  }

  @Test
  void patchingWithTheCleanRunChangesNothing() {
    for (Intervention i :
        List.of(
            new Intervention.Replace(Site.of(HEAD), Source.CLEAN, List.of()),
            new Intervention.Replace(new Site(HookKind.V, 0, 1), Source.CLEAN, List.of(1, 2)),
            new Intervention.FreezePatterns(List.of(), Source.CLEAN),
            new Intervention.ReplaceEdge(
                Site.of(new HeadId(0, 3)), HEAD, Plan.Input.V, Source.CLEAN, List.of()))) {
      assertClose(losses(plan(i)), clean());
    }
  }

  @Test
  void meanIsTheBatchMean() {
    Map<HookPoint, float[][]> before = record(Plan.NONE, BATCH);
    Map<HookPoint, float[][]> after = record(plan(Intervention.mean(Site.of(HEAD))), BATCH);
    float[][] z = before.get(HookPoint.of(HookKind.Z, 1));
    float[][] edited = after.get(HookPoint.of(HookKind.Z, 1));
    for (int i = 0; i < z[0].length; i++) {
      boolean own = i / 3 % 4 == HEAD.head();
      for (int s = 0; s < 3; s++) {
        float expected = own ? (z[0][i] + z[1][i] + z[2][i]) / 3 : z[s][i];
        assertThat(edited[s][i]).isCloseTo(expected, within(1e-6f));
      }
    }
  }

  @Test
  void resamplingTakesAnotherSequencesValues() {
    float[][] z = record(Plan.NONE, BATCH).get(HookPoint.of(HookKind.Z, 1));
    Plan plan = plan(Intervention.resample(Site.of(HookKind.Z, 1), 4));
    float[][] edited = record(plan, BATCH).get(HookPoint.of(HookKind.Z, 1));
    int[] from = DonorRuns.derangement(3, 4);
    for (int s = 0; s < 3; s++) {
      assertThat(from[s]).isNotEqualTo(s);
      assertThat(edited[s]).containsExactly(z[from[s]], within(1e-6f));
    }
  }

  @Test
  void derangementsMoveEverything() {
    for (int n = 2; n < 9; n++) {
      for (long seed = 0; seed < 20; seed++) {
        int[] to = DonorRuns.derangement(n, seed);
        for (int i = 0; i < n; i++) {
          assertThat(to[i]).isNotEqualTo(i);
        }
        assertThat(Arrays.stream(to).distinct().count()).isEqualTo(n);
      }
    }
  }

  /** Freezing all patterns and zeroing a head: where heads look stays, what the head moves goes. */
  @Test
  void patternPreservingAblationFreezesWhereHeadsLook() {
    Plan plan = plan(Intervention.patternPreservingAblation(HEAD).toArray(Intervention[]::new));
    Map<HookPoint, float[][]> before = record(Plan.NONE, BATCH);
    Map<HookPoint, float[][]> preserved = record(plan, BATCH);
    Map<HookPoint, float[][]> full = record(plan(Intervention.zero(Site.of(HEAD))), BATCH);
    for (int l = 0; l < 3; l++) {
      assertThat(distance(before, preserved, HookKind.PATTERN, l)).isLessThan(1e-6);
    }
    assertThat(distance(before, full, HookKind.PATTERN, 2)).isGreaterThan(1e-3);
    assertThat(distance(full, preserved, HookKind.LOGITS, -1)).isGreaterThan(1e-3);
    assertThat(distance(before, preserved, HookKind.LOGITS, -1)).isGreaterThan(1e-3);
  }

  @Test
  void patternsOfACheckpointAreThatModels() {
    Plan plan = plan(new Intervention.FreezePatterns(List.of(HEAD), new Source.Checkpoint("a@1")));
    float[][] here = record(plan, BATCH).get(HookPoint.of(HookKind.PATTERN, 1));
    float[][] there =
        recordOf(DONORS.checkpoint("a@1"), Plan.NONE, BATCH).get(HookPoint.of(HookKind.PATTERN, 1));
    for (int s = 0; s < 3; s++) {
      assertThat(Arrays.copyOfRange(here[s], 50, 75))
          .containsExactly(Arrays.copyOfRange(there[s], 50, 75), within(1e-6f));
    }
  }

  /** A component's edges to all inputs of the next layer are all that this layer sees of it. */
  @Test
  void patchingEveryEdgePatchesTheNode() {
    for (Site sender : List.of(Site.of(new HeadId(1, 3)), Site.mlp(1))) {
      Source source = new Source.Input("other");
      List<Intervention> edges = new ArrayList<>();
      for (int h = 0; h < 4; h++) {
        for (Plan.Input input : Plan.Input.values()) {
          // Two query heads share a key head: its K and V inputs are named once.
          if (input == Plan.Input.Q || h % 2 == 0) {
            HeadId receiver = new HeadId(2, h);
            edges.add(new Intervention.ReplaceEdge(sender, receiver, input, source, List.of()));
          }
        }
      }
      // The MLP of layer 1 is not on an edge: hold it while the head is patched.
      List<Intervention> node = new ArrayList<>();
      node.add(new Intervention.Replace(sender, source, List.of()));
      if (sender.asHead() != null) {
        node.add(new Intervention.Replace(Site.mlp(1), Source.CLEAN, List.of()));
      }
      Map<HookPoint, float[][]> byEdges = record(plan(edges.toArray(Intervention[]::new)), BATCH);
      Map<HookPoint, float[][]> byNode = record(plan(node.toArray(Intervention[]::new)), BATCH);
      assertThat(distance(byEdges, byNode, HookKind.Z, 2)).isLessThan(1e-5);
      assertThat(distance(byEdges, byNode, HookKind.RESID_PRE, 2)).isGreaterThan(1e-2);
    }
  }

  /** The hand-built induction head without its K-composition edge attends as if nothing matched. */
  @Test
  void cuttingTheEdgeOfTheInductionPairStopsIt() {
    Parameters p = HandBuilt.induction(8, 10);
    ReferenceTransformer model = new ReferenceTransformer(p.spec());
    Batch batch = Batch.of(new int[][] {{4, 2, 5, 1, 4, 2}});
    for (Plan.Input input : Plan.Input.values()) {
      Intervention cut =
          new Intervention.ReplaceEdge(
              Site.parse("0.0"), HeadId.parse("1.0"), input, Source.ZERO, List.of());
      Interventions compiled = Interventions.of(p.spec(), List.of(cut));
      assertThat(compiled.isStatic()).isTrue();
      float loss = model.forward(p, batch, compiled.plan(batch), Observer.NONE)[0][4];
      if (input == Plan.Input.K) {
        assertThat(loss).isGreaterThan(1);
      } else {
        assertThat(loss).isLessThan(1e-6f);
      }
    }
  }

  @Test
  void clampedAndBiasedHeadsFollowTheTemplate() {
    Plan plan =
        plan(
            new Intervention.ClampPattern(List.of(HEAD), Template.INDUCTION, 1),
            new Intervention.AttentionBias(List.of(new HeadId(0, 1)), Template.PREVIOUS_TOKEN, 50));
    Map<HookPoint, float[][]> seen = record(plan, BATCH);
    float[][] clamped = seen.get(HookPoint.of(HookKind.PATTERN, 1));
    float[][] biased = seen.get(HookPoint.of(HookKind.PATTERN, 0));
    assertThat(Arrays.copyOfRange(clamped[0], 50, 75))
        .containsExactly(Template.INDUCTION.pattern(BATCH.tokens()[0], 5));
    for (int i = 1; i < 5; i++) {
      assertThat(biased[1][25 + i * 5 + i - 1]).isCloseTo(1, within(1e-6f));
    }
  }

  @Test
  void staticPlansAreMadeOnce() {
    Interventions fixed =
        Interventions.of(
            SPEC,
            List.of(
                Intervention.zero(Site.of(HEAD)),
                new Intervention.AttentionBias(List.of(HEAD), Template.TWO_BACK, 2)));
    assertThat(fixed.isStatic()).isTrue();
    assertThat(fixed.plan(OTHER)).isSameAs(fixed.plan(BATCH));
    Interventions byTokens =
        Interventions.of(
            SPEC, List.of(new Intervention.ClampPattern(List.of(HEAD), Template.INDUCTION, 1)));
    assertThat(byTokens.isStatic()).isFalse();
    assertThat(byTokens.needsDonors()).isFalse();
    assertThat(byTokens.plan(BATCH).patterns()).hasSize(1);
    Interventions withDonors = Interventions.of(SPEC, List.of(Intervention.mean(Site.of(HEAD))));
    assertThat(withDonors.needsDonors()).isTrue();
    assertThatThrownBy(() -> withDonors.plan(BATCH)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void refusesDonorsThatDoNotFit() {
    assertThatThrownBy(() ->
            plan(new Intervention.Replace(Site.of(HEAD), new Source.Input("short"), List.of())))
        .hasMessage("donor input 'short' has 1 sequences of 1 positions, expected 3 of 5");
    assertThatThrownBy(
            () -> plan(new Intervention.FreezePatterns(List.of(), new Source.Checkpoint("small"))))
        .hasMessageContaining("donor checkpoint 'small' is a model of another shape");
    Interventions mean = Interventions.of(SPEC, List.of(Intervention.resample(Site.of(HEAD), 1)));
    Batch single = Batch.of(new int[][] {{1, 2}});
    assertThatThrownBy(() -> mean.plan(MODEL, PARAMETERS, single, Donors.NONE))
        .hasMessageContaining("the batch has one sequence");
    Interventions unknown =
        Interventions.of(
            SPEC, List.of(new Intervention.FreezePatterns(List.of(), new Source.Checkpoint("a"))));
    assertThatThrownBy(() -> unknown.plan(MODEL, PARAMETERS, BATCH, Donors.NONE))
        .hasMessage("no donor checkpoint 'a': this command supplies none");
  }

  private static Map<HookPoint, float[][]> record(Plan plan, Batch batch) {
    return recordOf(PARAMETERS, plan, batch);
  }

  private static Map<HookPoint, float[][]> recordOf(Parameters p, Plan plan, Batch batch) {
    Map<HookPoint, float[][]> seen = new HashMap<>();
    MODEL.forward(
        p,
        batch,
        plan,
        new Observer() {
          @Override
          public Set<HookPoint> wants() {
            return Set.copyOf(HookPoint.all(SPEC));
          }

          @Override
          public void observe(int sequence, HookPoint point, View view) {
            seen.computeIfAbsent(point, x -> new float[batch.size()][])[sequence] = view.toArray();
          }
        });
    return seen;
  }

  /** The largest difference. */
  private static double distance(
      Map<HookPoint, float[][]> a, Map<HookPoint, float[][]> b, HookKind kind, int layer) {
    HookPoint point = HookPoint.of(kind, layer);
    double most = 0;
    for (int s = 0; s < a.get(point).length; s++) {
      for (int i = 0; i < a.get(point)[s].length; i++) {
        most = Math.max(most, Math.abs(a.get(point)[s][i] - b.get(point)[s][i]));
      }
    }
    return most;
  }

  private static void assertClose(float[][] a, float[][] b) {
    for (int s = 0; s < a.length; s++) {
      assertThat(a[s]).containsExactly(b[s], within(1e-5f));
    }
  }
}
