package refrain.data;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * The user's own text, UTF-8: each file of a folder is a document (subfolders included, names that
 * start with a dot left out, in the order of their relative paths' bytes); a single file or
 * standard input is one document. A byte-order mark is dropped, CR LF becomes LF, empty files are
 * left out.
 */
public final class TextCorpus implements Corpus {
  /**
   * By the bytes of the names as they lie on the disk, which is what a Unix path compares: a name
   * that the locale cannot decode is one U+FFFD as another, and the order would be the file
   * system's. Elsewhere by the same bytes, made of the text.
   */
  private static final Comparator<Path> IN_ORDER =
      File.separatorChar == '/'
          ? Comparator.naturalOrder()
          : (a, b) -> Arrays.compareUnsigned(unixBytes(a), unixBytes(b));

  /** The longest array that Java has. */
  private static final int LARGEST = Integer.MAX_VALUE - 8;

  /** How the names of text files end; those of the last kind hold a document a line. */
  private static final List<String> ENDINGS = List.of(".txt", ".md", ".markdown", ".jsonl");

  /** A file with its documents, of which none is empty. */
  private record Source(String name, List<Document> documents) {}

  /** Files that were left out, by how their names end or by what they are, and how many. */
  private final SortedMap<String, Integer> skipped = new TreeMap<>();

  private final List<Source> sources = new ArrayList<>();

  /** Null until it is first asked for. */
  private @Nullable String fingerprint;

  private TextCorpus() {}

  /**
   * Reads a folder or a file.
   *
   * @param lenient replaces bytes that are not UTF-8 by U+FFFD; otherwise they are an error that
   *     names the file and the offset
   */
  public static TextCorpus of(Path path, boolean lenient, TextFormat format) {
    TextCorpus corpus = new TextCorpus();
    try {
      if (Files.isDirectory(path)) {
        for (Path file : filesBelow(path)) {
          String ending = ending(file);
          if (format == TextFormat.DOCUMENTS && !ENDINGS.contains(ending)) {
            corpus.skip(ending.isEmpty() ? "without an ending" : ending);
          } else {
            corpus.add(file, below(path, file), lenient, format);
          }
        }
        return corpus;
      }
      if (!Files.exists(path)) {
        throw RefrainException.badInput(
            path + ": no such file or folder; expected UTF-8 text, or - for standard input");
      }
      corpus.add(path, String.valueOf(path.getFileName()), lenient, format);
      return corpus;
    } catch (IOException e) {
      throw RefrainException.disk(path + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private void add(Path file, String name, boolean lenient, TextFormat format) throws IOException {
    String where = file.toString();
    requireFits(where, Files.size(file));
    byte[] raw = Files.readAllBytes(file);
    if (format == TextFormat.DOCUMENTS && raw.length == 0) {
      skip("empty");
    } else if (format == TextFormat.DOCUMENTS && isBinary(raw)) {
      skip("binary");
    } else {
      byte[] text = Utf8.clean(where, raw, lenient);
      boolean lines = format == TextFormat.DOCUMENTS && ending(file).equals(".jsonl");
      add(name, lines ? JsonLines.documents(where, name, text) : List.of(new Document(name, text)));
    }
  }

  private void add(String name, List<Document> documents) {
    sources.add(
        new Source(name, documents.stream().filter(each -> each.text().length > 0).toList()));
  }

  private void skip(String what) {
    skipped.merge(what, 1, Integer::sum);
  }

  private static boolean isBinary(byte[] raw) {
    for (byte each : raw) {
      if (each == 0) {
        return true;
      }
    }
    return false;
  }

  private static String ending(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.lastIndexOf('.') < 0 ? "" : name.substring(name.lastIndexOf('.'));
  }

  /** Files that were left out, by how their names end or by what they are, and how many. */
  public SortedMap<String, Integer> skipped() {
    return Collections.unmodifiableSortedMap(skipped);
  }

  /** How many documents there are. */
  public int documents() {
    return sources.stream().mapToInt(source -> source.documents.size()).sum();
  }

  /** Bytes of all documents. */
  public long bytes() {
    long[] bytes = {0};
    forEach(document -> bytes[0] += document.text().length);
    return bytes[0];
  }

  /** Reads one document to the end of a stream, such as standard input. */
  public static TextCorpus of(String name, InputStream in, boolean lenient) {
    try {
      byte[] all = in.readNBytes(LARGEST);
      requireFits(name, all.length == LARGEST && in.read() >= 0 ? LARGEST + 1L : all.length);
      byte[] text = Utf8.clean(name, all, lenient);
      TextCorpus corpus = new TextCorpus();
      corpus.add(name, List.of(new Document(name, text)));
      return corpus;
    } catch (IOException e) {
      throw RefrainException.disk(name + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static String below(Path folder, Path file) {
    return folder.relativize(file).toString().replace('\\', '/');
  }

  /** A text is one array, and Java has to have room for it. */
  private static void requireFits(String name, long bytes) {
    long heap = Runtime.getRuntime().maxMemory();
    RefrainException.require(
        bytes <= LARGEST,
        "%s: has %s bytes or more, expected at most %s (2 GiB) in a file; cut it into several files",
        name,
        bytes,
        LARGEST);
    RefrainException.require(
        bytes <= heap,
        "%s: has %s bytes, Java may take %s; give less text, or more memory:"
            + " REFRAIN_JAVA_OPTS=-Xmx%sg",
        name,
        bytes,
        heap,
        4 * bytes / (1 << 30) + 1);
  }

  private static List<Path> filesBelow(Path folder) throws IOException {
    List<Path> files = new ArrayList<>();
    Files.walkFileTree(
        folder,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (failure instanceof FileSystemLoopException) {
              throw RefrainException.badInput(
                  file + ": is a link to a folder that it lies in; remove the link");
            }
            throw failure;
          }

          @Override
          public FileVisitResult preVisitDirectory(Path entered, BasicFileAttributes attributes) {
            return !entered.equals(folder) && isHidden(entered)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (!isHidden(file) && Files.isRegularFile(file)) {
              files.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    files.sort(IN_ORDER);
    return files;
  }

  private static byte[] unixBytes(Path file) {
    return file.toString().replace('\\', '/').getBytes(StandardCharsets.UTF_8);
  }

  private static boolean isHidden(Path path) {
    return String.valueOf(path.getFileName()).startsWith(".");
  }

  @Override
  public String name() {
    return "text";
  }

  @Override
  public String fingerprint() {
    if (fingerprint == null) {
      Sha256 hash = new Sha256();
      forEach(document -> hash.add(document.text()));
      fingerprint = Sha256.hex(hash.finish());
    }
    return fingerprint;
  }

  /** SHA-256, hexadecimal, of each file's text, or of the texts of its documents, by its name. */
  public SortedMap<String, String> hashes() {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Source source : sources) {
      if (source.documents.size() == 1) {
        byte[] text = source.documents.getFirst().text();
        hashes.put(source.name, Sha256.hex(Sha256.of(text)));
      } else if (!source.documents.isEmpty()) {
        Sha256 all = new Sha256();
        source.documents.forEach(document -> all.add(document.text()));
        hashes.put(source.name, Sha256.hex(all.finish()));
      }
    }
    return hashes;
  }

  @Override
  public void forEach(Consumer<Document> action) {
    sources.forEach(source -> source.documents.forEach(action));
  }
}
