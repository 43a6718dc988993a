package refrain.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.Headers;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may ask. A browser sends requests to this server for any page that it shows, and a name that
 * somebody else owns can be made to lead here; so each request is asked under which name it came
 * (Host), from which page (Origin, Sec-Fetch-Site), and under {@code /api} for the token.
 */
public final class Guard {
  private static final int TOKEN_BYTES = 32;
  private static final String BEARER = "Bearer ";
  private static final Set<String> OURS = Set.of("same-origin", "none");

  /** What every answer tells the browser to refuse. */
  static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
              + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "Referrer-Policy",
          "no-referrer",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin");

  private final byte[] token;
  private final Set<String> hosts;

  /**
   * @param names under which this server is asked beside those of the machine itself
   * @param port 0: to be set by {@link #at}
   */
  private Guard(byte[] token, Set<String> names, int port) {
    this.token = token;
    this.hosts = new LinkedHashSet<>();
    for (String name : names) {
      hosts.add(name + ":" + port);
      if (port == 80) {
        hosts.add(name);
      }
    }
  }

  /** A guard of a port, for the names of this machine and others. */
  public static Guard of(String token, Set<String> others, int port) {
    Set<String> names = new LinkedHashSet<>(List.of("127.0.0.1", "localhost", "[::1]"));
    others.forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
    return new Guard(token.getBytes(UTF_8), names, port);
  }

  /** A secret of 256 bits that an address can hold. */
  public static String newToken() {
    byte[] bytes = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /**
   * Lets a request through.
   *
   * @throws HttpFault that says why not
   */
  void check(String method, String path, Headers headers) {
    String host = only(headers, "Host");
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      throw new HttpFault(
          403,
          "Host: is %s, expected one of %s; open the address that ./refrain serve printed",
          quoted(host),
          String.join(", ", hosts));
    }
    String origin = only(headers, "Origin");
    if (origin != null && !ours(origin)) {
      throw new HttpFault(
          403,
          "Origin: is %s, and other pages may ask nothing here; open the address that ./refrain"
              + " serve printed",
          quoted(origin));
    }
    String site = only(headers, "Sec-Fetch-Site");
    if (site != null && !OURS.contains(site) && !opensThePage(method, path, headers)) {
      throw new HttpFault(
          403,
          "Sec-Fetch-Site: is %s, and other pages may ask nothing here; open the address that"
              + " ./refrain serve printed",
          quoted(site));
    }
    if (path.equals("/api") || path.startsWith("/api/")) {
      checkToken(only(headers, "Authorization"));
    }
  }

  /** A link to the page may stand anywhere: the page itself holds no secret, and no frame it. */
  private static boolean opensThePage(String method, String path, Headers headers) {
    return method.equals("GET")
        && path.equals("/")
        && "navigate".equals(only(headers, "Sec-Fetch-Mode"))
        && "document".equals(only(headers, "Sec-Fetch-Dest"));
  }

  private boolean ours(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    return lower.startsWith("http://") && hosts.contains(lower.substring("http://".length()));
  }

  private void checkToken(@Nullable String authorization) {
    byte[] given =
        authorization != null && authorization.startsWith(BEARER)
            ? authorization.substring(BEARER.length()).getBytes(UTF_8)
            : new byte[0];
    if (!MessageDigest.isEqual(given, token)) { // in the same time, wherever it differs
      throw new HttpFault(
          401,
          "Authorization: %s; open the address that ./refrain serve printed, which has the token"
              + " behind the #",
          given.length == 0 ? "has no token" : "has the token of another server");
    }
  }

  private static @Nullable String only(Headers headers, String name) {
    List<String> values = headers.get(name);
    if (values == null || values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new HttpFault(403, "%s: is given %s times, expected it once", name, values.size());
    }
    return values.getFirst();
  }

  private static String quoted(@Nullable String value) {
    return value == null ? "missing" : "'" + value + "'";
  }
}
