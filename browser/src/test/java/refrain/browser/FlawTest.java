package refrain.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the other tests would see: each flaw in a page made by hand, and nothing in a good one. */
class FlawTest {
  private static final Setting PLAIN = new Setting(800, Setting.Font.OWN, false, false);

  @TempDir Path temp;

  private static @Nullable Chromium chromium;

  @BeforeAll
  static void start() {
    chromium = Chromium.start();
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                           | <text x="10" y="20">good</text><text x="10" y="40">better</text>
          texts overlap                | <text x="10" y="20">one</text><text x="20" y="24">two</text>
          text leaves its figure       | <text x="180" y="20">too far</text>
          text leaves its figure       | <text x="10" y="4">too high</text>
          text is cut short            | <text x="10" y="20">shorte…</text>
          ''                           | <g><title>shortened</title><text x="10" y="20">shorte…</text></g>
          line through a text          | <text x="10" y="20">word</text><path d="M0 15h90" stroke="red"/>
          ''                           | <text x="10" y="20">word</text><path d="M0 30h90" stroke="red"/>
          ''                           | <text x="10" y="20" stroke="white" stroke-width="3" paint-order="stroke">word</text><path d="M0 15h90" stroke="red"/>
          mark on a text               | <text x="10" y="20" stroke="white" paint-order="stroke">word</text><circle cx="20" cy="15" r="4"/>
          shape leaves its figure      | <rect x="150" y="5" width="90" height="9" fill="red"/>
          contrast 1.4 to the paper    | <text x="10" y="20" fill="#dddddd">pale</text>
          """)
  void seesFlawsOfFigures(String flaw, String content) throws IOException {
    String svg =
        "<figure id='f'><svg role='img' viewBox='0 0 200 60' width='200' height='60'"
            + " font-size='12'><title>t</title>"
            + content
            + "</svg></figure>";
    assertThat(flaws(svg)).isEqualTo(flaw.isEmpty() ? "" : "f \"t\": " + flaw);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                   | <p>words</p>
          page: 1200 pixels wide in a window of 800, page: leaves the window of 800 | <div style="width: 1200px">wide</div>
          ''                                   | <div style="overflow-x: auto"><div style="width: 1200px">wide</div></div>
          page: is cut, and cannot be scrolled | <div style="overflow-x: hidden; width: 90px"><p style="width: 99px">wide</p></div>
          page: leaves its cell                | <table><tr><td style="max-width: 20px; white-space: nowrap">wide words</td></tr></table>
          """)
  void seesFlawsOfPages(String flaws, String content) throws IOException {
    assertThat(flaws("<style>body { margin: 0 }</style>" + content)).isEqualTo(flaws);
  }

  private String flaws(String body) throws IOException {
    Path file = temp.resolve("page.html");
    Files.writeString(file, "<!DOCTYPE html><html lang='en'><meta charset='utf-8'>" + body);
    return String.join(
        ", ",
        java.util.Objects.requireNonNull(chromium).flaws(file, PLAIN).stream()
            .map(flaw -> flaw.figure() + ": " + flaw.what())
            .distinct()
            .toList());
  }
}
