package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.jspecify.annotations.Nullable;
import refrain.base.Digests;
import refrain.base.RefrainException;
import refrain.base.UserCache;

/**
 * Runs that came with the program, for a page that has no others to show. Recorded with the program
 * itself ({@code lab/src/scripts/make-example}) and packed into the jar; unpacked once into the
 * user's cache and from then on read like any others. What is there is held against the SHA-256 of
 * each file, and unpacked again where it is another.
 */
final class RecordedExample {
  private static final String PACKED = "/refrain/example/runs.zip";
  private static final String HASHES = "/refrain/example/runs.sha256";
  private static final int DIGITS = 12;

  /** As sha256sum writes them: so many digits, two spaces, the file. */
  private static final int HASH_DIGITS = 64;

  private final @Nullable Path cache;
  private @Nullable Path unpacked;

  /**
   * @param cache a folder of the user's for what can be made again; null: one of this process
   */
  RecordedExample(@Nullable Path cache) {
    this.cache = cache;
  }

  static RecordedExample standard() {
    return new RecordedExample(UserCache.folder());
  }

  /** SHA-256 of each file by its path, with slashes. */
  static Map<String, String> hashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    new String(bytes(HASHES), UTF_8)
        .lines()
        .forEach(
            line -> hashes.put(line.substring(HASH_DIGITS + 2), line.substring(0, HASH_DIGITS)));
    return hashes;
  }

  /**
   * The folder with its runs.
   *
   * @throws RefrainException of kind DISK when it cannot be written anywhere
   */
  synchronized Path folder() {
    if (unpacked == null) {
      try {
        Path parent = cache == null ? Files.createTempDirectory("refrain-example") : cache;
        unpacked = unpackedIn(parent);
      } catch (IOException e) {
        throw RefrainException.disk(
            "the recorded example cannot be unpacked ("
                + e
                + "); REFRAIN_CACHE names another folder for what the program keeps",
            e);
      }
    }
    return unpacked;
  }

  private static Path unpackedIn(Path parent) throws IOException {
    byte[] hashes = bytes(HASHES);
    String version = Digests.hex(hashes).substring(0, DIGITS);
    Path place = parent.resolve("example-" + version);
    if (isWhole(place)) {
      return place;
    }
    Files.createDirectories(parent);
    Path unfinished = Files.createTempDirectory(parent, "example-");
    try {
      unpack(unfinished);
      put(unfinished, place, parent);
    } finally {
      delete(unfinished);
    }
    return place;
  }

  /** Where two servers begin at once the second finds what the first has put there. */
  private static void put(Path unfinished, Path place, Path parent) throws IOException {
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      Path damaged = Files.createTempDirectory(parent, "example-");
      Files.move(place, damaged.resolve("damaged"));
      delete(damaged);
    }
    try {
      Files.move(unfinished, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!isWhole(place)) {
        throw e;
      }
    }
  }

  private static void unpack(Path into) throws IOException {
    Map<String, String> hashes = hashes();
    try (ZipInputStream zip = new ZipInputStream(stream(PACKED))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        byte[] bytes = zip.readAllBytes();
        if (!Digests.hex(bytes).equals(hashes.get(entry.getName()))) {
          throw new IOException(entry.getName() + " of the program's jar has another SHA-256");
        }
        Path file = into.resolve(entry.getName());
        Files.createDirectories(file.resolveSibling(""));
        Files.write(file, bytes);
      }
    }
  }

  private static boolean isWhole(Path folder) {
    return hashes().entrySet().stream()
        .allMatch(each -> is(folder, each.getKey(), each.getValue()));
  }

  private static boolean is(Path folder, String name, String hash) {
    Path file = folder.resolve(name);
    try {
      return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
          && Digests.hex(Files.readAllBytes(file)).equals(hash);
    } catch (IOException e) {
      return false;
    }
  }

  private static byte[] bytes(String resource) {
    try (InputStream in = stream(resource)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw RefrainException.disk(resource + " of the program's jar cannot be read", e);
    }
  }

  private static InputStream stream(String resource) throws IOException {
    InputStream in = RecordedExample.class.getResourceAsStream(resource);
    if (in == null) {
      throw new FileNotFoundException(resource + " is missing in the program's jar");
    }
    return in;
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }
}
