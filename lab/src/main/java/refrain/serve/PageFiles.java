package refrain.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.base.Digests;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;

/** The page's own files, which came with the program. They all lie in one folder. */
final class PageFiles {
  private static final String FOLDER = "/refrain/page/";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*\\.([a-z0-9]{2,4})");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "json", "application/json; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png");

  private PageFiles() {}

  static Reply index(Request request) {
    return file("index.html", request);
  }

  static Reply named(Request request) {
    return file(request.named("file"), request);
  }

  private static Reply file(String name, Request request) {
    Matcher parts = NAME.matcher(name);
    String type = parts.matches() ? TYPES.get(parts.group(1)) : null;
    Optional<byte[]> body = type == null ? Optional.empty() : read(name);
    if (type == null || body.isEmpty()) {
      throw new HttpFault(404, "%s: there is nothing here", request.path());
    }
    String etag = Digests.hex(body.get());
    return new Reply.Whole(200, type, body.get(), etag);
  }

  /** A file of the page. */
  static byte[] bytes(String name) {
    return read(name)
        .orElseThrow(() -> new IllegalStateException("the program came without its page: " + name));
  }

  private static Optional<byte[]> read(String name) {
    try (InputStream in = PageFiles.class.getResourceAsStream(FOLDER + name)) {
      return in == null ? Optional.empty() : Optional.of(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FOLDER + name, e);
    }
  }
}
