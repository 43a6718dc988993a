package refrain.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import refrain.base.Names;
import refrain.base.RefrainException;

/**
 * Finds out of which step each of several checkpoints is: by what its name says, or of Hugging
 * Face's cache by the name of the revision.
 */
public final class SeriesPlaces {
  /** A word for a step, then a number that no letter ends: step1000, checkpoint-500. */
  private static final Pattern SAID =
      Pattern.compile("(?i)(?:step|checkpoint|ckpt|iter)s?[-_=.]?(\\d+)(?![0-9a-z])");

  private static final Pattern NUMBER =
      Pattern.compile("(?i)(?<![0-9a-z.])(\\d+)(?![0-9a-z]|\\.\\d)");

  private static final int MOST_DIGITS = 9;
  private static final String SNAPSHOTS = "snapshots";

  private SeriesPlaces() {}

  /**
   * A checkpoint.
   *
   * @param step that its name says
   * @param place where it lies
   */
  public record At(long step, Path place) {}

  /**
   * Checkpoints by step. A folder of Hugging Face's cache stands for its revisions that have one.
   *
   * @throws RefrainException of kind BAD_INPUT where a name says no step, or two say the same
   */
  public static List<At> of(List<Path> places) {
    List<At> all = new ArrayList<>();
    for (Path place : places) {
      if (!Files.exists(place)) {
        throw RefrainException.badInput("%s: no such file or folder", place);
      }
      if (Files.isDirectory(place.resolve(SNAPSHOTS))) {
        all.addAll(revisions(place));
      } else if (isSnapshot(place)) {
        all.add(new At(ofSnapshot(place), place));
      } else {
        all.add(new At(step(place.toString(), name(place)), place));
      }
    }
    all.sort(Comparator.comparingLong(At::step));
    for (int i = 1; i < all.size(); i++) {
      if (all.get(i).step == all.get(i - 1).step) {
        throw RefrainException.badInput(
            "%s and %s are both of step %s; leave one of them out",
            all.get(i - 1).place, all.get(i).place, all.get(i).step);
      }
    }
    if (all.size() < 2) {
      throw RefrainException.badInput(
          "a series has 2 or more checkpoints, found %s; scan without --series reads one model",
          all.size());
    }
    return List.copyOf(all);
  }

  private static String name(Path place) {
    return place.toAbsolutePath().normalize().getFileName().toString();
  }

  /** The step that a name says: behind a word for it, or else the only number in it. */
  static OptionalLong said(String name) {
    TreeSet<String> found = numbers(SAID.matcher(name));
    if (found.isEmpty()) {
      found = numbers(NUMBER.matcher(name));
    }
    return found.size() == 1 && found.getFirst().length() <= MOST_DIGITS
        ? OptionalLong.of(Long.parseLong(found.getFirst()))
        : OptionalLong.empty();
  }

  private static TreeSet<String> numbers(Matcher matcher) {
    TreeSet<String> numbers = new TreeSet<>();
    while (matcher.find()) {
      numbers.add(matcher.group(1).replaceFirst("^0+(?=\\d)", ""));
    }
    return numbers;
  }

  private static long step(String where, String name) {
    return said(name)
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: '%s' says no step; expected a name such as step1000 or checkpoint-1000, or one"
                    + " with a single number of at most %s digits",
                where, name, MOST_DIGITS));
  }

  private static boolean isSnapshot(Path place) {
    Path parent = place.toAbsolutePath().normalize().getParent();
    return parent != null
        && parent.getFileName() != null
        && parent.getFileName().toString().equals(SNAPSHOTS)
        && Files.isDirectory(parent.resolveSibling("refs"));
  }

  /** The step of a snapshot, which is called by a hash: that of the revisions that name it. */
  private static long ofSnapshot(Path snapshot) {
    Path cache = snapshot.resolve("..").resolve("..").toAbsolutePath().normalize();
    List<String> names =
        refs(cache).stream()
            .filter(ref -> ref.hash.equals(name(snapshot)))
            .map(Ref::name)
            .filter(name -> said(name).isPresent())
            .toList();
    if (names.size() == 1) {
      return step(snapshot.toString(), names.getFirst());
    }
    throw RefrainException.badInput(
        names.isEmpty()
            ? "%s: no revision in refs names this snapshot and a step; fetch it as one, such as"
                + " --revision step1000"
            : "%s: is of several revisions (%s): they have the same files, so a step is not known",
        snapshot,
        Names.list(names));
  }

  /** All revisions of a cache whose names say a step and whose files are there. */
  private static List<At> revisions(Path cache) {
    List<At> all = new ArrayList<>();
    for (Ref ref : refs(cache)) {
      Path snapshot = cache.resolve(SNAPSHOTS).resolve(ref.hash);
      OptionalLong step = said(ref.name);
      if (step.isPresent() && Files.isDirectory(snapshot)) {
        all.add(new At(step.getAsLong(), snapshot));
      }
    }
    if (all.isEmpty()) {
      throw RefrainException.badInput(
          "%s: has no revision whose name says a step, such as step1000, and whose files are there",
          cache);
    }
    return all;
  }

  /** A revision: its name, and the snapshot that it is. */
  private record Ref(String name, String hash) {}

  private static List<Ref> refs(Path cache) {
    try (Stream<Path> entries = Files.list(cache.resolve("refs"))) {
      List<Ref> all = new ArrayList<>();
      for (Path ref : entries.filter(Files::isRegularFile).sorted().toList()) {
        String hash = Files.size(ref) > 100 ? "" : new String(Files.readAllBytes(ref), UTF_8);
        if (hash.strip().matches("[0-9a-zA-Z]{1,64}")) {
          all.add(new Ref(name(ref), hash.strip()));
        }
      }
      return all;
    } catch (IOException e) {
      throw RefrainException.disk(cache.resolve("refs") + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
