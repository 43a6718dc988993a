package refrain.watch.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.base.MaskedCrc;
import refrain.base.RefrainException;
import refrain.watch.follow.RunWatch;
import refrain.watch.follow.WatchOptions;

/**
 * Whatever bytes a log has, its reader gives rows or none, and throws nothing; the watch on top of
 * it refuses in a sentence. Ten thousand inputs a reader; {@code -Drefrain.fuzz=1000000} for more,
 * {@code -Drefrain.fuzz.seed=N} for others. What fails is kept in {@code target/fuzz}, and belongs
 * into {@code resources/logs/corpus} once it is understood.
 */
class ReadersFuzzTest {
  private static final int INPUTS = Integer.getInteger("refrain.fuzz", 10_000);
  private static final long SEED = Long.getLong("refrain.fuzz.seed", 41);
  private static final Pattern BY_NAME =
      Pattern.compile("step\\D+(?<step>\\d+).*?(?<loss>[-.\\d]+)");

  private static final List<String> WORDS =
      List.of(
          "NaN",
          "nan",
          "-inf",
          "Infinity",
          "1e999",
          "-0",
          "1e-400",
          "9223372036854775808",
          "step",
          "loss",
          "{",
          "}",
          "[",
          "]",
          "\"",
          "'",
          ",",
          ":",
          "|",
          "\n",
          "\r\n",
          "\0",
          "\\",
          "\\u0000",
          "\uFEFF",
          "\u00FC",
          "null",
          "true",
          "{\"a\":",
          "[[[[[[[[",
          "log_history",
          "#{",
          "=",
          "%");

  private enum Target {
    EVENTS("events.txt", "events.out.tfevents.1622966509.duplicates"),
    LINES("lines.txt", "ih-L1.json"),
    CSV("csv.txt", "0.monitor.csv"),
    TEXT("text.txt", "four-runs.txt"),
    TABLE("text.txt", "table.txt"),
    PATTERN("text.txt", "bad-batch.txt"),
    DOCUMENT("document.txt", "trainer_state.json"),
    /** Format told, rows read, metrics watched; of all corpora. */
    WATCHED("", "");

    final String corpus;
    final String log;

    Target(String corpus, String log) {
      this.corpus = corpus;
      this.log = log;
    }
  }

  @ParameterizedTest
  @EnumSource(Target.class)
  void noBytesThrow(Target target) throws IOException {
    List<byte[]> corpus = corpus(target);
    for (byte[] input : corpus) {
      read(target, input, -1);
    }
    Random random = new Random(SEED);
    for (int k = 0; k < INPUTS; k++) {
      byte[] input = mutated(corpus, random);
      if (random.nextInt(3) > 0 && (target == Target.EVENTS || target == Target.WATCHED)) {
        input = checked(input, random);
      }
      read(target, input, k);
    }
  }

  private static void read(Target target, byte[] input, int k) throws IOException {
    try {
      switch (target) {
        case EVENTS -> fed(LogFormat.TENSORBOARD, input);
        case LINES -> fed(LogFormat.JSON_LINES, input);
        case CSV -> fed(LogFormat.CSV, input);
        case TEXT, TABLE -> fed(LogFormat.TEXT, input);
        case PATTERN -> fed(LogFormat.PATTERN, input);
        case DOCUMENT ->
            assertThat(new JsonDocumentReader(row -> {}).read(new ByteArrayInputStream(input)))
                .isNotNull();
        case WATCHED -> watched(input);
      }
    } catch (RuntimeException | Error e) {
      Path kept = Files.createDirectories(Path.of("target/fuzz")).resolve(target + "-" + k);
      Files.write(kept, input);
      throw new AssertionError(
          "%s, seed %s, input %s (-1: of the corpus) is kept in %s"
              .formatted(target, SEED, k, kept),
          e);
    }
  }

  private static void fed(LogFormat format, byte[] input) {
    RowReader reader = format.reader(row -> {}, BY_NAME);
    int cut = input.length / 2;
    reader.feed(input, 0, cut);
    reader.feed(input, cut, input.length);
    reader.end();
    assertThat(reader.counts().bytes()).isEqualTo(input.length);
  }

  /** As {@code watch} does, but that it is no file. */
  private static void watched(byte[] input) {
    try {
      Optional<LogFormat> format =
          LogFormat.of(
              Arrays.copyOf(input, Math.min(input.length, LogFormat.HEAD)), "x", true, "x");
      if (format.isEmpty()) {
        return;
      }
      RunWatch watch = new RunWatch(new Given(format.get(), input), WatchOptions.DEFAULT, e -> {});
      watch.poll();
      watch.end();
    } catch (RefrainException e) {
      assertThat(e.kind()).isIn(RefrainException.Kind.BAD_FILE, RefrainException.Kind.BAD_INPUT);
      assertThat(e).hasMessageStartingWith("x");
    }
  }

