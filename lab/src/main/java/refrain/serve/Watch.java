package refrain.serve;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.catalog.RunRow;
import refrain.serve.http.EventStream;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * Tells clients what other processes write. While somebody listens it looks at the sizes of metrics
 * logs five times a second and reads what was appended, to count rows; once a second it looks which
 * runs there are. Nothing is parsed, so following a run costs its writer next to nothing.
 */
final class Watch implements AutoCloseable {
  private static final long TICK_MILLIS = 200;
  private static final int TICKS_A_LOOK = 5;
  private static final int CLIENTS = 32;
  private static final int FOLLOWED = 64;
  private static final int BUFFER = 1 << 16;
  private static final Pattern STEP = Pattern.compile("\\{\"step\":(\\d{1,18})[,}].*");

  /** Somebody who listens, and how many rows of each run it was told of. */
  private static final class Client {
    final EventStream stream;
    final Set<String> follows;
    final Map<String, Integer> told = new HashMap<>();

    Client(Set<String> follows, Consumer<Client> ended) {
      this.follows = follows;
      this.stream = new EventStream(() -> ended.accept(this));
    }
  }

  /** A log of which lines are counted as they are appended. */
  private static final class Lines {
    private final Path file;
    private long position;
    private int rows;
    private long step = -1;
    private final StringBuilder head = new StringBuilder();

    Lines(Path file) {
      this.file = file;
    }

    void look() throws IOException {
      BasicFileAttributes now =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!now.isRegularFile() || now.size() == position) {
        return;
      }
      if (now.size() < position) {
        position = 0;
        rows = 0;
        head.setLength(0);
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
        for (int n; (n = channel.read(buffer, position)) > 0; buffer.clear()) {
          position += n;
          count(buffer.array(), n);
        }
      }
    }

    /** Of each line only its beginning is kept, where the step stands. */
    private void count(byte[] bytes, int n) {
      int begin = 0;
      for (int i = 0; i < n; i++) {
        if (bytes[i] == '\n') {
          keep(bytes, begin, i);
          Matcher row = STEP.matcher(head);
          step = row.matches() ? Long.parseLong(row.group(1)) : step;
          head.setLength(0);
          rows++;
          begin = i + 1;
        }
      }
      keep(bytes, begin, n);
    }

    private void keep(byte[] bytes, int from, int to) {
      int room = 40 - head.length();
      head.append(
          new String(bytes, from, Math.min(Math.max(0, room), to - from), StandardCharsets.UTF_8));
    }
  }

  private final Listing listing;
  private final List<Client> clients = new CopyOnWriteArrayList<>();
  private final Map<String, Lines> logs = new HashMap<>();
  private final Consumer<Throwable> defects;
  private final Thread thread;
  private String pulse = "";
  private Set<String> running = Set.of();

  Watch(Listing listing, Consumer<Throwable> defects) {
    this.listing = listing;
    this.defects = defects;
    this.thread = Thread.ofPlatform().daemon().name("watch").start(this::look);
  }

  Reply events(Request request) {
    request.only("follow");
    List<String> follow = request.words("follow");
    RefrainException.require(
        follow.size() <= FOLLOWED,
        "%s: follow has %s runs, expected at most %s",
        request.path(),
        follow.size(),
        FOLLOWED);
    if (clients.size() >= CLIENTS) {
      throw new HttpFault(
          429, "events: %s pages listen already; close one of them, then load again", CLIENTS);
    }
    Client client = new Client(Set.copyOf(follow), clients::remove);
    client.stream.send("hello", Json.object().put("version", Version.refrain()));
    clients.add(client);
    synchronized (this) {
      notifyAll();
    }
    return new Reply.Events(client.stream);
  }

  /** Tells all who listen. */
  void tell(String name, JsonNode data) {
    clients.forEach(client -> client.stream.send(name, data));
  }

  private void look() {
    try {
      for (int tick = 0; !Thread.interrupted(); tick++) {
        synchronized (this) {
          while (clients.isEmpty()) {
            tick = 0;
            wait();
          }
        }
        try {
          if (tick % TICKS_A_LOOK == 0) {
            lookForRuns();
          }
          lookForRows();
        } catch (RefrainException e) {
          clients.forEach(c -> c.stream.send("runs", Json.object().put("message", e.getMessage())));
        } catch (RuntimeException e) {
          defects.accept(e);
        }
        Thread.sleep(TICK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void lookForRuns() {
    String now = listing.pulse();
    if (now.equals(pulse)) {
      return;
    }
    boolean first = pulse.isEmpty();
    pulse = now;
    Set<String> found = new HashSet<>();
    for (Place place : listing.now().runs().values()) {
      if (place.row().state() == RunRow.State.RUNNING) {
        found.add(place.id());
      }
    }
    running = found;
    if (!first) {
      clients.forEach(client -> client.stream.send("runs", Json.object()));
    }
  }

  private void lookForRows() {
    Set<String> wanted = new HashSet<>(running);
    clients.forEach(client -> wanted.addAll(client.follows));
    logs.keySet().retainAll(wanted);
    for (String id : wanted) {
      try {
        Lines lines =
            logs.computeIfAbsent(
                id, _ -> new Lines(listing.known(id).folder().path().resolve("metrics.jsonl")));
        lines.look();
        clients.forEach(client -> tell(client, id, lines));
      } catch (IOException | HttpFault e) {
        logs.remove(id); // it went; the list of runs says so
      }
    }
  }

  private void tell(Client client, String id, Lines lines) {
    if (client.follows.contains(id) || running.contains(id)) {
      Integer before = client.told.put(id, lines.rows);
      if (before == null || before != lines.rows) {
        client.stream.send(
            "rows",
            Json.object()
                .put("id", id)
                .put("rows", lines.rows)
                .put("step", lines.step)
                .put("restarted", before != null && lines.rows < before));
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    clients.forEach(client -> client.stream.close());
  }
}
