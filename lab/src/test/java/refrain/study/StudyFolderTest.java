package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.train.Presets;
import tools.jackson.databind.node.ObjectNode;

class StudyFolderTest {
  @TempDir Path temp;

  /** The runs of a folder lie under what their specifications were when it was written. */
  @Test
  void variantsOfAFolderStartFromThePresetsThatItWasWrittenWith() throws IOException {
    Study study =
        Study.of(
            Json.parseYaml(
                """
                name: s
                title: t
                seeds: 1
                variants:
                  - {name: a, preset: r0-2l}
                  - {name: b, preset: r0-2l, set: {steps: 40, checkpoints: {kind: every, steps: 7}}}
                  - {name: c, preset: code-1l}
                  - {name: d, preset: tiny}
                """,
                "s.yaml"),
            "s.yaml");
    StudyFolder folder = new StudyFolder(temp);
    folder.write(study);
    assertThat(checkpoints(folder.study()))
        .containsExactly(
            CheckpointSchedule.every(20),
            CheckpointSchedule.every(7),
            CheckpointSchedule.every(100),
            CheckpointSchedule.every(10));

    Path file = temp.resolve("study.json");
    ObjectNode written = (ObjectNode) Json.readFile(file);
    assertThat(written.remove("presets").intValue()).isEqualTo(2);
    Files.writeString(file, Json.pretty(written));
    assertThat(checkpoints(folder.study()))
        .isEqualTo(checkpoints(folder.withoutClaims()))
        .containsExactly(
            Presets.firstCheckpoints("r0-2l"),
            CheckpointSchedule.every(7),
            CheckpointSchedule.every(500),
            CheckpointSchedule.every(10));
    assertThat(Json.canonical(Presets.firstCheckpoints("r0-2l")))
        .isEqualTo(
            """
            {"kind":"union","schedules":[{"kind":"every","steps":100},\
            {"change":0.2,"kind":"while-moving","metric":"icl","spacing":20,"window":50}]}\
            """);
  }

  private static List<CheckpointSchedule> checkpoints(Study study) {
    return study.cells().stream().map(cell -> cell.spec().checkpoints()).toList();
  }
}
