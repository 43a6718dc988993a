package refrain.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.Repository;
import refrain.data.Rng;
import refrain.pretrained.pickle.TorchFile;
import refrain.pretrained.token.TokenizerJson;
import refrain.pretrained.weights.SafeTensorsWeights;
import refrain.pretrained.weights.StoredTensors;
import refrain.store.Json;

/**
 * Every reader on damaged inputs: an answer or a typed refusal. The corpus in {@code
 * src/test/resources/fuzz} holds whole inputs and those that a reader once failed on; each is read
 * as it is, then damaged again and again, {@code -Drefrain.fuzz=1000000} inputs a reader.
 */
class FuzzTest {
  private static final Path CORPUS = Repository.ROOT.resolve("lab/src/test/resources/fuzz");
  private static final Path FAILED = Repository.ROOT.resolve("lab/target/fuzz");
  private static final int INPUTS = Integer.getInteger("refrain.fuzz", 10_000);

  /** No corpus needs more elements in a tensor; what is announced beyond has to be refused. */
  private static final long MOST = 1 << 20;

  @TempDir Path temp;
  private final Map<String, Path> folders = new HashMap<>();

  /** What reads a kind of files. */
  enum Reader {
    SAFETENSORS,
    GGUF,
    PICKLE,
    TOKENIZER,
    CONFIG;

    Path corpus() {
      return CORPUS.resolve(name().toLowerCase(Locale.ROOT));
    }
  }

  @ParameterizedTest
  @EnumSource
  void answersOrRefuses(Reader reader) throws IOException {
    List<Path> corpus;
    try (Stream<Path> files = Files.list(reader.corpus())) {
      corpus = files.sorted().toList();
    }
    assertThat(corpus).isNotEmpty();
    byte[][] whole = new byte[corpus.size()][];
    int answered = 0;
    for (int i = 0; i < whole.length; i++) {
      whole[i] = Files.readAllBytes(corpus.get(i));
      answered += read(reader, corpus.get(i), whole[i], "itself") ? 1 : 0;
    }
    assertThat(answered).as("whole ones that are read").isGreaterThan(0);
    Rng rng = Rng.of(16);
    for (int n = 0; n < INPUTS; n++) {
      int i = rng.nextInt(whole.length);
      read(reader, corpus.get(i), Fuzz.damaged(whole[i], rng), Integer.toString(n));
    }
  }

  private boolean read(Reader reader, Path from, byte[] input, String n) throws IOException {
    String name = from.getFileName().toString();
    try {
      return Fuzz.harmless(() -> {
        try {
          read(reader, name, input);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      });
    } catch (RuntimeException | Error e) {
      Path kept = FAILED.resolve(reader.corpus().getFileName()).resolve(n + "-" + name);
      Files.createDirectories(kept.getParent());
      Files.write(kept, input);
      throw new AssertionError(
          "%s, input %s of %s: kept as %s, which belongs into the corpus"
              .formatted(reader, n, from, kept),
          e);
    }
  }

  private void read(Reader reader, String name, byte[] input) throws IOException {
    switch (reader) {
      case SAFETENSORS -> {
        try (StoredTensors tensors = SafeTensorsWeights.open(file(input))) {
          all(tensors);
        }
      }
      case GGUF -> {
        try (ModelOnDisk model = ModelOnDisk.open(file(input))) {
          model.within(32).parameters();
          model.tokenizer().ifPresent(tokenizer -> tokenizer.encode("abc <|x|> 1 \u00e9"));
        }
      }
      case PICKLE -> {
        byte[] whole = name.endsWith(".pkl") ? zipped(input) : input;
        try (StoredTensors tensors = TorchFile.open(file(whole))) {
          all(tensors);
        }
      }
      case TOKENIZER ->
          TokenizerJson.read(name, Json.parse(new String(input, UTF_8), name), Json.object())
              .encode("abc \u00e9<s> 1");
      case CONFIG -> {
        Path folder = folder(name.substring(0, name.indexOf('.')));
        write(folder.resolve("config.json"), input);
        try (ModelOnDisk model = ModelOnDisk.open(folder)) {
          model.within(32).parameters();
        }
      }
    }
  }

  /** A pickle as PyTorch packs it, beside a storage of two numbers. */
  private static byte[] zipped(byte[] pickle) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(all)) {
      out.setMethod(ZipOutputStream.STORED);
      put(out, "model/data.pkl", pickle);
      put(out, "model/data/0", new byte[8]);
    }
    return all.toByteArray();
  }

  private static void put(ZipOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 sum = new CRC32();
    sum.update(content);
    entry.setSize(content.length);
    entry.setCrc(sum.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }

  private Path file(byte[] input) throws IOException {
    return write(temp.resolve("input"), input);
  }

  /**
   * Written over: file systems take care to keep a file that is emptied first, which takes long.
   */
  private static Path write(Path file, byte[] input) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(input), 0);
      channel.truncate(input.length);
    }
    return file;
  }

  /** The weights of a small model, whose configuration is put beside them. */
  private Path folder(String model) throws IOException {
    Path known = folders.get(model);
    if (known != null) {
      return known;
    }
    Path folder = Files.createDirectories(temp.resolve(model));
    try (Stream<Path> files = Files.list(Golden.ROOT.resolve(model))) {
      for (Path file : files.toList()) {
        if (!file.getFileName().toString().equals("expected.safetensors")) {
          Files.copy(file, folder.resolve(file.getFileName()));
        }
      }
    }
    folders.put(model, folder);
    return folder;
  }

  private static void all(StoredTensors tensors) {
    for (String name : tensors.names()) {
      int[] shape = tensors.shape(name);
      long elements = Arrays.stream(shape).asLongStream().reduce(1, Math::multiplyExact);
      assertThat(elements).isLessThan(MOST);
      int width = shape.length == 0 ? 1 : shape[shape.length - 1];
      int rows = width == 0 ? 0 : (int) (elements / width);
      tensors.rows(name, 0, rows, new float[(int) elements], 0);
    }
  }
}
