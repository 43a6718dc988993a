package refrain.browser;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nothing on any page or picture is cut, covered or too pale to be read, whatever the window, the
 * font, the colour scheme and the medium.
 */
class PagesTest {
  @TempDir static Path temp;

  private static @Nullable Chromium chromium;
  private static @Nullable Pages pages;

  @BeforeAll
  static void start() throws IOException {
    chromium = Chromium.start();
    pages = new Pages(temp);
  }

  @AfterAll
  static void stop() {
    if (chromium != null) {
      chromium.close();
    }
  }

  @TestFactory
  Stream<DynamicNode> everythingCanBeRead() {
    List<Setting> settings = Setting.all().stream().filter(PagesTest::isPossible).toList();
    return requireNonNull(pages).all().entrySet().stream()
        .map(page ->
            dynamicContainer(
                page.getKey(),
                settings.stream()
                    .filter(setting -> suits(page.getValue(), setting))
                    .map(setting ->
                        dynamicTest(setting.toString(), () -> look(page.getValue(), setting)))));
  }

  /** A picture alone is as wide as it is: only its font and its colours vary. */
  private static boolean suits(Path file, Setting setting) {
    return file.toString().endsWith(".html") || (setting.width() == 1280 && !setting.print());
  }

  private static boolean isPossible(Setting setting) {
    Setting.Font font = setting.font();
    boolean possible = font.family().isEmpty() || requireNonNull(chromium).has(font);
    if (!possible) {
      System.out.printf("browser: left out, since %s is not installed: %s%n", font, setting);
    }
    return possible;
  }

  private static void look(Path file, Setting setting) {
    List<Chromium.Flaw> flaws = requireNonNull(chromium).flaws(file, setting);
    if (!flaws.isEmpty()) {
      Assertions.fail(
          flaws.size()
              + " things cannot be read:\n  "
              + flaws.stream()
                  .limit(200)
                  .map(Chromium.Flaw::toString)
                  .collect(Collectors.joining("\n  ")));
    }
  }
}
