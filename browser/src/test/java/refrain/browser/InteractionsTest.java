package refrain.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/page.md says that one can do is done by a test. Needs no browser. */
class InteractionsTest {
  private static final Path PAGE = Path.of("..", "docs", "page.md");
  private static final Pattern NAMED = Pattern.compile("`(\\w+Test)\\.(\\w+)`");

  /** Cells of the rows of the first table. */
  private static List<List<String>> rows() throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (String line : Files.readAllLines(PAGE)) {
      String[] cells = line.split("\\|", -1);
      if (line.startsWith("| ") && cells.length == 12 && !cells[1].strip().equals("wanted")) {
        rows.add(List.of(cells).subList(1, 11).stream().map(String::strip).toList());
      }
    }
    return rows;
  }

  @Test
  void whatIsMarkedAsDoneHasATest() throws IOException {
    List<String> faults = new ArrayList<>();
    for (List<String> row : rows()) {
      List<MatchResult> tests = NAMED.matcher(row.get(9)).results().toList();
      if (!row.get(7).matches("[●◐○]")) {
        faults.add(row.getFirst() + ": ours is '" + row.get(7) + "'");
      }
      if (row.get(7).equals("○") != tests.isEmpty()) {
        faults.add(row.getFirst() + ": a test where something is done, and only there");
      }
      for (MatchResult test : tests) {
        if (!isThere(test.group(1), test.group(2))) {
          faults.add(row.getFirst() + ": there is no " + test.group());
        }
      }
    }
    assertThat(faults).isEmpty();
    assertThat(rows()).hasSizeGreaterThan(30);
  }

  private static boolean isThere(String type, String method) throws IOException {
    Path source = Path.of("src/test/java/refrain/browser", type + ".java");
    return Files.exists(source) && Files.readString(source).contains("void " + method + "(");
  }
}
