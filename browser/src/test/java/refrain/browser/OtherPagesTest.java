package refrain.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.Response;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Another page in the same browser, which somebody was led to, asks for the runs in every way. */
@ExtendWith(Reading.class)
class OtherPagesTest {
  private HttpServer evil;

  @BeforeEach
  void open() throws IOException {
    evil = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    evil.createContext(
        "/",
        exchange -> {
          byte[] page = "<!doctype html><title>kittens</title>".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, page.length);
          try (OutputStream out = exchange.getResponseBody()) {
            out.write(page);
          }
        });
    evil.start();
  }

  @AfterEach
  void close() {
    evil.stop(0);
  }

  /** A tab of somebody who has our page open in another one, at another port of this machine. */
  private Page lured(Reader reader, String host) {
    Page page = reader.elsewhere();
    page.navigate("http://" + host + ":" + evil.getAddress().getPort() + "/");
    return page;
  }

  private static Map<?, ?> tries(Page page, Reader reader, String script) {
    return (Map<?, ?>)
        Objects.requireNonNull(
            page.evaluate(script, List.of(reader.server().base(), reader.server().token())));
  }

  /** The port differs, so neither name makes the page ours: localhost is the nearest it comes. */
  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "localhost"})
  void asksByFetchAndReadsNothing(String host, Reader reader) {
    Map<?, ?> got =
        tries(
            lured(reader, host),
            reader,
            """
            async ([base, token]) => {
              const tried = {};
              const attempt = async (name, path, init) => {
                try {
                  const reply = await fetch(base + path, init);
                  tried[name] = `${reply.type} ${reply.status} ${(await reply.text()).length}`;
                } catch (e) {
                  tried[name] = 'refused';
                }
              };
              const headers = { Authorization: `Bearer ${token}` };
              await attempt('with the token', '/api/home', { headers });
              await attempt('with cookies', '/api/home', { credentials: 'include' });
              await attempt('blindly', '/api/home', { mode: 'no-cors' });
              await attempt('the page', '/', {});
              const film = '/api/runs/0/film';
              const post = { method: 'POST', body: '{}' };
              await attempt('by post', film, { ...post, mode: 'no-cors' });
              await attempt('by post with the token', film, { ...post, headers });
              return tried;
            }
            """);
    assertThat(got).hasSize(6);
    assertThat(got.values()).allMatch("refused"::equals);
  }

  @Test
  void framesUsAndSeesNothing(Reader reader) {
    Page page = lured(reader, "127.0.0.1");
    Map<?, ?> got =
        tries(
            page,
            reader,
            """
            async ([base, token]) => {
              const frame = document.createElement('iframe');
              frame.src = `${base}/#token=${token}`;
              const loaded = new Promise((done) => { frame.onload = done; });
              document.body.append(frame);
              await loaded;
              let seen;
              try {
                seen = frame.contentDocument?.body?.innerText ?? 'nothing';
              } catch (e) {
                seen = 'refused';
              }
              return { seen };
            }
            """);
    assertThat(got.get("seen")).isEqualTo("nothing");
    assertThat(page.frames())
        .noneMatch(frame ->
            frame.url().startsWith(reader.server().base()) && frame.title().contains("Refrain"));
  }

  @Test
  void loadsOurScriptsAndPicturesAndGetsNone(Reader reader) {
    Map<?, ?> got =
        tries(
            lured(reader, "localhost"),
            reader,
            """
            async ([base]) => {
              const load = (tag, attribute, path) => new Promise((done) => {
                const element = document.createElement(tag);
                element.onload = () => done('loaded');
                element.onerror = () => done('refused');
                if (tag === 'link') element.rel = 'stylesheet';
                element[attribute] = base + path;
                document.body.append(element);
              });
              return {
                script: await load('script', 'src', '/app.js'),
                style: await load('link', 'href', '/style.css'),
                picture: await load('img', 'src', '/api/home'),
                module: await import(base + '/store.js').then(() => 'loaded', () => 'refused'),
              };
            }
            """);
    assertThat(got.values()).allMatch("refused"::equals);
  }

  /** A link may lead to the page, but not to a handle on it. */
  @Test
  void opensAWindowAndCannotLookInside(Reader reader) {
    Page page = lured(reader, "127.0.0.1");
    Page popup =
        page.waitForPopup(() ->
            page.evaluate(
                "base => { globalThis.opened = open(base + '/?view=heads'); }",
                reader.server().base()));
    popup.waitForLoadState();
    Map<?, ?> got =
        (Map<?, ?>)
            Objects.requireNonNull(
                page.evaluate(
                    """
                    () => {
                      const look = (f) => {
                        try {
                          return String(f());
                        } catch (e) {
                          return 'refused';
                        }
                      };
                      return {
                        address: look(() => opened.location.href),
                        text: look(() => opened.document.body.innerText),
                        token: look(() => opened.sessionStorage.length),
                        app: look(() => opened.refrain.store),
                      };
                    }
                    """));
    assertThat(got.values()).allMatch("refused"::equals);
    assertThat(popup.locator("main").textContent()).contains("This address has no key");
  }

  /** A name whose owner points it at this machine: the browser then takes us for that page. */
  @Test
  void aNameThatIsBoundToThisMachineIsNotAnswered(Reader reader) {
    Page page = reader.elsewhere();
    Response answer =
        page.navigate(
            "http://rebound.example:"
                + reader.server().port()
                + "/#token="
                + reader.server().token());
    assertThat(Objects.requireNonNull(answer).status()).isEqualTo(403);
    assertThat(page.content()).doesNotContain("app.js");
    Object asked =
        page.evaluate(
            "token => fetch('/api/home', { headers: { Authorization: 'Bearer ' + token } })"
                + ".then(r =>"
                + " r.status)",
            reader.server().token());
    assertThat(asked).isEqualTo(403);
  }

  /** Who comes from another page gets no token of ours out of the tab's history. */
  @Test
  void theTokenLeavesTheAddressAtOnce(Reader reader) {
    Page page = reader.opens("view=glossary");
    assertThat(page.url()).doesNotContain("token");
    assertThat((String) page.evaluate("document.referrer")).isEmpty();
    Page other = page.context().newPage();
    assertThat(other.evaluate("history.length")).isEqualTo(1);
    try {
      page.evaluate("document.body.innerHTML += '<img src=x onerror=\"window.ran = true\">'");
    } catch (PlaywrightException e) {
      throw new AssertionError(e);
    }
    reader.expects("content security policy");
    reader.expects("Content Security Policy");
    reader.expects("404");
    page.waitForTimeout(200);
    assertThat(page.evaluate("window.ran === undefined")).isEqualTo(true);
  }
}
