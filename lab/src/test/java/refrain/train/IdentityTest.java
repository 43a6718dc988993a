package refrain.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class IdentityTest {
  /** Fields that some later version might add, at every depth, and what runs did before. */
  private static final Map<String, String> ADDED =
      Map.of(
          "accumulate", "1",
          "model.experts", "0",
          "model.positions(shortformer).scale", "1.0",
          "optimizer.lookahead", "{\"kind\":\"none\"}",
          "data(bigram-restarts).drift", "0.0",
          "data(word-pairs).drift", "[]",
          "interventions(scale).ramp", "0",
          "interventions(freeze-patterns).source(checkpoint).step", "null",
          "probing.measures.batches", "1");

  private static final Identity LATER = new Identity(ADDED);

  private static List<String> lines(String file) throws IOException {
    try (InputStream in = IdentityTest.class.getResourceAsStream("/identity/" + file)) {
      return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    }
  }

  @Test
  void whatWasWrittenBeforeKeepsItsIdentifier() throws IOException {
    for (String line : lines("specifications.jsonl")) {
      JsonNode before = Json.parse(line, "line");
      RunSpec spec =
          Json.read(Identity.FROZEN.complete(before.path("spec")), RunSpec.class, "line");
      assertThat(spec.id()).as(line).isEqualTo(before.path("id").asString());
    }
    for (String line : lines("presets.txt")) {
      String[] words = line.split(" ");
      assertThat(Presets.get(words[0]).id()).as(words[0]).isEqualTo(words[1]);
    }
  }

  @Test
  void fieldsThatAreAddedWithTheirNeutralValuesLeaveAllIdentifiers() throws IOException {
    for (String line : lines("specifications.jsonl")) {
      JsonNode before = Json.parse(line, "line");
      JsonNode later = LATER.complete(before.path("spec"));
      assertThat(later).as("it has the new fields").isNotEqualTo(before.path("spec"));
      assertThat(RunFolder.nameOf(LATER.of(later))).isEqualTo(before.path("id").asString());
      assertThat(LATER.complete(later)).isEqualTo(later);
    }
  }

  @Test
  void anAddedFieldWithAnotherValueIsAnotherRun() {
    JsonNode tiny = LATER.complete(Json.parse(Json.line(Presets.get("tiny")), "tiny"));
    String id = Presets.get("tiny").id();
    Map<String, String> others =
        Map.of(
            "/accumulate", "2",
            "/model/experts", "4",
            "/model/positions/scale", "0.5",
            "/optimizer/lookahead", "{\"kind\":\"nesterov\"}",
            "/data/drift", "0.01");
    others.forEach((pointer, value) -> {
      JsonNode changed = tiny.deepCopy();
      int slash = pointer.lastIndexOf('/');
      ObjectNode parent = (ObjectNode) changed.at(pointer.substring(0, slash));
      assertThat(parent.has(pointer.substring(slash + 1))).as(pointer).isTrue();
      parent.set(pointer.substring(slash + 1), Json.parse(value, pointer));
      assertThat(RunFolder.nameOf(LATER.of(changed))).as(pointer).isNotEqualTo(id);
    });
  }

  @Test
  void aSpecificationThatLacksAFieldIsReadWithTheNeutralOneOfItsKind() {
    JsonNode tiny = LATER.complete(Json.tree(Presets.get("tiny")));
    assertThat(tiny.at("/data/drift").doubleValue()).isZero();
    assertThat(tiny.at("/optimizer/lookahead/kind").asString()).isEqualTo("none");
    assertThat(tiny.at("/probing/measures/batches").intValue()).isEqualTo(1);
    assertThat(tiny.at("/seeds").propertyNames()).containsExactly("init", "data", "evaluation");
  }

  @Test
  void onlyWhatFixesTheWeightsIsPartOfIt() {
    RunSpec tiny = Presets.get("tiny");
    assertThat(
            List.of(
                tiny.with(s -> s.name = "other"),
                tiny.with(s -> s.probing = Presets.get("r0-2l").probing()),
                tiny.with(s -> s.checkpoints = CheckpointSchedule.every(7)),
                tiny.with(s -> s.stop = new StopRule.AtStep(3))))
        .extracting(RunSpec::id)
        .containsOnly(tiny.id());
    assertThat(
            List.of(
                tiny.with(s -> s.steps = 41),
                tiny.with(s -> s.seeds = new Seeds(0, 0, 1)),
                tiny.with(s -> s.optimizer = tiny.optimizer().withRate(0.001)),
                tiny.with(s -> s.engine = EngineKind.FUSED)))
        .extracting(RunSpec::id)
        .doesNotContain(tiny.id())
        .doesNotHaveDuplicates();
    assertThat(tiny.identity().propertyNames())
        .containsExactly(
            "model",
            "data",
            "optimizer",
            "batch",
            "context",
            "steps",
            "seeds",
            "interventions",
            "engine");
  }
}
