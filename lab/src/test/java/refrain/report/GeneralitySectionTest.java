package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.store.Json;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyRunner;
import refrain.study.Variant;
import refrain.study.Variant.Settled;

class GeneralitySectionTest {
  private static final String FAMILIES =
      "{\"steps\": 10, \"model\": {\"dVocab\": 32}, \"data\": {\"kind\": \"families\","
          + " \"categories\": 8, \"symbols\": 2, \"forms\": 2, \"c\": 0.5, \"shared\": 0.5,"
          + " \"repeatProbability\": 0.75, \"keep\": 0.5, \"synonym\": 0.3, \"margin\": 4,"
          + " \"languageSeed\": 1}, \"engine\": \"FUSED\"}";
  private static final String WORDS =
      "{\"steps\": 10, \"model\": {\"dVocab\": 80}, \"data\": {\"kind\": \"word-pairs\","
          + " \"words\": 20, \"languages\": 3, \"repeats\": 0.5}, \"engine\": \"FUSED\"}";
  private static final String TASK =
      "{\"steps\": 10, \"model\": {\"dVocab\": 22}, \"data\": {\"kind\": \"category-task\","
          + " \"words\": 4, \"colon\": true, \"easy\": 0.3, \"repeats\": 0.3, \"lists\": 0},"
          + " \"engine\": \"FUSED\"}";

  @TempDir Path temp;

  private List<Block> blocks(Variant... variants) {
    Study study =
        new Study("t", "A test", 2, 2, false, 0, 0, List.of(variants), List.of(), Map.of());
    StudyFolder folder = new StudyFolder(temp);
    assertThat(
            new StudyRunner(study, folder, 1, () -> false, new StudyListener() {}).run().complete())
        .isTrue();
    return new GeneralitySection().blocks(new StudyView(folder, "refrain reproduce"));
  }

  private static Variant variant(String name, int seeds, String set) {
    return new Variant(
        name,
        "tiny",
        Json.parse(set, name),
        seeds,
        seeds,
        null,
        Settled.AT_END,
        List.of(AnalysisKind.GENERALITY));
  }

  private static List<String> headings(List<Block> blocks) {
    return blocks.stream()
        .filter(Block.Heading.class::isInstance)
        .map(b -> ((Block.Heading) b).text())
        .toList();
  }

  @Test
  void eachLanguageHasItsPartAndEachFigureItsCommand() {
    List<Block> blocks =
        blocks(
            variant("families", 2, FAMILIES),
            variant("word-pairs", 1, WORDS),
            variant("category-task", 1, TASK));
    assertThat(headings(blocks))
        .containsExactly(
            "Fuzzy matching by similarity",
            "Noisy embeddings: a dose curve",
            "The category task",
            "Few-shot word mapping");
    for (Block block : blocks) {
      if (block instanceof Block.Figured(Figure figure, String caption, String command)) {
        assertThat(caption).isNotBlank();
        assertThat(command).isEqualTo("./refrain study run t --only 4");
        assertThat(figure.svg()).contains("<svg");
      }
    }
  }

  @Test
  void whatWasNotRunIsNotDrawn() {
    assertThat(headings(blocks(variant("word-pairs", 1, WORDS))))
        .containsExactly("Few-shot word mapping");
    assertThat(headings(blocks(variant("2L", 1, "{\"steps\": 10}")))).isEmpty();
  }
}
