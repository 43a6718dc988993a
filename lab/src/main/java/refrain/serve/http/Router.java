package refrain.serve.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who answers which path. A route is a path whose parts are words or places such as {@code {id}}, a
 * part of any text; parts are compared as they were sent, so nothing that is escaped means a slash
 * or a folder above.
 */
public final class Router {
  private record Route(String method, List<String> parts, Function<Request, Reply> handler) {
    /** What stands in its places; null: it is another path. */
    @Nullable Map<String, String> match(List<String> path) {
      if (path.size() != parts.size()) {
        return null;
      }
      Map<String, String> named = new LinkedHashMap<>();
      for (int i = 0; i < parts.size(); i++) {
        String part = parts.get(i);
        if (part.startsWith("{")) {
          named.put(part.substring(1, part.length() - 1), path.get(i));
        } else if (!part.equals(path.get(i))) {
          return null;
        }
      }
      return named;
    }
  }

  private final List<Route> routes = new ArrayList<>();

  /** Adds a route; the first one that fits answers. */
  public Router on(String method, String path, Function<Request, Reply> handler) {
    routes.add(new Route(method, parts(path), handler));
    return this;
  }

  private static List<String> parts(String path) {
    return List.of(path.split("/", -1));
  }

  /** The answer to a request; what asks for the head of it alone is answered as if for all. */
  Reply answer(Request request) {
    List<String> path = parts(request.path());
    String method = request.method().equals("HEAD") ? "GET" : request.method();
    TreeSet<String> allowed = new TreeSet<>();
    for (Route route : routes) {
      Map<String, String> named = route.match(path);
      if (named != null && route.method.equals(method)) {
        return route.handler.apply(
            new Request(
                method, request.path(), named, request.query(), request.headers(), request.body()));
      }
      if (named != null) {
        allowed.add(route.method);
      }
    }
    if (allowed.isEmpty()) {
      throw new HttpFault(404, "%s: there is nothing here", request.path());
    }
    throw new HttpFault(
        405,
        "%s: is not asked by %s; expected %s",
        request.path(),
        request.method(),
        String.join(" or ", allowed));
  }
}
