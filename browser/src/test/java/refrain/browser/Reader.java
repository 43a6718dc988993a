package refrain.browser;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.setDefaultAssertionTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Somebody who reads the page. Whatever the browser complains of while they do is heard: errors and
 * warnings of scripts, reports of the content security policy, requests to anybody but our server.
 */
final class Reader {
  private static final int PATIENCE_MS = 40_000;

  private static final String REPORT =
      "addEventListener('securitypolicyviolation', e => console.error('content security policy: '"
          + " + e.violatedDirective + ' ' + e.blockedURI))";

  /** Replies arrive up to this much later: a test that does not wait for what it looks at fails. */
  private static final int LATENESS_MS = Integer.getInteger("refrain.lateness", 0);

  private static final String LATE =
      "{ let seed = 17; const now = globalThis.fetch; globalThis.fetch = async (...asked) => {"
          + " seed = (seed * 16807) %% 2147483647; const late = %d * seed / 2147483647;"
          + " await new Promise(done => setTimeout(done, late)); return now(...asked); }; }";

  /** Somebody who left the tour, and whose page trains no step again unasked. */
  private static final String HABITS =
      "if (location.protocol === 'http:') { sessionStorage.setItem('refrain.tour.left', 'yes');"
          + " localStorage.setItem('refrain.replay', 'off'); }";

  /** The page has its runs, knows that of the cursor, and has put the cursor. */
  private static final String READY =
      "() => { const { store, data } = globalThis.refrain ?? {};"
          + " return store && store.get().step !== null && data.details(store.get().main); }";

  private final Reading.Stage stage;
  private final List<BrowserContext> contexts = new ArrayList<>();
  private final List<Server> servers = new ArrayList<>();
  private final List<String> complaints = new ArrayList<>();
  private final List<String> expected = new ArrayList<>();
  private Server server;
  private boolean isNew;

  Reader(Reading.Stage stage) {
    this.stage = stage;
    this.server = stage.server();
    setDefaultAssertionTimeout(PATIENCE_MS);
  }

  Lab lab() {
    return stage.lab();
  }

  Server server() {
    return server;
  }

  /** From now on pages are opened from a server over another folder, which ends with the test. */
  Server turnsTo(Path folder) {
    server = starts(folder, 0, server.token());
    return server;
  }

  /**
   * Starts one that ends with the test, after its tabs: they would complain.
   *
   * @param port 0: any that is free
   */
  Server starts(Path folder, int port, String token) {
    Server started = Server.over(folder, port, token);
    servers.add(started);
    return started;
  }

  /** From now on pages are opened by somebody who never saw them. */
  void isNew() {
    isNew = true;
  }

  /** The id of a run of the study. */
  String run(String variant, int seed) {
    return id(variant + " " + seed);
  }

  /** The id of a run that is in no study, by its path. */
  String id(String path) {
    String id = server.ids().get(path);
    assertThat(id).as(path + " among " + server.ids().keySet()).isNotNull();
    return id;
  }

  /** A complaint that holds these words is what the test is about. */
  void expects(String words) {
    expected.add(words);
  }

  /** A view of the run {@code 2L}, seed 0, by the query of its address. */
  Page opens(String query) {
    return opens(query, Window.WIDE);
  }

  Page opens(String query, Window window) {
    Page page = page(window);
    page.navigate(
        server.base() + "/" + (query.isEmpty() ? "" : "?" + query) + "#token=" + server.token());
    page.waitForFunction(READY);
    return page;
  }

  /** An empty tab. */
  Page page(Window window) {
    BrowserContext context =
        stage
            .chromium()
            .browser()
            .newContext(
                new Browser.NewContextOptions()
                    .setViewportSize(window.width(), window.height())
                    .setColorScheme(window.dark() ? ColorScheme.DARK : ColorScheme.LIGHT)
                    .setReducedMotion(
                        window.still() ? ReducedMotion.REDUCE : ReducedMotion.NO_PREFERENCE));
    context.setDefaultTimeout(PATIENCE_MS);
    context.addInitScript(REPORT);
    if (LATENESS_MS > 0) {
      context.addInitScript(LATE.formatted(LATENESS_MS));
    }
    if (!isNew) {
      context.addInitScript(HABITS);
    }
    contexts.add(context);
    Page page = context.newPage();
    page.onConsoleMessage(this::hear);
    page.onPageError(error -> complaints.add("script: " + error));
    page.onRequest(request -> {
      String to = request.url();
      if (!to.startsWith(server.base() + "/")
          && !to.startsWith("blob:" + server.base())
          && !to.startsWith("data:")) {
        complaints.add("foreign request: " + to);
      }
    });
    return page;
  }

  /** A tab that shows something else; nothing of it is heard. */
  Page elsewhere() {
    BrowserContext context = stage.chromium().browser().newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    contexts.add(context);
    return context.newPage();
  }

  /** Closes the tabs. */
  void finishes() {
    contexts.forEach(BrowserContext::close);
    contexts.clear();
  }

  private void hear(ConsoleMessage message) {
    if (List.of("error", "warning", "assert").contains(message.type())) {
      complaints.add(message.type() + ": " + message.text() + " (" + message.location() + ")");
    }
  }

  /**
   * Closes all tabs and the servers that were started for them.
   *
   * @param strict whether complaints fail the test
   */
  void close(boolean strict) {
    for (BrowserContext context : contexts) {
      context.pages().stream().filter(page -> !page.isClosed()).forEach(page -> page.evaluate("1"));
      context.close();
    }
    servers.forEach(Server::close);
    if (strict) {
      assertThat(complaints)
          .as("what the browser complained of")
          .allMatch(complaint -> expected.stream().anyMatch(complaint::contains));
    }
  }
}
