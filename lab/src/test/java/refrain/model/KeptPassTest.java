package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.data.Rng;
import refrain.model.Plan.OutputEdit;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.model.Plan.Values;
import refrain.model.Variants.Variant;

/** A pass that takes over what lies below its edits is the whole pass, to the bit. */
class KeptPassTest {
  static List<Variant> variants() {
    return Variants.all();
  }

  @ParameterizedTest
  @MethodSource("variants")
  void passesEditedFurtherHaveTheBitsOfWholePasses(Variant v) {
    Parameters p = v.parameters();
    try (FusedTransformer fused = new FusedTransformer(v.spec(), 2);
        ReferenceTransformer reference = new ReferenceTransformer(v.spec())) {
      KeptPass kept = fused.keep(p, v.batch(), v.plan());
      KeptPass plain = reference.keep(p, v.batch(), v.plan());
      assertThat(kept.losses()).isDeepEqualTo(fused.forward(p, v.batch(), v.plan(), Observer.NONE));
      for (Plan more : further(v)) {
        float[][] losses = kept.under(more);
        float[][] whole = fused.forward(p, v.batch(), v.plan().then(more), Observer.NONE);
        assertThat(losses).isDeepEqualTo(whole);
        float[][] expected = plain.under(more);
        for (int s = 0; s < expected.length; s++) {
          assertThat(losses[s]).containsExactly(expected[s], within(2e-4f));
        }
      }
    }
  }

  /** Every head of every block zeroed and replaced, each other place, several places, nothing. */
  private static List<Plan> further(Variant v) {
    ModelSpec spec = v.spec();
    Rng rng = Rng.of(23);
    List<Plan> plans = new ArrayList<>(List.of(Plan.NONE));
    for (int l = 0; l < spec.nLayers(); l++) {
      for (int h = 0; h < spec.nHeads(); h++) {
        HeadId head = new HeadId(l, h);
        plans.add(replaced(v, HookKind.Z, l, h, null));
        plans.add(replaced(v, HookKind.Z, l, h, each(rng, v, spec.dHead())));
        plans.add(plans.getLast().then(replaced(v, HookKind.Z, 0, 0, null)));
        Values square = each(rng, v, v.context());
        plans.add(plans.get(plans.size() - 2).then(pattern(new PatternEdit(head, 1, square))));
        plans.add(new Plan(List.of(new ScoreEdit(head, square)), List.of(), List.of(), List.of()));
      }
      for (HookKind kind : HookKind.values()) {
        if (kind.editable() && kind.inBlock() && kind.in(spec)) {
          plans.add(replaced(v, kind, l, -1, null));
        }
      }
    }
    plans.add(VariantPlans.given(spec, v.sequences(), v.context()));
    plans.add(replaced(v, HookKind.EMBED, -1, -1, each(rng, v, spec.dModel())));
    plans.add(VariantPlans.edges(spec, v.sequences(), v.context(), List.of(Plan.Input.K)));
    return plans;
  }

  private static Plan pattern(PatternEdit edit) {
    return new Plan(List.of(), List.of(edit), List.of(), List.of());
  }

  private static Plan replaced(Variant v, HookKind kind, int layer, int head, Values by) {
    OutputEdit edit = new OutputEdit(kind, layer, head, new float[v.context()], by);
    return new Plan(List.of(), List.of(), List.of(edit), List.of());
  }

  private static Values each(Rng rng, Variant v, int width) {
    float[][] values = new float[v.sequences()][v.context() * width];
    for (float[] one : values) {
      for (int i = 0; i < one.length; i++) {
        one[i] = (float) rng.nextGaussian();
      }
    }
    return Values.each(values);
  }
}
