package refrain.serve.http;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import refrain.base.RefrainException;

/**
 * The JDK's HTTP server behind a {@link Guard} and a {@link Router}, a virtual thread a request. It
 * registers one context, because those match by prefix, and sets what the server leaves open:
 * no-delay, the number of connections, how long a request may take to arrive and how long a client
 * may leave what is written unread.
 */
public final class HttpPage implements AutoCloseable {
  /**
   * What is allowed.
   *
   * @param body bytes that a request may bring
   * @param unreadMillis how long a client may leave what is written unread
   */
  public record Limits(int body, long unreadMillis) {
    public static final Limits DEFAULT = new Limits(64 << 10, 10_000);
  }

  static {
    Map.of(
            "sun.net.httpserver.nodelay", "true",
            "sun.net.httpserver.maxReqTime", "60",
            "sun.net.httpserver.maxReqHeaders", "64",
            "sun.net.httpserver.maxReqHeaderSize", "16384",
            "jdk.httpserver.maxConnections", "256")
        .forEach((name, value) -> {
          if (System.getProperty(name) == null) {
            System.setProperty(name, value);
          }
        });
  }

  private static final int BUFFER = 1 << 16;

  private final HttpServer server;
  private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());
  private final Guard guard;
  private final Router router;
  private final Limits limits;
  private final Consumer<Throwable> defects;

  private HttpPage(
      HttpServer server, Guard guard, Router router, Limits limits, Consumer<Throwable> defects) {
    this.server = server;
    this.guard = guard;
    this.router = router;
    this.limits = limits;
    this.defects = defects;
  }

  /**
   * Begins to answer.
   *
   * @param address port 0: any that is free
   * @param guard for the port that it became
   * @param defects hears of failures that nobody foresaw; the client gets none of them
   * @throws IOException when the port is taken or the address is none of this machine
   */
  public static HttpPage open(
      InetSocketAddress address,
      IntFunction<Guard> guard,
      Router router,
      Limits limits,
      Consumer<Throwable> defects)
      throws IOException {
    HttpServer server = HttpServer.create(address, 0);
    HttpPage page =
        new HttpPage(server, guard.apply(server.getAddress().getPort()), router, limits, defects);
    server.setExecutor(page.requests);
    server.createContext("/", page::handle);
    server.start();
    return page;
  }

  public int port() {
    return server.getAddress().getPort();
  }

  private void handle(HttpExchange exchange) {
    try (exchange) {
      send(exchange, answer(exchange));
    } catch (IOException e) {
      return; // the client went away, or was sent away
    } catch (RuntimeException | Error e) {
      defects.accept(e); // while it was being written: what has been sent cannot be taken back
    }
  }

  private Reply answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    try {
      if (path == null
          || !path.startsWith("/")
          || exchange.getRequestURI().getAuthority() != null) {
        throw new HttpFault(
            400, "the request asks for no path; expected one that begins with one /");
      }
      String method = exchange.getRequestMethod();
      guard.check(method, path, exchange.getRequestHeaders());
      return router.answer(
          new Request(
              method,
              path,
              Map.of(),
              Request.parse(path, exchange.getRequestURI().getRawQuery()),
              exchange.getRequestHeaders(),
              body(exchange)));
    } catch (HttpFault e) {
      return Reply.error(e.status(), String.valueOf(e.getMessage()));
    } catch (RefrainException e) {
      return Reply.error(e);
    } catch (RuntimeException | Error e) {
      defects.accept(e);
      return Reply.error(
          500, path + ": the program failed here, which is a defect; its terminal has the details");
    }
  }

  private byte[] body(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readNBytes(limits.body + 1);
    if (body.length > limits.body) {
      throw new HttpFault(
          413, "the request brings more than %s bytes; expected at most as many", limits.body);
    }
    return body;
  }

  private void send(HttpExchange exchange, Reply reply) throws IOException {
    Headers headers = exchange.getResponseHeaders();
    Guard.HEADERS.forEach(headers::set);
    String etag = reply.etag();
    headers.set("Cache-Control", etag == null ? "no-store" : "no-cache");
    if (etag != null) {
      headers.set("ETag", '"' + etag + '"');
      if (Request.knows(exchange.getRequestHeaders(), etag)) {
        exchange.sendResponseHeaders(304, -1);
        return;
      }
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    switch (reply) {
      case Reply.Whole whole -> {
        headers.set("Content-Type", whole.type());
        if (whole.status() == 401) {
          headers.set("WWW-Authenticate", "Bearer");
        }
        if (head) {
          headers.set("Content-Length", Integer.toString(whole.body().length));
        }
        begin(exchange, whole.status(), head ? -1 : whole.body().length);
        if (!head) {
          write(exchange, out -> out.write(whole.body()));
        }
      }
      case Reply.Chunked chunked -> {
        headers.set("Content-Type", chunked.type());
        begin(exchange, 200, head ? -1 : 0);
        if (!head) {
          write(exchange, chunked.writing());
        }
      }
      case Reply.Events events -> {
        headers.set("Content-Type", "text/event-stream; charset=utf-8");
        begin(exchange, 200, head ? -1 : 0);
        if (head) {
          events.stream().close();
        }
        write(exchange, events.stream()::writeTo);
      }
    }
  }

  /** A length of 0 means chunks to the server, and -1 no content. */
  private static void begin(HttpExchange exchange, int status, long length) throws IOException {
    exchange.sendResponseHeaders(status, length);
  }

  private void write(HttpExchange exchange, Reply.Writing writing) throws IOException {
    try (Paced paced = new Paced(exchange.getResponseBody(), clock, limits.unreadMillis);
        OutputStream out = new BufferedOutputStream(paced, BUFFER)) {
      writing.to(out);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    requests.shutdownNow();
    clock.shutdownNow();
  }
}
