package refrain.intervene;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static refrain.model.ModelEdits.heads;
import static refrain.model.ModelEdits.mlp;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.model.Activation;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.ModelSpec;
import refrain.model.Plan;
import refrain.store.Json;

class InterventionJsonTest {
  private static final ModelSpec SPEC =
      ModelSpec.attentionOnly(2, 8, 2, 6, 9).with(heads(4, 2, 3), mlp(5, Activation.GELU));

  private static List<Intervention> oneOfEach() {
    HeadId head = new HeadId(1, 3);
    return List.of(
        Intervention.zero(Site.of(head)),
        Intervention.mean(Site.mlp(0)),
        Intervention.resample(Site.of(HookKind.RESID_PRE, 1), 7),
        new Intervention.Replace(
            new Site(HookKind.K, 0, 1), new Source.Input("corrupted"), List.of(0, 5)),
        new Intervention.Scale(Site.of(HookKind.EMBED, -1), .5, List.of(2)),
        new Intervention.FreezePatterns(List.of(), Source.CLEAN),
        new Intervention.FreezePatterns(List.of(head), new Source.Checkpoint("a@100")),
        new Intervention.ClampPattern(List.of(head), Template.INDUCTION, .25),
        new Intervention.AttentionBias(List.of(head), Template.PREVIOUS_TOKEN, 3),
        new Intervention.OffsetBias(List.of(head), 1, 3, -1000),
        new Intervention.OffsetBias(List.of(head), 8, null, .5),
        new Intervention.ReplaceLayerEdges(0, 1, List.of(Plan.Input.K, Plan.Input.V), Source.CLEAN),
        new Intervention.ReplaceEdge(
            Site.of(new HeadId(0, 1)), head, Plan.Input.K, Source.MEAN, List.of()));
  }

  @Test
  void roundTripsThroughJson() {
    for (Intervention i : oneOfEach()) {
      String json = Json.line(i);
      Intervention again = Json.read(Json.parse(json, "test"), Intervention.class, "test");
      assertThat(again).as(json).isEqualTo(i);
    }
    assertThat(Interventions.of(SPEC, oneOfEach()).list()).isEqualTo(oneOfEach());
  }

  @Test
  void readsWhatAPersonWrites() {
    String yaml =
        """
        kind: replace
        site: L1H3
        source: {kind: zero}
        positions: []
        """;
    assertThat(Json.read(Json.parseYaml(yaml, "test"), Intervention.class, "test"))
        .isEqualTo(Intervention.zero(Site.of(new HeadId(1, 3))));
    String freeze = "{kind: freeze-patterns, heads: [], source: {kind: clean}}";
    assertThat(Json.read(Json.parseYaml(freeze, "test"), Intervention.class, "test"))
        .isEqualTo(new Intervention.FreezePatterns(List.of(), Source.CLEAN));
  }

  @Test
  void writesShortNames() {
    assertThat(Json.line(Intervention.zero(Site.of(new HeadId(1, 3)))))
        .isEqualTo(
            "{\"kind\":\"replace\",\"site\":\"1.3\",\"source\":{\"kind\":\"zero\"},"
                + "\"positions\":[],\"from\":0,\"until\":null}");
    assertThat(new Site(HookKind.K, 0, 1).toString()).isEqualTo("blocks.0.attn.hook_k[1]");
    for (String name :
        List.of(
            "L0H2", "mlp.1", "hook_embed", "blocks.1.hook_resid_pre", "blocks.0.attn.hook_q[3]")) {
      assertThat(Site.parse(name).toString()).isEqualTo(name);
    }
    assertThat(Site.parse("l1h0")).isEqualTo(Site.parse("blocks.1.attn.hook_z[0]"));
  }

  @Test
  void unknownNamesListTheValidOnes() {
    assertThatThrownBy(() -> HeadId.parse("1-4"))
        .isInstanceOf(RefrainException.class)
        .hasMessage("no head '1-4'; a head is written as its layer and head, such as L1H4 or 1.4");
    assertThatThrownBy(() -> Site.parse("blocks.0.attn.hook_zz"))
        .hasMessageStartingWith("no hook point 'blocks.0.attn.hook_zz'; there are hook_embed, ")
        .hasMessageContaining("blocks.{layer}.attn.hook_pattern");
    assertThatThrownBy(() -> Site.parse("blocks.0.attn.hook_pattern"))
        .hasMessage("hook point blocks.0.attn.hook_pattern can be read but not changed");
    assertThatThrownBy(() -> check(Intervention.zero(Site.of(new HeadId(1, 4)))))
        .hasMessage(
            "interventions[0]: no head L1H4 in this model; it has L0H0, L0H1, L0H2, L0H3, L1H0, L1H1,"
                + " L1H2, L1H3");
    assertThatThrownBy(() -> check(Intervention.zero(Site.mlp(2))))
        .hasMessageContaining("no site 'mlp.2' in this model; heads are L0H0")
        .hasMessageContaining("blocks.1.hook_mlp_out");
    assertThatThrownBy(() -> check(Intervention.zero(new Site(HookKind.K, 0, 2))))
        .hasMessageContaining("blocks.0.attn.hook_k has heads 0..1");
  }

  @Test
  void refusesWhatCannotBeMeant() {
    HeadId late = new HeadId(1, 0);
    assertThatThrownBy(() ->
            check(
                new Intervention.ReplaceEdge(
                    Site.of(late), late, Plan.Input.Q, Source.ZERO, List.of())))
        .hasMessageContaining("sender L1H0 does not come before receiver L1H0");
    assertThatThrownBy(() ->
            check(
                new Intervention.ReplaceEdge(
                    Site.of(HookKind.Q, 0), late, Plan.Input.Q, Source.ZERO, List.of())))
        .hasMessageContaining("expected a head (L0H1), an MLP (mlp.0) or hook_embed");
    assertThatThrownBy(() -> check(new Intervention.Scale(Site.of(late), 2, List.of(0, 6))))
        .hasMessage("interventions[0]: position 6 is not in this model; it has 0..5");
    assertThatThrownBy(() -> new Intervention.Scale(Site.of(late), Double.NaN, List.of()))
        .hasMessage("scale: factor is NaN, expected a finite number");
    assertThatThrownBy(() -> new Intervention.ClampPattern(List.of(late), Template.SINK, 1.5))
        .hasMessage("clamp-pattern: weight is 1.5, expected 0 to 1");
    assertThatThrownBy(() -> new Intervention.AttentionBias(List.of(), Template.SINK, 1))
        .hasMessage("attention-bias: heads is empty, expected at least one");
  }

  private static void check(Intervention i) {
    Interventions.of(SPEC, List.of(i));
  }
}
