package refrain.analysis.explore;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.UserCache;
import refrain.store.Json;

/**
 * States that were trained again, on disk and outside of all runs, so that they are trained again
 * once: {@code KEY.state} holds a state, {@code KEY.settled.json} what became of a stretch. What is
 * damaged, is a link or does not belong under its name counts as missing and is made anew; what was
 * not read for longest goes when there is more than fits. A cache that cannot be written costs time
 * and no results.
 *
 * <p>Layout of a state: the SHA-256 of its key and what follows, then float32, little-endian.
 */
public final class StateCache {
  /** Bytes at most. */
  public static final long MOST = 500_000_000;

  private static final int HASH_BYTES = 32;
  private static final String STATE = ".state";
  private static final String SETTLED = ".settled.json";

  /** Above all that is written there. */
  private static final int LARGEST_SETTLED = 1 << 16;

  private static final Pattern OURS =
      Pattern.compile("[0-9a-f]{64}(\\.state|\\.settled\\.json)(\\d+\\.tmp)?");

  private final @Nullable Path folder;
  private final long most;

  /**
   * @param folder made when something is kept; null: nothing is
   * @param most bytes
   */
  public StateCache(@Nullable Path folder, long most) {
    this.folder = folder;
    this.most = most;
  }

  /** In the user's cache; a user without one has a folder of this process alone. */
  public static StateCache standard() {
    Path cache = UserCache.folder();
    return new StateCache(cache == null ? temporary() : cache.resolve("states"), MOST);
  }

  /** With a name that nobody could lay a trap under. */
  private static @Nullable Path temporary() {
    try {
      return Files.createTempDirectory("refrain-states");
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * A state.
   *
   * @param key 64 hexadecimal digits
   * @param length numbers that it has
   */
  Optional<float[]> state(String key, int length) {
    byte[] bytes = read(key + STATE, HASH_BYTES + (long) Float.BYTES * length);
    if (bytes == null || bytes.length != HASH_BYTES + (long) Float.BYTES * length) {
      return Optional.empty();
    }
    ByteBuffer body = ByteBuffer.wrap(bytes, HASH_BYTES, bytes.length - HASH_BYTES);
    byte[] hash = new byte[HASH_BYTES];
    System.arraycopy(bytes, 0, hash, 0, HASH_BYTES);
    if (!MessageDigest.isEqual(hash, hash(key, body.duplicate()))) {
      remove(key + STATE);
      return Optional.empty();
    }
    float[] values = new float[length];
    body.order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return Optional.of(values);
  }

  void keep(String key, float[] values) {
    long bytes = (long) Float.BYTES * values.length;
    if (bytes > Math.min(most / 2, Integer.MAX_VALUE - 2 * HASH_BYTES)) {
      return; // one that would drive out all others
    }
    int size = (int) bytes;
    ByteBuffer out = ByteBuffer.allocate(HASH_BYTES + size).order(ByteOrder.LITTLE_ENDIAN);
    out.position(HASH_BYTES);
    out.asFloatBuffer().put(values);
    out.put(0, hash(key, ByteBuffer.wrap(out.array(), HASH_BYTES, size)));
    write(key + STATE, out.array());
  }

  /** What became of a stretch. */
  Optional<Settled> settled(String key) {
    byte[] bytes = read(key + SETTLED, LARGEST_SETTLED);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      String name = key + SETTLED;
      return Optional.of(
          Json.read(Json.parse(new String(bytes, UTF_8), name), Settled.class, name));
    } catch (RefrainException e) {
      remove(key + SETTLED);
      return Optional.empty();
    }
  }

  void settle(String key, Settled settled) {
    write(key + SETTLED, Json.pretty(settled).getBytes(UTF_8));
  }

  /** The bytes of a plain file of at most that size; null where there is none. */
  private byte @Nullable [] read(String name, long largest) {
    if (folder == null) {
      return null;
    }
    Path file = folder.resolve(name);
    try {
      BasicFileAttributes found =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (!found.isRegularFile() || found.size() > largest) {
        remove(name);
        return null;
      }
      byte[] bytes;
      try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
        bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, largest));
      }
      Files.setLastModifiedTime(file, FileTime.from(Instant.now())); // it was of use
      return bytes;
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      remove(name);
      return null;
    }
  }

  private void write(String name, byte[] bytes) {
    if (folder == null) {
      return;
    }
    Path unfinished = null;
    try {
      Files.createDirectories(folder);
      unfinished = Files.createTempFile(folder, name, ".tmp");
      Files.write(unfinished, bytes);
      Files.move(
          unfinished,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
      unfinished = null;
      makeRoom(folder);
    } catch (IOException e) {
      return; // it is made again when it is wanted again
    } finally {
      delete(unfinished);
    }
  }

  private record Kept(Path file, long size, FileTime used) {}

  private void makeRoom(Path folder) throws IOException {
    List<Kept> all = new ArrayList<>();
    long sum = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (OURS.matcher(file.getFileName().toString()).matches()) {
          BasicFileAttributes found =
              Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
          all.add(new Kept(file, found.size(), found.lastModifiedTime()));
          sum += found.size();
        }
      }
    }
    all.sort(Comparator.comparing(Kept::used).thenComparing(Kept::file));
    for (Kept oldest : all) {
      if (sum <= most) {
        return;
      }
      delete(oldest.file());
      sum -= oldest.size();
    }
  }

  private void remove(String name) {
    if (folder != null) {
      delete(folder.resolve(name));
    }
  }

  private static void delete(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Another process may hold it; it will be tried again.
    }
  }

  private static byte[] hash(String key, ByteBuffer body) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(key.getBytes(UTF_8));
      digest.update(body);
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
