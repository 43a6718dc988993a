package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * Natural source code: the Java files of source archives, in the order of archive and entry names,
 * from the first token that is not a comment: the licence on top of every file repeats word for
 * word and would teach copying for the wrong reason.
 */
public final class JavaSources implements Corpus {
  /** The folder of corpora, set by the launcher; its subfolder {@code java} holds the jars. */
  public static final String FOLDER_PROPERTY = "refrain.corpora";

  private static final String CHECKSUMS = "/refrain/corpora/java-sources.sha256";

  private final Map<Path, String> archives;
  private final Predicate<String> wanted;

  /**
   * @param archives each with its SHA-256
   */
  private JavaSources(Map<Path, String> archives, Predicate<String> wanted) {
    this.archives = archives;
    this.wanted = wanted;
  }

  /**
   * The library sources that the build fetched, or else the {@code java.base} module in the running
   * JDK's {@code src.zip}.
   *
   * @throws RefrainException when there is neither, or a jar is not the one that was pinned
   */
  public static JavaSources find() {
    return find(corporaFolder(), Path.of(System.getProperty("java.home"), "lib", "src.zip"));
  }

  static JavaSources find(@Nullable Path corpora, Path jdkSources) {
    if (corpora != null && Files.isDirectory(corpora.resolve("java"))) {
      return pinned(corpora.resolve("java"), checksums());
    }
    if (Files.isRegularFile(jdkSources)) {
      return new JavaSources(
          Map.of(jdkSources, Sha256.hex(Sha256.of(bytes(jdkSources)))),
          entry -> entry.startsWith("java.base/"));
    }
    throw RefrainException.badInput(
        ("no Java sources to train on: neither the folder %s nor %s exists; run ./mvnw "
                + "-q -pl lab process-resources with network access, or use a JDK that comes "
                + "with src.zip")
            .formatted(
                corpora == null ? "target/corpora/java" : corpora.resolve("java"), jdkSources));
  }

  /** The jars of a folder that are listed with their SHA-256; every one must be there. */
  static JavaSources pinned(Path folder, Map<String, String> checksums) {
    Map<Path, String> archives = new LinkedHashMap<>();
    for (Map.Entry<String, String> pin : new TreeMap<>(checksums).entrySet()) {
      Path jar = folder.resolve(pin.getKey());
      String found = Sha256.hex(Sha256.of(bytes(jar)));
      if (!found.equals(pin.getValue())) {
        throw RefrainException.badFile(
            "%s: expected sha256 %s, found %s; delete the file and build again"
                .formatted(jar, pin.getValue(), found));
      }
      archives.put(jar, found);
    }
    return new JavaSources(archives, entry -> true);
  }

  /** Lines of a hash and a name, as sha256sum writes them. */
  private static Map<String, String> checksums() {
    Map<String, String> pins = new TreeMap<>();
    new String(Resources.read(CHECKSUMS), UTF_8)
        .lines()
        .filter(line -> !line.isBlank())
        .map(line -> line.split("\\s+\\*?", 2))
        .forEach(pin -> pins.put(pin[1], pin[0]));
    return pins;
  }

  /** Where the launcher says, or beside the jar or classes folder that this class came from. */
  private static @Nullable Path corporaFolder() {
    String set = System.getProperty(FOLDER_PROPERTY);
    if (set != null) {
      return Path.of(set);
    }
    CodeSource source = JavaSources.class.getProtectionDomain().getCodeSource();
    if (source == null) {
      return null;
    }
    try {
      return Path.of(source.getLocation().toURI()).resolveSibling("corpora");
    } catch (URISyntaxException e) {
      return null;
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw RefrainException.badFile(
          file + ": missing; build again with network access to fetch it", e);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public String name() {
    return "java";
  }

  @Override
  public String fingerprint() {
    Sha256 hash = new Sha256().add("java sources, leading comments cut");
    archives.values().forEach(hash::add);
    return Sha256.hex(hash.finish());
  }

  @Override
  public void forEach(Consumer<Document> action) {
    for (Path archive : archives.keySet()) {
      try (ZipFile zip = new ZipFile(archive.toFile())) {
        List<ZipEntry> entries = new ArrayList<>();
        zip.stream()
            .filter(entry -> entry.getName().endsWith(".java") && wanted.test(entry.getName()))
            .forEach(entries::add);
        entries.sort(Comparator.comparing(ZipEntry::getName));
        for (ZipEntry entry : entries) {
          String name = archive.getFileName() + "!" + entry.getName();
          // A stray byte in somebody else's comment is no reason to stop.
          byte[] text = Utf8.clean(name, zip.getInputStream(entry).readAllBytes(), true);
          byte[] code = Arrays.copyOfRange(text, endOfLeadingComments(text), text.length);
          if (code.length > 0) {
            action.accept(new Document(name, code));
          }
        }
      } catch (IOException e) {
        throw RefrainException.badFile(
            archive + ": not a readable source archive: " + e.getMessage() + "; build again", e);
      }
    }
  }

  /** The offset of the first byte that is neither white space nor in a comment. */
  static int endOfLeadingComments(byte[] text) {
    int i = 0;
    while (i < text.length) {
      if (text[i] == ' ' || (text[i] >= '\t' && text[i] <= '\r')) {
        i++;
      } else if (text[i] == '/' && i + 1 < text.length && text[i + 1] == '/') {
        while (i < text.length && text[i] != '\n') {
          i++;
        }
      } else if (text[i] == '/' && i + 1 < text.length && text[i + 1] == '*') {
        int body = i + 2;
        i = body;
        while (i < text.length && !(text[i] == '/' && i > body && text[i - 1] == '*')) {
          i++;
        }
        i = Math.min(text.length, i + 1);
      } else {
        break;
      }
    }
    return i;
  }
}
