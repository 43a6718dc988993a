package refrain.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Events for one client, as {@code text/event-stream}. Sending never waits: a client that does not
 * read is dropped once it has fallen behind by {@link #BEHIND} events, and asks again for what it
 * missed.
 */
public final class EventStream {
  static final int BEHIND = 256;
  private static final long BEAT_SECONDS = 15;
  private static final String BEAT = event("beat", "{}");

  private final BlockingQueue<String> waiting = new ArrayBlockingQueue<>(BEHIND);
  private final Runnable ended;
  private boolean open = true;
  private @Nullable Thread writer;

  /**
   * @param ended is called once, when the client is gone or was dropped
   */
  public EventStream(Runnable ended) {
    this.ended = ended;
  }

  private static String event(String name, String data) {
    return "event: " + name + "\ndata: " + data + "\n\n";
  }

  /**
   * Sends an event.
   *
   * @return whether the client is still there
   */
  public synchronized boolean send(String name, JsonNode data) {
    if (open && !waiting.offer(event(name, data.toString()))) {
      close();
    }
    return open;
  }

  /** Lets the client go. */
  public synchronized void close() {
    open = false;
    if (writer != null) {
      writer.interrupt(); // which closes the socket that it may wait for
    }
  }

  private synchronized boolean begin(@Nullable Thread thread) {
    writer = thread;
    return open;
  }

  private synchronized boolean isOpen() {
    return open;
  }

  /** Writes what is sent until the client is gone or dropped. */
  void writeTo(OutputStream out) throws IOException {
    boolean begun = begin(Thread.currentThread());
    try {
      while (begun && isOpen()) {
        String next = waiting.poll(BEAT_SECONDS, TimeUnit.SECONDS);
        out.write((next == null ? BEAT : next).getBytes(UTF_8));
        if (waiting.isEmpty()) {
          out.flush();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      begin(null);
      synchronized (this) {
        open = false;
      }
      ended.run();
    }
  }
}
