package refrain.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.ExitCode;
import refrain.base.RefrainException;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Engines;
import refrain.train.Presets;
import refrain.train.StopRule;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.node.ObjectNode;

class AnalysisStoreTest {
  private static final AnalysisKind KIND = AnalysisKind.SUMMARY;
  private static final Quantity ONE = Quantities.number("formed");

  @TempDir Path temp;
  private RunFolder run;
  private Path file;

  @BeforeEach
  void train() {
    Trainer.run(
        Presets.get("tiny").with(s -> s.stop = new StopRule.AtStep(3)),
        temp,
        TrainControl.threads(1),
        TrainListener.NONE);
    run = RunFolder.at(temp);
    file = temp.resolve("analyses/summary.json");
  }

  private static Findings findings() {
    return new Findings().put(ONE, 1.0 / 3).put(Quantities.number("formation.step"), Double.NaN);
  }

  @Test
  void whatIsKeptIsFoundToTheBit() {
    assertThat(AnalysisStore.find(run, KIND, null)).isEmpty();
    AnalysisStore.keep(run, KIND, null, findings());
    Findings found = AnalysisStore.find(run, KIND, null).orElseThrow();
    assertThat(found.values()).isEqualTo(findings().values());
    assertThat(found.value("icl.after")).isNaN();
    double[] series = {1, Double.NaN, -1e-300};
    Findings dates = new Findings().put(Quantities.series("bend.slopes"), series);
    AnalysisStore.keep(run, AnalysisKind.DATING, null, dates);
    Findings again = AnalysisStore.find(run, AnalysisKind.DATING, null).orElseThrow();
    assertThat(again.series("bend.slopes")).isEqualTo(series);
    assertThat(again.hasSeries("bend.steps")).isFalse();
    assertThatThrownBy(() -> again.series("bend.steps"))
        .hasMessage("no series 'bend.steps' was found; there are bend.slopes");
  }

  /** Recorded beside what findings are known by: files of before say nothing, and stand. */
  @Test
  void theArithmeticIsRecordedAndAFileWithoutItStands() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    ObjectNode tree = (ObjectNode) Json.readFile(file);
    assertThat(Json.read(tree.get("arithmetic"), Arithmetic.class, "file"))
        .isEqualTo(Engines.arithmetic());
    tree.remove("arithmetic");
    Files.writeString(file, Json.line(tree));
    assertThat(AnalysisStore.find(run, KIND, null)).isPresent();
  }

  /** What another build declared is kept, so that old reports can be drawn again. */
  @Test
  void anUndeclaredNameInAFileIsReadAndNotWritten() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    Files.writeString(file, Files.readString(file).replace("\"formed\":0.3", "\"old\":0.3"));
    Findings found = AnalysisStore.find(run, KIND, null).orElseThrow();
    assertThat(found.value("old")).isEqualTo(1.0 / 3);
    assertThatThrownBy(() -> AnalysisStore.keep(run, KIND, null, found))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("no quantity 'old'");
    assertThatThrownBy(() -> AnalysisStore.keep(run, AnalysisKind.DEPTH, null, findings()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("depth gives 'formed', which it does not declare");
  }

  /** Findings stand when a number is declared later; who wants it has the run analysed again. */
  @Test
  void aNumberThatIsDeclaredLaterMakesFindingsLackIt() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    assertThat(AnalysisStore.find(run, KIND, null).orElseThrow().lacksOneOf(KIND)).isFalse();
    Files.writeString(
        file, Files.readString(file).replace("\"key\":\"pm.max\"", "\"key\":\"pm.old\""));
    Findings found = AnalysisStore.find(run, KIND, null).orElseThrow();
    assertThat(found.value("formed")).isEqualTo(1.0 / 3);
    assertThat(found.lacksOneOf(KIND)).isTrue();
  }

  @Test
  void againstAnotherControlItIsNotKnown() {
    AnalysisStore.keep(run, KIND, "abc", findings());
    assertThat(AnalysisStore.find(run, KIND, "abc")).isPresent();
    assertThat(AnalysisStore.find(run, KIND, "abd")).isEmpty();
    assertThat(AnalysisStore.find(run, KIND, null)).isEmpty();
    assertThat(AnalysisStore.find(run, AnalysisKind.DATING, "abc")).isEmpty();
  }

  @Test
  void ofAnotherVersionOrStepItIsNotKnown() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    String text = Files.readString(file);
    Files.writeString(file, text.replaceFirst("\"version\":\\d+", "\"version\":0"));
    assertThat(AnalysisStore.find(run, KIND, null)).isEmpty();
    Files.writeString(file, text.replaceFirst("\"step\":\\d+", "\"step\":1"));
    assertThat(AnalysisStore.find(run, KIND, null)).isEmpty();
    Files.writeString(file, text);
    assertThat(AnalysisStore.find(run, KIND, null)).isPresent();
  }

  /** Wherever it is cut, a file is an error that names it and says what to do, or is not known. */
  @Test
  void aCutFileIsNeverTakenForFindings() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    byte[] whole = Files.readAllBytes(file);
    int end = whole.length;
    while (Character.isWhitespace(whole[end - 1])) {
      end--;
    }
    for (int length = 0; length < end; length += 7) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> AnalysisStore.find(run, KIND, null))
          .as("cut to %d bytes", length)
          .isInstanceOfSatisfying(
              RefrainException.class,
              e -> assertThat(e.kind().exitCode()).isNotEqualTo(ExitCode.INTERNAL))
          .hasMessageContaining(file.toString())
          .hasMessageEndingWith("; delete it, then 'study run' makes it again");
    }
  }

  @Test
  void nothingIsLeftBesideTheFile() throws IOException {
    AnalysisStore.keep(run, KIND, null, findings());
    AnalysisStore.keep(run, KIND, null, new Findings().put(ONE, 2.0));
    assertThat(AnalysisStore.find(run, KIND, null).orElseThrow().value(ONE)).isEqualTo(2);
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }
}
