package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.Watch;
import refrain.base.RefrainException;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A long computation that tells how it goes on, an object a line. While there is nothing to be told
 * empty lines are sent: by them the server finds that nobody reads any more, and gives up.
 */
final class Lines {
  private static final String TYPE = "application/x-ndjson; charset=utf-8";
  private static final String EVENT = "event";

  /** Lines that are told before they are read; then the computation waits. */
  private static final int AHEAD = 64;

  private static final long BEAT_MILLIS = 200;
  private static final long LOOK_MILLIS = 10;

  private final BlockingQueue<ObjectNode> waiting = new LinkedBlockingQueue<>();
  private final Consumer<Throwable> defects;

  private Lines(Consumer<Throwable> defects) {
    this.defects = defects;
  }

  /** Asks the desk for it. */
  interface Begin {
    Desk.Job<ObjectNode> job(Lines lines);
  }

  /**
   * An answer of lines. The computation begins with the answer, so it ends with it too.
   *
   * @param defects hears of failures that nobody foresaw
   */
  static Reply reply(Begin begin, Consumer<Throwable> defects) {
    return new Reply.Chunked(TYPE, null, out -> new Lines(defects).write(out, begin));
  }

  static ObjectNode line(String event) {
    return Json.object().put(EVENT, event);
  }

  /** Tells a line, as soon as those before it are read. */
  void tell(ObjectNode line, Watch watch) {
    try {
      while (waiting.size() >= AHEAD) {
        watch.check();
        Thread.sleep(LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    waiting.add(line);
  }

  private void write(OutputStream out, Begin begin) throws IOException {
    Desk.@Nullable Job<ObjectNode> job = null;
    try {
      Desk.Job<ObjectNode> begun = begin.job(this);
      job = begun;
      send(out, line("waits").put("before", begun.before()));
      begun.whenDone(
          (last, failure) -> waiting.add(failure == null && last != null ? last : failed(failure)));
      for (String event = ""; !isLast(event); ) {
        ObjectNode next = waiting.poll(BEAT_MILLIS, TimeUnit.MILLISECONDS);
        if (next == null) {
          out.write('\n');
          out.flush();
        } else {
          send(out, next);
          event = next.path(EVENT).asString();
        }
      }
    } catch (HttpFault e) {
      send(out, failed(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (job != null) {
        job.cancel();
      }
    }
  }

  private static boolean isLast(String event) {
    return event.equals("done") || event.equals("failed") || event.equals("replaced");
  }

  private static void send(OutputStream out, ObjectNode line) throws IOException {
    out.write((line + "\n").getBytes(UTF_8));
    out.flush();
  }

  private ObjectNode failed(@Nullable Throwable failure) {
    return switch (failure) {
      case CancellationException _ -> line("replaced");
      case RefrainException known -> error(String.valueOf(known.getMessage()));
      case HttpFault known -> error(String.valueOf(known.getMessage()));
      case null, default -> {
        defects.accept(failure == null ? new IllegalStateException("no last line") : failure);
        yield error("the program failed here, which is a defect; its terminal has the details");
      }
    };
  }

  private static ObjectNode error(String message) {
    JsonNode error = Reply.tree(message).path("error");
    ObjectNode line = line("failed");
    line.set("error", error);
    return line;
  }
}
