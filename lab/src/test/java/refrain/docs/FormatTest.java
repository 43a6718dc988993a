package refrain.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import refrain.Repository;

/** docs/format.md is what the records and their documentation say. */
class FormatTest {
  private static final String AGAIN = "./mvnw -pl lab test -Dtest=FormatTest -Drefrain.write=true";

  @Test
  void thePageOfTheFormatIsUpToDate() throws Exception {
    FormatPage page = new FormatPage(Repository.ROOT.resolve("lab/src/main/java"));
    String text = page.write();
    assertThat(page.silent()).as("components of records without @param").isEmpty();
    Path file = Repository.ROOT.resolve("docs/format.md");
    if (Boolean.getBoolean("refrain.write")) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file))
        .as("out of date; to write it again: " + AGAIN)
        .isEqualTo(text);
  }
}
