package refrain.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.RunFolder;
import refrain.store.RunInfo;

/**
 * The runs in a folder, found by what fixes their weights and not by the names of their folders:
 * those that older programs made are named otherwise. Every {@code run.json} is read once, at the
 * first question; runs that begin later are found by the name that they get.
 */
public final class Runs {
  private record Entry(RunFolder run, RunSpec spec) {
    /** How much of what is no part of its identity is as it was asked for. */
    int likeness(RunSpec asked) {
      return (spec.probing().equals(asked.probing()) ? 4 : 0)
          + (spec.checkpoints().equals(asked.checkpoints()) ? 2 : 0)
          + (spec.name().equals(asked.name()) ? 1 : 0);
    }

    /** When its first sitting was, ISO-8601. */
    String begun() {
      List<RunInfo.Session> sessions = run.info().sessions();
      return sessions.isEmpty() ? "" : sessions.getFirst().started();
    }
  }

  private final Path folder;
  private final List<String> unreadable = new ArrayList<>();
  private @Nullable Map<String, List<Entry>> byId;

  public Runs(Path folder) {
    this.folder = folder;
  }

  /** Where a run lies, or would lie. */
  public synchronized Path place(RunSpec asked) {
    Entry found = entry(asked);
    return found == null ? free(asked.id()) : found.run.path();
  }

  /** The run of that name may be another by now: one that was made longer keeps its folder. */
  private Path free(String id) {
    Path place = folder.resolve(id);
    for (int n = 2; RunFolder.isRun(place); n++) {
      place = folder.resolve(id + "-" + n);
    }
    return place;
  }

  /**
   * The run of that identity; where there are several, the one most like what is asked for. Its
   * metrics are those of the probing that is asked for, where it was measured like that.
   */
  public synchronized Optional<RunFolder> find(RunSpec asked) {
    return Optional.ofNullable(entry(asked))
        .map(found -> LaterProbing.reading(found.run, found.spec, asked.probing()));
  }

  /** A sentence for each run that could not be read and so is never found. */
  public synchronized List<String> unreadable() {
    scanned();
    return List.copyOf(unreadable);
  }

  /**
   * The newest run of the same settings on a text under the same path that was another one then.
   *
   * @param asked with its fingerprint
   */
  public synchronized Optional<RunFolder> onAnotherText(RunSpec asked) {
    return RunText.fingerprint(asked) == null
        ? Optional.empty()
        : best(asked, named(RunText.withFingerprint(asked, null).id()))
            .filter(entry -> !entry.spec.id().equals(asked.id()))
            .map(Entry::run);
  }

  /**
   * By its identifier; or else the run that began before texts had fingerprints. Where the text is
   * not known that is asked for, since it is gone for example, any that lay under its path.
   */
  private @Nullable Entry entry(RunSpec asked) {
    String id = asked.id();
    Path begunLater = folder.resolve(id);
    for (int n = 2; named(id).isEmpty() && RunFolder.isRun(begunLater); n++) {
      Entry begun = read(RunFolder.at(begunLater));
      if (begun.spec.id().equals(id)) {
        add(begun);
      }
      begunLater = folder.resolve(id + "-" + n);
    }
    return best(asked, named(id))
        .or(() ->
            best(
                asked,
                named(RunText.unrecorded(asked).id()).stream()
                    .filter(entry -> RunText.isUnrecorded(entry.spec))
                    .toList()))
        .orElse(null);
  }

  private List<Entry> named(String id) {
    return scanned().getOrDefault(id, List.of()).stream()
        .filter(entry -> RunFolder.isRun(entry.run.path()))
        .toList();
  }

  private static Optional<Entry> best(RunSpec asked, List<Entry> entries) {
    return entries.stream()
        .max(
            Comparator.comparingInt((Entry entry) -> entry.likeness(asked))
                .thenComparing(Entry::begun));
  }

  private void add(Entry entry) {
    Map<String, List<Entry>> known = scanned();
    known.computeIfAbsent(entry.spec.id(), id -> new ArrayList<>()).add(entry);
    if (RunText.fingerprint(entry.spec) != null) {
      String anyText = RunText.withFingerprint(entry.spec, null).id();
      known.computeIfAbsent(anyText, id -> new ArrayList<>()).add(entry);
    }
  }

  private Map<String, List<Entry>> scanned() {
    Map<String, List<Entry>> known = byId;
    if (known == null) {
      known = new HashMap<>();
      byId = known;
      for (RunFolder run : RunFolder.list(folder)) {
        try {
          add(read(run));
        } catch (RefrainException e) {
          unreadable.add(run.path() + " is passed over: " + e.getMessage());
        }
      }
      RunFolder.remains(folder).forEach(place -> unreadable.add(RunFolder.lost(place)));
    }
    return known;
  }

  private static Entry read(RunFolder run) {
    return new Entry(run, Trainer.spec(run));
  }
}
