package refrain.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.Media;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The system's Chromium, which nothing is downloaded for. Not thread-safe. */
final class Chromium implements AutoCloseable {
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

  /** No graphics processor, no shared memory and no network are asked for: a page needs none. */
  private static final List<String> OPTIONS =
      List.of(
          "--disable-gpu",
          "--disable-dev-shm-usage",
          "--disable-quic",
          // A name that its owner points at this machine, as an attacker does.
          "--host-resolver-rules=MAP rebound.example 127.0.0.1",
          "--force-color-profile=srgb");

  private final Playwright playwright;
  private final Browser browser;
  private final String boxes = resource("boxes.js");

  private Chromium(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    .setChromiumSandbox(!"root".equals(System.getProperty("user.name")))
                    .setArgs(OPTIONS));
  }

  /**
   * Starts it. Without the profile {@code browser} the tests are skipped and a line says so; with
   * it they were asked for, and a missing Chromium is a failure.
   */
  static Chromium start() {
    if (Chromium.class.getResource("/driver/linux/node") == null) {
      String sentence =
          "browser: figures and the page were not looked at in a browser; ./mvnw verify -Pbrowser"
              + " does (see CONTRIBUTING.md)";
      System.out.println(sentence);
      Assumptions.abort(sentence);
    }
    return new Chromium(
        executable()
            .orElseThrow(() ->
                new IllegalStateException(
                    "no Chromium: REFRAIN_CHROMIUM names none and none of "
                        + NAMES
                        + " is on the PATH; on Debian: apt-get install chromium")));
  }

  private static Optional<Path> executable() {
    String named = Objects.requireNonNullElse(System.getenv("REFRAIN_CHROMIUM"), "");
    if (!named.isEmpty()) {
      return Optional.of(Path.of(named)).filter(Files::isExecutable);
    }
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    return NAMES.stream()
        .flatMap(
            name -> Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Browser browser() {
    return browser;
  }

  /** What a reader with this setting could not read of a page or picture, first to last. */
  List<Flaw> flaws(Path file, Setting setting) {
    return on(file, setting, page -> flaws(page.evaluate(boxes)));
  }

  /** Whether a font is installed: whether text in it is as wide whatever it would fall back to. */
  boolean has(Setting.Font font) {
    String measure =
        "name => ['serif', 'monospace'].map(other => { const pen ="
            + " document.createElement('canvas').getContext('2d'); pen.font = `40px '${name}',"
            + " ${other}`; return pen.measureText('mmmmiiiiWW@').width; })";
    try (BrowserContext context = browser.newContext()) {
      List<?> widths = (List<?>) context.newPage().evaluate(measure, font.family());
      return widths.getFirst().equals(widths.getLast());
    }
  }

  private <T> T on(Path file, Setting setting, Function<Page, T> look) {
    ColorScheme scheme = setting.dark() ? ColorScheme.DARK : ColorScheme.LIGHT;
    try (BrowserContext context =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(setting.width(), 900)
                .setColorScheme(scheme))) {
      Page page = context.newPage();
      if (setting.print()) {
        page.emulateMedia(new Page.EmulateMediaOptions().setMedia(Media.PRINT));
      }
      page.navigate(file.toUri().toString());
      if (!setting.font().family().isEmpty()) {
        page.evaluate(
            "name => { const style = document.createElementNS('http://www.w3.org/1999/xhtml',"
                + " 'style'); style.textContent = `* { font-family: '${name}' !important; }`;"
                + " document.documentElement.append(style); }",
            setting.font().family());
      }
      return look.apply(page);
    }
  }

  private static List<Flaw> flaws(Object found) {
    return ((List<?>) found).stream().map(one -> Flaw.of((Map<?, ?>) one)).toList();
  }

  /**
   * Something that cannot be read.
   *
   * @param figure its identifier and title, or the part of the page
   * @param what is wrong
   * @param text that it is about
   * @param box left, top, right and bottom of that text, pixels
   * @param other text or shape, "" for none
   * @param otherBox of that, empty for none
   */
  record Flaw(
      String figure, String what, String text, List<?> box, String other, List<?> otherBox) {
    static Flaw of(Map<?, ?> found) {
      Function<String, Object> at = name -> Objects.requireNonNull((Object) found.get(name), name);
      return new Flaw(
          at.apply("figure").toString(),
          at.apply("what").toString(),
          at.apply("text").toString(),
          (List<?>) at.apply("box"),
          at.apply("other").toString(),
          (List<?>) at.apply("otherBox"));
    }

    @Override
    public String toString() {
      String more = otherBox.isEmpty() ? "" : " and '%s' %s".formatted(other, otherBox);
      return String.format(Locale.ROOT, "%s: %s: '%s' %s%s", figure, what, text, box, more);
    }
  }

  static String resource(String name) {
    try (InputStream in = Chromium.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}
