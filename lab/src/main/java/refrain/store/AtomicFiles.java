package refrain.store;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import refrain.base.RefrainException;

/**
 * Files that are either wholly there or not there: written beside their place under a temporary
 * name, synced, renamed, and the folder synced. On failure the old file is untouched, the temporary
 * one is removed, and the error names the path and the remedy.
 */
public final class AtomicFiles {
  /** How the name of everything unfinished ends; such entries are never counted as results. */
  static final String UNFINISHED = ".tmp";

  private static final int MOST_LINKS = 40; // as systems allow

  private static final AtomicLong COUNTER = new AtomicLong();
  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  private AtomicFiles() {}

  /** Writes the contents of a file. */
  @FunctionalInterface
  public interface Body {
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Puts a file in place, replacing the one that was there, or the one that a link there points to;
   * missing folders are created.
   *
   * @throws RefrainException of kind DISK when the file cannot be written, BAD_INPUT when a folder
   *     is there
   */
  public static void write(Path place, Body body) {
    Path file = target(place);
    Path temporary = unfinishedBeside(file);
    try {
      createFolders(folderOf(file));
      writeSynced(temporary, body);
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      syncFolder(folderOf(file));
    } catch (IOException e) {
      throw failed("write", file, "the previous file, if any, is unchanged", e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  /**
   * Refuses a place where no file can be put, before there is anything to put there.
   *
   * @throws RefrainException of kind BAD_INPUT when it is a folder, or in one that does not exist
   */
  public static void expectPlace(Path place) {
    Path folder = folderOf(target(place));
    if (!Files.isDirectory(folder)) {
      throw RefrainException.badInput(
          "%s: cannot be written, for there is no folder %s; make it first", place, folder);
    }
  }

  /** The file that a link points to, through further links; a file itself. */
  private static Path target(Path place) {
    if (Files.isDirectory(place)) {
      throw RefrainException.badInput(place + ": is a folder, expected the name of a file");
    }
    Path file = place;
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw RefrainException.badInput(place + ": is a link that ends nowhere, expected a file");
      }
      try {
        file = file.resolveSibling(Files.readSymbolicLink(file));
      } catch (IOException e) {
        throw failed("read the link", place, "nothing was changed", e);
      }
    }
    return file;
  }

  /**
   * Puts a folder in place with these files and nothing else, all of them or none; a folder that
   * was there is replaced with all in it.
   *
   * @throws RefrainException of kind DISK when it cannot be written
   */
  public static void writeFolder(Path folder, Map<String, Body> files) {
    Path place = folder.toAbsolutePath().normalize();
    Path parent = folderOf(place);
    Path unfinished = unfinishedBeside(place);
    Path aside = unfinishedBeside(place);
    try {
      createFolders(unfinished);
      for (Map.Entry<String, Body> file : files.entrySet()) {
        writeSynced(unfinished.resolve(file.getKey()), file.getValue());
      }
      syncFolder(unfinished);
      exchange(unfinished, place, aside);
      syncFolder(parent);
    } catch (IOException e) {
      throw failed("write", folder, "what was there is unchanged", e);
    } finally {
      deleteQuietly(unfinished);
    }
    deleteQuietly(aside);
  }

  /** Renames a folder to a name whose earlier one, if there is any, goes aside. */
  private static void exchange(Path from, Path place, Path aside) throws IOException {
    boolean there = Files.exists(place);
    if (there) {
      Files.move(place, aside, StandardCopyOption.ATOMIC_MOVE);
    }
    try {
      Files.move(from, place, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (there) {
        Files.move(aside, place, StandardCopyOption.ATOMIC_MOVE);
      }
      throw e;
    }
  }

  /** Puts a UTF-8 text file in place; see {@link #write}. */
  public static void writeString(Path file, String text) {
    write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes a file and waits until its bytes are on the disk; not atomic by itself. */
  static void writeSynced(Path file, Body body) throws IOException {
    try (FileChannel channel =
            FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING);
        OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
      body.writeTo(out);
      out.flush();
      channel.force(true);
    }
  }

  /** Makes a rename or a creation inside a folder survive a power cut. */
  public static void syncFolder(Path folder) throws IOException {
    if (WINDOWS) {
      return; // a folder cannot be opened there; the rename is journaled
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path folderOf(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    if (parent == null) {
      throw RefrainException.badInput(file + ": is the root of a file system, expected a file");
    }
    return parent;
  }

  /** A fresh name in the same folder, so that the rename stays inside one file system. */
  static Path unfinishedBeside(Path place) {
    String name =
        String.format(
            Locale.ROOT,
            ".%s.%d-%d%s",
            place.getFileName(),
            ProcessHandle.current().pid(),
            COUNTER.incrementAndGet(),
            UNFINISHED);
    return place.resolveSibling(name);
  }

  static boolean isUnfinished(Path place) {
    String name = place.getFileName().toString();
    return name.startsWith(".") && name.endsWith(UNFINISHED);
  }

  /** Removes what killed processes left unfinished in a folder. */
  static void removeUnfinished(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      entries.filter(AtomicFiles::isUnfinished).forEach(AtomicFiles::deleteQuietly);
    } catch (IOException e) {
      throw failed("list", folder, "nothing was changed", e);
    }
  }

  /** Removes a file or a folder with all in it; what cannot be removed stays. */
  static void deleteQuietly(Path place) {
    try {
      if (!Files.isDirectory(place)) {
        Files.deleteIfExists(place);
        return;
      }
      List<Path> deepestFirst;
      try (Stream<Path> tree = Files.walk(place)) {
        deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
      }
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // A leftover is never read as a result: its name says that it is unfinished.
    }
  }

  /** Like {@link Files#createDirectories}, but a link to a folder counts as a folder. */
  static void createFolders(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      for (Path p = folder.toAbsolutePath(); p != null; p = p.getParent()) {
        if (Files.isRegularFile(p)) {
          throw RefrainException.badInput(p + ": is a file, expected a folder; choose another");
        }
      }
      Files.createDirectories(folder);
    }
  }

  /** The one wording of a refusal by the disk. */
  static RefrainException failed(String attempt, Path path, String state, IOException cause) {
    String reason =
        cause instanceof FileSystemException f && f.getReason() != null
            ? f.getReason()
            : cause.getMessage();
    if (reason == null || reason.isBlank() || reason.equals(path.toString())) {
      reason = cause.getClass().getSimpleName();
    } else if (cause instanceof FileSystemException f && f.getReason() == null) {
      reason = cause.getClass().getSimpleName() + ": " + f.getFile();
    }
    return RefrainException.disk(
        "%s: cannot %s: %s; %s; free space or choose a folder that can be written"
            .formatted(path, attempt, reason, state),
        cause);
  }
}
