package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyEvidenceCommandTest extends TypedCommands {
  private static final String STUDY =
      """
      {"name": "small", "title": "Small", "seeds": 1,
       "arguments": [{"id": "a", "title": "A"}],
       "variants": [{"name": "plain", "preset": "tiny", "seeds": 1, "settled": "AT_END"}],
       "claims": [{"id": "c", "argument": "a", "data": "R0", "sentence": "C.", "kind": "PRIMARY",
         "test": {"variants": ["plain"], "quantity": "icl.after", "statistic": "MEAN",
           "bar": {"side": "AT_MOST", "at": 0}},
         "otherwise": {"kind": "no-effect", "world": "Nothing."}, "seeds": 1, "why": "why"}]}
      """;

  @TempDir Path temp;

  @Test
  void whatThereIsIsWrittenAndWhatIsNotIsSaid() throws IOException {
    Path study = Files.createDirectories(temp.resolve("study"));
    Files.writeString(study.resolve("study.json"), STUDY);
    Path to = temp.resolve("to");
    assertThat(run("study", "evidence", study + "", "--out", to + "")).as(err + "").isZero();
    assertThat(err.toString()).contains("0 of 1 runs have ended; the evidence is of these");
    assertThat(out.toString())
        .contains("Written: " + to + ", 1 primary claims in 2 files, 0.0 MB.")
        .contains("python recompute.py " + to);
    assertThat(to.toFile().list()).containsExactlyInAnyOrder("claims.json", "columns.csv");
  }

  @Test
  void whereThereIsNoStudyNothingIsWritten() {
    Path to = temp.resolve("to");
    assertThat(run("study", "evidence", temp + "", "--out", to + "")).isEqualTo(2);
    assertThat(err.toString()).contains("holds no study: there is no study.json");
    assertThat(to).doesNotExist();
    forget();
    assertThat(run("study", "evidence", temp + "")).isEqualTo(2);
    assertThat(err.toString()).contains("--out");
  }
}
