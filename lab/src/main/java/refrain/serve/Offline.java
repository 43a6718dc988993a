package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.base.Digests;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * The page in one file, for who has no server. Browsers load no module from a file beside a file:
 * each lies in the page as an address of its own text, under a name that the others ask for. What
 * may run is said by hashes; the data is put in by the page that saves itself, and is text.
 */
final class Offline {
  /** Where the data goes; stands in no file of the page. */
  static final String DATA = "<!--data-->";

  private static final Pattern IMPORT =
      Pattern.compile("(\\bfrom\\s*|\\bimport\\s*\\(?\\s*)'\\./([a-z0-9-]+\\.js)'");

  private static final String PAGE =
      """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="%s">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>Refrain</title>
      <link rel="icon" href="data:,">
      <style>%s</style>
      <script type="importmap">%s</script>
      </head>
      <body>
      <noscript>This page needs JavaScript: it draws what lies in it.</noscript>
      %s
      <script type="module">%s</script>
      </body>
      </html>
      """;

  private Offline() {}

  static Reply page(Request request) {
    request.only();
    String page = page();
    return new Reply.Whole(200, "text/html; charset=utf-8", page.getBytes(UTF_8), Place.hash(page));
  }

  private static String page() {
    String style = text("style.css");
    ObjectNode imports = Json.object();
    modules()
        .forEach((name, source) ->
            imports.put(
                "refrain/" + name,
                "data:text/javascript;base64,"
                    + Base64.getEncoder().encodeToString(source.getBytes(UTF_8))));
    String map = Json.object().set("imports", imports).toString();
    String start = "import 'refrain/app.js';";
    String policy =
        "default-src 'none'; script-src %s %s data:; style-src %s; img-src data: blob:; base-uri 'none'; form-action 'none'"
            .formatted(hash(map), hash(start), hash(style));
    return PAGE.formatted(policy, style, map, DATA, start);
  }

  /** The modules that the page needs, each asking for the others by name. */
  private static Map<String, String> modules() {
    Map<String, String> modules = new LinkedHashMap<>();
    Deque<String> wanted = new ArrayDeque<>();
    wanted.add("app.js");
    while (!wanted.isEmpty()) {
      String name = wanted.remove();
      if (!modules.containsKey(name)) {
        Matcher imports = IMPORT.matcher(text(name));
        modules.put(name, imports.replaceAll("$1'refrain/$2'"));
        imports.reset();
        imports.results().map(found -> found.group(2)).forEach(wanted::add);
      }
    }
    return modules;
  }

  private static String text(String name) {
    return new String(PageFiles.bytes(name), UTF_8);
  }

  private static String hash(String text) {
    return "'sha256-"
        + Base64.getEncoder().encodeToString(Digests.sha256(text.getBytes(UTF_8)))
        + "'";
  }
}
