package refrain.train;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Bpe;
import refrain.data.DataSource;
import refrain.data.TextCorpus;
import refrain.data.TextFiles;
import refrain.data.TextFingerprint;
import refrain.data.TextSource;
import refrain.data.TokenizerFiles;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.RunWriter;

/**
 * The user's own text behind a run. The run's folder keeps which documents it was ({@code
 * data.json}) and the tokenizer ({@code tokenizer.json}, of every run on text), so that a run goes
 * on with the text it began with or not at all, and says what has changed.
 */
public final class RunText {
  private static final String DATA = "data.json";
  private static final String TOKENIZER = "tokenizer.json";
  private static final int NAMED = 3;

  /**
   * What a run was trained on.
   *
   * @param path where it lay
   * @param documents SHA-256 of all texts in order
   * @param files SHA-256 of each text by its name
   */
  record Recorded(String path, String documents, SortedMap<String, String> files) {
    static Recorded of(TextFiles text) {
      TextCorpus corpus = text.corpus();
      return new Recorded(text.path(), corpus.fingerprint(), corpus.hashes());
    }
  }

  private RunText() {}

  /** What is there now of a run's text; empty where its data is none of the user's. */
  static Optional<Recorded> now(RunSpec spec) {
    return spec.data() instanceof TextFiles text
        ? Optional.of(Recorded.of(text))
        : Optional.empty();
  }

  /**
   * What is there now of the text of a run that goes on.
   *
   * @throws RefrainException when it is another text than the run began with, or gone
   */
  static Optional<Recorded> unchanged(RunFolder run, RunSpec spec) {
    if (!(spec.data() instanceof TextFiles text)) {
      return Optional.empty();
    }
    Recorded now;
    try {
      now = Recorded.of(text);
    } catch (RefrainException e) {
      throw RefrainException.badInput(
          run.path() + ": cannot go on without its text: " + e.getMessage(), e);
    }
    Optional<Recorded> begun = recorded(run);
    TextFingerprint fingerprint = text.fingerprint();
    String documents =
        fingerprint == null
            ? begun.map(Recorded::documents).orElse(now.documents)
            : fingerprint.documents();
    if (!documents.equals(now.documents)) {
      throw RefrainException.badInput(
          "%s: cannot go on, for the text %s has changed since it began%s; put the text back as it"
              + " was, or train a new run in another folder",
          run.path(), now.path, changes(begun, now));
    }
    return Optional.of(now);
  }

  /** How the text that is there now differs from that of a run, in brackets; empty: unknown. */
  public static String changes(RunFolder run, RunSpec spec) {
    return now(spec).map(now -> changes(recorded(run), now)).orElse("");
  }

  private static String changes(Optional<Recorded> begun, Recorded now) {
    if (begun.isEmpty()) {
      return "";
    }
    SortedMap<String, String> before = begun.get().files;
    List<String> changed = new ArrayList<>();
    List<String> added = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    TreeSet<String> names = new TreeSet<>(before.keySet());
    names.addAll(now.files.keySet());
    for (String name : names) {
      String old = before.get(name);
      String hash = now.files.get(name);
      if (old == null) {
        added.add(name);
      } else if (hash == null) {
        removed.add(name);
      } else if (!old.equals(hash)) {
        changed.add(name);
      }
    }
    List<String> parts = new ArrayList<>();
    say("changed", changed, parts);
    say("added", added, parts);
    say("removed", removed, parts);
    return parts.isEmpty() ? "" : " (" + String.join("; ", parts) + ")";
  }

  private static void say(String what, List<String> names, List<String> parts) {
    if (!names.isEmpty()) {
      int more = names.size() - NAMED;
      parts.add(
          what
              + " "
              + String.join(", ", names.subList(0, Math.min(NAMED, names.size())))
              + (more > 0 ? " and " + more + " more" : ""));
    }
  }

  private static Optional<Recorded> recorded(RunFolder run) {
    return RefrainException.reading(
        () -> Json.readIfThere(run.path().resolve(DATA), Recorded.class),
        "delete it: what has changed of a text is then not said by name");
  }

  static @Nullable TextFingerprint fingerprint(RunSpec spec) {
    return spec.data() instanceof TextFiles text ? text.fingerprint() : null;
  }

  /** Whether a run's text is one that may change without notice. */
  static boolean isUnrecorded(RunSpec spec) {
    return spec.data() instanceof TextFiles && fingerprint(spec) == null;
  }

  /** The same run on that text; as it is where its data is none of the user's. */
  static RunSpec withFingerprint(RunSpec spec, @Nullable TextFingerprint fingerprint) {
    return spec.data() instanceof TextFiles text
        ? spec.with(s -> s.data = text.withFingerprint(fingerprint))
        : spec;
  }

  /** A run whose text lies where that of another of its identity does: it may have been moved. */
  static RunSpec at(RunSpec begun, RunSpec asked) {
    return fingerprint(begun) == null ? begun : begun.with(s -> s.data = asked.data());
  }

  /** The run as it was said before fingerprints were recorded. */
  static RunSpec unrecorded(RunSpec spec) {
    return spec.data() instanceof TextFiles text
        ? spec.with(s -> s.data = text.unrecorded())
        : spec;
  }

  /**
   * The data of a run that exists: behind the tokenizer in its folder, where it began with one that
   * was given.
   */
  public static DataSource open(Path run, RunSpec spec) {
    Path kept = run.resolve(TOKENIZER);
    boolean given =
        spec.data() instanceof TextFiles text
            && text.tokenizer() != null
            && text.fingerprint() != null;
    return given && Files.exists(kept)
        ? spec.with(s -> s.data = ((TextFiles) s.data).withTokenizer(kept.toString())).openData()
        : spec.openData();
  }

  /**
   * Whatever text is there now in place of the one that a run was trained on, behind the run's
   * tokenizer. A model can be trained on it, but not to the run's bits.
   */
  public static DataSource openChanged(RunFolder run, RunSpec spec) {
    TextFiles now = ((TextFiles) spec.data()).withFingerprint(null);
    Path kept = run.path().resolve(TOKENIZER);
    TextFiles behind =
        Files.exists(kept)
            ? now.withVocab(TokenizerFiles.read(kept).vocab()).withTokenizer(kept.toString())
            : now;
    return spec.with(s -> s.data = behind).openData();
  }

  /** The tokenizer in a run's folder, which needs no text; empty where there is none. */
  public static Optional<Bpe> tokenizer(RunFolder run) {
    Path kept = run.path().resolve(TOKENIZER);
    return Files.exists(kept) ? Optional.of(TokenizerFiles.read(kept)) : Optional.empty();
  }

  /** Keeps in the run's folder what its text is. */
  static void keep(RunWriter writer, DataSource data, Optional<Recorded> now) {
    now.ifPresent(recorded -> writer.writeJson(DATA, recorded));
    if (data instanceof TextSource source) {
      keep(writer.folder().path(), source);
    }
  }

  /** Keeps the tokenizer of a text in the folder of a run on it. */
  public static void keep(Path run, TextSource text) {
    AtomicFiles.writeString(run.resolve(TOKENIZER), TokenizerFiles.toJson(text.tokenizer()));
  }
}
