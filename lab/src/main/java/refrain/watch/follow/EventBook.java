package refrain.watch.follow;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import refrain.base.Digests;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * The events of a watch on the disk, a line each, written and synced before anything is done about
 * them. A watch that was killed reads its log again from the beginning and finds the same events;
 * those that are in the book are not written twice.
 */
public final class EventBook implements AutoCloseable {
  private static final String NAME = "events.jsonl";
  private static final int ID_DIGITS = 16;

  private final SyncedLines lines;
  private final Set<String> known;

  private EventBook(SyncedLines lines, Set<String> known) {
    this.lines = lines;
    this.known = known;
  }

  /**
   * Opens the book of a folder, which is made when missing.
   *
   * @throws RefrainException of kind BAD_INPUT where another watch has it open, of kind BAD_FILE
   *     where a line is no event
   */
  public static EventBook open(Path folder) {
    Set<String> known = new HashSet<>();
    SyncedLines lines =
        SyncedLines.open(
            in(folder),
            (line, where) -> {
              JsonNode id = line.get("id");
              if (id == null || !id.isString()) {
                throw RefrainException.badFile(
                    "%s: expected an event with an id; move the file away to begin anew", where);
              }
              known.add(id.asString());
            });
    return new EventBook(lines, known);
  }

  /** The book of a folder, whether it is there or not. */
  public static Path in(Path folder) {
    return folder.resolve(NAME);
  }

  /** By what an event is known: the same for the same parts. */
  public static String id(String... parts) {
    byte[] all = String.join("\n", parts).getBytes(StandardCharsets.UTF_8);
    return Digests.hex(all).substring(0, ID_DIGITS);
  }

  /** Writes an event and waits until the disk has it; false where the book had it before. */
  public boolean add(WatchEvent event, String action) {
    return add(event.id(), event.json(action));
  }

  /** The same of an event as it is written. */
  public boolean add(String id, String json) {
    if (known.contains(id)) {
      return false;
    }
    lines.add(json);
    return known.add(id);
  }

  @Override
  public void close() {
    lines.close();
  }
}
