package refrain.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import java.net.URLDecoder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;

/**
 * A request as a handler sees it, read whole.
 *
 * @param path as it was sent, not decoded
 * @param named what stands in the places of the route, by their names
 * @param query decoded, each name once
 */
public record Request(
    String method,
    String path,
    Map<String, String> named,
    Map<String, String> query,
    Headers headers,
    byte[] body) {

  /** The parameters behind the question mark; a name that comes twice is refused. */
  static Map<String, String> parse(String path, @Nullable String raw) {
    Map<String, String> query = new TreeMap<>();
    if (raw == null || raw.isEmpty()) {
      return query;
    }
    for (String each : raw.split("&")) {
      int equals = each.indexOf('=');
      String name = decode(path, equals < 0 ? each : each.substring(0, equals));
      String value = equals < 0 ? "" : decode(path, each.substring(equals + 1));
      RefrainException.require(
          query.put(name, value) == null, "%s: %s is given twice, expected it once", path, name);
    }
    return query;
  }

  private static String decode(String path, String raw) {
    try {
      return URLDecoder.decode(raw, UTF_8);
    } catch (IllegalArgumentException e) {
      throw RefrainException.badInput(
          path + ": '" + raw + "' is no text: a % is followed by two hexadecimal digits", e);
    }
  }

  /** What stands in a place of the route. */
  public String named(String name) {
    return Optional.ofNullable(named.get(name)).orElseThrow();
  }

  /** Refuses parameters that would be ignored. */
  public void only(String... names) {
    List<String> valid = List.of(names);
    for (String name : query.keySet()) {
      if (!valid.contains(name)) {
        throw RefrainException.badInput(
            "%s: no parameter '%s'; %s",
            path, name, valid.isEmpty() ? "it has none" : "there are " + Names.list(valid));
      }
    }
  }

  /** A parameter; empty where it is not given. */
  public Optional<String> text(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** A parameter that is needed. */
  public String need(String name) {
    return text(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> RefrainException.badInput("%s: %s is not given", path, name));
  }

  /** A list of words, parted by commas; empty where it is not given. */
  public List<String> words(String name) {
    return text(name)
        .map(value -> Arrays.stream(value.split(",")).filter(word -> !word.isEmpty()).toList())
        .orElse(List.of());
  }

  /** A whole number; {@code otherwise} where it is not given. */
  public long whole(String name, long otherwise, long least, long most) {
    String value = query.get(name);
    if (value == null) {
      return otherwise;
    }
    long number = value.matches("\\d{1,18}") ? Long.parseLong(value) : -1;
    RefrainException.require(
        number >= least && number <= most,
        "%s: %s is '%s', expected a whole number from %s to %s",
        path,
        name,
        value,
        least,
        most);
    return number;
  }

  /** Whether the client has what an ETag stands for. */
  public boolean knows(String etag) {
    return knows(headers, etag);
  }

  static boolean knows(Headers headers, String etag) {
    String known = headers.getFirst("If-None-Match");
    return known != null
        && Arrays.stream(known.split(","))
            .map(each -> each.strip().replaceFirst("^W/", ""))
            .anyMatch(('"' + etag + '"')::equals);
  }
}