  /** A log that is all there. */
  private record Given(LogFormat format, byte[] input) implements LogSource {
    @Override
    public String name() {
      return "x";
    }

    @Override
    public String found() {
      return format.name();
    }

    @Override
    public boolean poll(RowSink sink) {
      if (format == LogFormat.JSON_DOCUMENT) {
        try {
          new JsonDocumentReader(sink).read(new ByteArrayInputStream(input));
        } catch (IOException e) {
          throw new AssertionError(e);
        }
        return true;
      }
      RowReader reader = format.reader(sink, BY_NAME);
      reader.feed(input, 0, input.length);
      reader.end();
      return true;
    }

    @Override
    public void end(RowSink sink) {}

    @Override
    public LogCounts counts() {
      return LogCounts.NONE;
    }
  }

  private static List<byte[]> corpus(Target target) throws IOException {
    List<byte[]> corpus = new ArrayList<>();
    for (Target each : Target.values()) {
      if (each != Target.WATCHED && (each == target || target == Target.WATCHED)) {
        String lines = new String(resource("corpus/" + each.corpus), StandardCharsets.UTF_8);
        lines.lines().map(ReadersFuzzTest::unescaped).forEach(corpus::add);
        byte[] log = resource(each.log);
        if (each == Target.LINES) {
          String text = new String(log, StandardCharsets.UTF_8).replace("}, {", "}\n{");
          log = text.getBytes(StandardCharsets.UTF_8);
        }
        corpus.add(log);
        corpus.add(log); // a third of the inputs or so come from a real one
      }
    }
    return corpus;
  }

  private static byte[] resource(String name) {
    try (InputStream in = ReadersFuzzTest.class.getResourceAsStream("/logs/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] unescaped(String line) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c != '\\') {
        out.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
        continue;
      }
      char next = line.charAt(++i);
      switch (next) {
        case 'n' -> out.write('\n');
        case 'r' -> out.write('\r');
        case 't' -> out.write('\t');
        case 'x' -> {
          out.write(Integer.parseInt(line, i + 1, i + 3, 16));
          i += 2;
        }
        default -> out.write(next);
      }
    }
    return out.toByteArray();
  }

  /** A piece of one, perhaps with a piece of another behind it, changed at up to eight places. */
  private static byte[] mutated(List<byte[]> corpus, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int pieces = 1 + random.nextInt(2); pieces > 0; pieces--) {
      byte[] all = corpus.get(random.nextInt(corpus.size()));
      int length = Math.min(all.length, 1 + random.nextInt(400));
      int from = random.nextInt(3) == 0 ? 0 : random.nextInt(all.length - length + 1);
      out.write(all, from, length);
    }
    byte[] bytes = out.toByteArray();
    for (int i = random.nextInt(9); i > 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] = (byte) random.nextInt(256);
        case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 2 -> bytes = spliced(bytes, at, at, word(random));
        case 3 ->
            bytes = spliced(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), "");
        default -> {
          int to = Math.min(bytes.length, at + 1 + random.nextInt(40));
          bytes = spliced(bytes, at, at, Arrays.copyOfRange(bytes, at, to));
        }
      }
    }
    return bytes;
  }

  private static String word(Random random) {
    return WORDS.get(random.nextInt(WORDS.size()));
  }

  private static byte[] spliced(byte[] bytes, int from, int to, String with) {
    return spliced(bytes, from, to, with.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] with) {
    byte[] all = new byte[bytes.length - (to - from) + with.length];
    System.arraycopy(bytes, 0, all, 0, from);
    System.arraycopy(with, 0, all, from, with.length);
    System.arraycopy(bytes, to, all, from + with.length, bytes.length - to);
    return all;
  }

  /** Records of TensorBoard whose checksums are right, so that what is in them is read. */
  private static byte[] checked(byte[] bytes, Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, 1 + random.nextInt(80));
      byte[] size = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(length).array();
      out.writeBytes(size);
      out.writeBytes(little(MaskedCrc.of(size, 0, 8)));
      // What follows a record's header in the corpus is a message.
      out.write(bytes, at, length);
      out.writeBytes(little(MaskedCrc.of(bytes, at, length)));
      at += length;
    }
    return out.toByteArray();
  }

  private static byte[] little(int crc) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(crc).array();
  }
}
