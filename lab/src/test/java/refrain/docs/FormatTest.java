package refrain.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import refrain.Repository;

/** What is said of configurations is what their records and their documentation say. */
class FormatTest {
  private static final String AGAIN = "./mvnw -pl lab test -Dtest=FormatTest -Drefrain.write=true";

  private static final Path SOURCES = Repository.ROOT.resolve("lab/src/main/java");

  @Test
  void thePageOfTheFormatIsUpToDate() throws Exception {
    FormatPage page = new FormatPage(SOURCES);
    String text = page.write();
    assertThat(page.silent()).as("components of records without @param").isEmpty();
    assertUpToDate(Repository.ROOT.resolve("docs/format.md"), text);
  }

  /** What the form on the page shows. */
  @Test
  void theFieldsOfARunAreUpToDate() throws Exception {
    assertUpToDate(
        Repository.ROOT.resolve("lab/src/main/resources/refrain/serve/fields.json"),
        new RunFields(SOURCES).write());
  }

  private static void assertUpToDate(Path file, String text) throws Exception {
    if (Boolean.getBoolean("refrain.write")) {
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file))
        .as("out of date; to write it again: " + AGAIN)
        .isEqualTo(text);
  }
}
