package refrain.watch.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;

class ReadersTest {
  private final List<String> rows = new ArrayList<>();
  private final RowSink sink = row -> rows.add(text(row));

  @TempDir private Path folder;

  private static String text(LogRow row) {
    StringBuilder text = new StringBuilder();
    if (!Double.isNaN(row.step())) {
      text.append('@').append(shown(row.step())).append(' ');
    }
    for (int i = 0; i < row.size(); i++) {
      text.append(i == 0 ? "" : ", ").append(row.name(i)).append('=').append(shown(row.value(i)));
    }
    return text.toString();
  }

  private static String shown(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.valueOf(value);
  }

  static byte[] sample(String name) {
    try (InputStream in = ReadersTest.class.getResourceAsStream("/logs/" + name)) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void read(LogFormat format, String text) {
    RowReader reader = format.reader(sink, null);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    reader.feed(bytes, 0, bytes.length);
    reader.end();
  }

  @Test
  void printedLinesAreRowsWhereTheyBeginWithAStep() {
    read(
        LogFormat.TEXT,
        """
        optimizer = Muon(lr=0.1, momentum=0.95)  # step 3
        for step in range(5): x = 3
        2024-06-01 13:55:23 INFO resnet-164 version 1.2.3 at 10.0.0.1
        s:12 trl:3.25
        step:6198/6200 train_loss:3.5308 train_time:1338639ms step_avg:216.33ms
        iter 3: loss 10.9389, time 306.15ms, mfu -100.00%
        step 0: train loss 10.9886, val loss nan
        INFO:root:Epoch[2] Batch [50]\tSpeed: 707.55 samples/sec\tTrain-accuracy=0.198750
         iteration      100/  500000 | consumed samples: 25600 | lm loss: 6.89E+00 | grad norm: inf |
        {'loss': 2.31, 'grad_norm': 0.5, 'learning_rate': 1e-05, 'epoch': 0.02}
        """);
    assertThat(rows)
        .containsExactly(
            "s=12, trl=3.25",
            "step=6198, train_loss=3.5308, train_time=1338639, step_avg=216.33",
            "iter=3, loss=10.9389, time=306.15, mfu=-100",
            "step=0, train_loss=10.9886, val_loss=NaN",
            "Epoch=2, Batch=50, Speed=707.55, Train-accuracy=0.19875",
            "iteration=100, consumed_samples=25600, lm_loss=6.89, grad_norm=Infinity",
            "loss=2.31, grad_norm=0.5, learning_rate=1.0E-5, epoch=0.02");
  }

  @Test
  void tablesOfKeysAndValuesAreARowEach() {
    read(
        LogFormat.TEXT,
        """
        -------------------------
        | epoch        | 0      |
        | test/success | 0.0625 |
        -------------------------
        Saving
        | epoch        | 1      |
        | test/success | 0.5    |
        | epoch        | 2      |
        | test/success | nan    |
        """);
    assertThat(rows)
        .containsExactly(
            "epoch=0, test/success=0.0625",
            "epoch=1, test/success=0.5",
            "epoch=2, test/success=NaN");
  }

  @Test
  void tablesHaveSparseCellsCommentsAndHeadingsAgain() {
    read(
        LogFormat.CSV,
        """
        #{"t_start": 1.5}
        ,step,"a, b",loss__MAX,lr
        0,10,,7,1e-3
        1,20,2.5,7,
        ,step,"a, b",loss__MAX,lr
        2,30,-inf,7,x
        3,40,1,2,3,4
        4,50,3\
        """);
    assertThat(rows)
        .containsExactly(
            "index=0, step=10, lr=0.001",
            "index=1, step=20, a, b=2.5",
            "index=2, step=30, a, b=-Infinity");
  }

  @Test
  void nestedObjectsAndListsAreNamedByTheirPaths() {
    read(
        LogFormat.JSON_LINES,
        """
        {"_meta": {"name": "x"}}
        {"step": 1, "eval": {"a": {"loss": 2.5, "note": "y"}}, "ind": [[0.5, 1], [2, 3]], "t": NaN}
        {"step": 2, "eval": {"a": {"loss": "3.5"}}, "ok": true, "none": null}
        {"step": 3
        [1]
        {"step": 4, "loss": 1}\
        """);
    assertThat(rows)
        .containsExactly(
            "step=1, eval/a/loss=2.5, ind/0/0=0.5, ind/0/1=1, ind/1/0=2, ind/1/1=3, ind/max=3, t=NaN",
            "step=2, eval/a/loss=3.5",
            "step=4, loss=1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "[{'a': 1}, {'a': 2}] ; a=1 | a=2",
        "{'best': null, 'log_history': [{'step': 5, 'loss': 2}], 'x': [1]} ; step=5, loss=2",
        "{'loss': [3, 2, null], 'step': [0, 1, 2], 'other': [1, 2]} ;"
            + " loss=3, step=0 | loss=2, step=1 | loss=NaN, step=2",
      })
  void documentsAreListsOfRowsOrColumns(String json, String expected) throws IOException {
    JsonDocumentReader.Read read =
        document(json.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
    assertThat(read.end()).isEqualTo(JsonDocumentReader.End.WHOLE);
    assertThat(String.join(" | ", rows)).isEqualTo(expected);
  }

  private JsonDocumentReader.Read document(byte[] bytes) throws IOException {
    return new JsonDocumentReader(sink).read(new ByteArrayInputStream(bytes));
  }

  @Test
  void aDocumentThatIsBeingWrittenIsCutAndNotBroken() throws IOException {
    byte[] whole = sample("ih-L1.json");
    assertThat(document(Arrays.copyOf(whole, 30_000)).end()).isEqualTo(JsonDocumentReader.End.CUT);
    assertThat(rows).hasSizeGreaterThan(50);
    assertThat(document("[{\"a\": 1}, oops]".getBytes(StandardCharsets.UTF_8)).end())
        .isEqualTo(JsonDocumentReader.End.BROKEN);
  }

  @Test
  void eventFilesAreReadAndDamageIsToldFromTruncation() {
    byte[] whole = sample("events.out.tfevents.1622966509.duplicates");
    RowReader reader = LogFormat.TENSORBOARD.reader(sink, null);
    reader.feed(whole, 0, whole.length - 5);
    assertThat(rows).hasSize(419);
    assertThat(rows.getFirst()).startsWith("@0 dup_steps/foo=1.49625658");
    assertThat(reader.counts().partial()).isPositive();
    assertThat(reader.counts().dropped()).isZero();
    rows.clear();
    byte[] damaged = whole.clone();
    damaged[5000] ^= 1;
    reader = LogFormat.TENSORBOARD.reader(sink, null);
    reader.feed(damaged, 0, damaged.length);
    assertThat(rows).hasSizeBetween(417, 419);
    assertThat(reader.counts().damaged()).isEqualTo(1);
    assertThat(reader.counts().partial()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "ih-L2.json, JSON_DOCUMENT",
    "trainer_state.json, JSON_DOCUMENT",
    "events.out.tfevents.1597470487.pong, TENSORBOARD",
    "four-runs.txt, TEXT",
    "bad-batch.txt, TEXT",
    "table.txt, TEXT",
    "0.monitor.csv, CSV",
  })
  void formatsAreTold(String file, LogFormat expected) {
    byte[] head = Arrays.copyOf(sample(file), Math.min(LogFormat.HEAD, sample(file).length));
    assertThat(LogFormat.of(head, file, false, file)).contains(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "log ; '{\"step\": 1, \"a\": [1, 2]}\n' ; JSON_LINES",
        "log ; '{\n' ; ",
        "log ; 'a,b\n1,2\n' ; CSV",
        "log ; 'a,b\n' ; ",
        "a.csv ; 'loss\n' ; CSV",
        "log ; '[12:30:01] hello\n[12:30:02] step 1 loss 2\n' ; TEXT",
        "log ; '{''loss'': 2}\n{''loss'': 1}\n' ; TEXT",
      })
  void shortHeadsAreToldOrWaitedFor(String name, String head, LogFormat expected) {
    assertThat(LogFormat.of(head.getBytes(StandardCharsets.UTF_8), name, false, name).orElse(null))
        .isEqualTo(expected);
  }

  @Test
  void binaryFilesAreRefusedWithWhatTheyAre() {
    for (String begin :
        List.of(":W&B\0\0\0", "\u001f\u008b\0", "SQLite format 3\0", "PK\3\4", "\0")) {
      byte[] head = begin.getBytes(StandardCharsets.ISO_8859_1);
      assertThatThrownBy(() -> LogFormat.of(head, "x", false, "x"))
          .isInstanceOf(RefrainException.class)
          .hasMessageStartingWith("x: is ");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 4096})
  void rowsDoNotDependOnHowTheBytesCome(int piece) {
    for (String file :
        List.of("events.out.tfevents.1622966509.duplicates", "four-runs.txt", "0.monitor.csv")) {
      byte[] bytes = sample(file);
      LogFormat format = LogFormat.of(bytes, file, true, file).orElseThrow();
      rows.clear();
      RowReader whole = format.reader(sink, null);
      whole.feed(bytes, 0, bytes.length);
      whole.end();
      List<String> expected = List.copyOf(rows);
      rows.clear();
      RowReader cut = format.reader(sink, null);
      for (int i = 0; i < bytes.length; i += piece) {
        cut.feed(bytes, i, Math.min(bytes.length, i + piece));
      }
      cut.end();
      assertThat(rows).isEqualTo(expected).isNotEmpty();
    }
  }

  @Test
  void aLineOfAnyLengthKeepsMemoryFlat() {
    RowReader reader = LogFormat.TEXT.reader(sink, null);
    byte[] chunk = new byte[1 << 20];
    Arrays.fill(chunk, (byte) 'a');
    for (int i = 0; i < 64; i++) {
      reader.feed(chunk, 0, chunk.length);
    }
    byte[] end = "\nstep 1 loss 2\n".getBytes(StandardCharsets.UTF_8);
    reader.feed(end, 0, end.length);
    assertThat(rows).containsExactly("step=1, loss=2");
    assertThat(reader.counts().firstDropped()).isEqualTo("line 1: is longer than 4 MB");
  }

  @Test
  void aFileThatGrowsIsCutOrReplacedIsFollowed() throws IOException {
    Path file = folder.resolve("log.txt");
    List<String> begun = new ArrayList<>();
    RowSink told =
        new RowSink() {
          @Override
          public void row(LogRow row) {
            rows.add(text(row));
          }

          @Override
          public void begunAgain(String why) {
            begun.add(why);
          }
        };
    LogFile log = new LogFile(file, null);
    assertThat(log.poll(told)).isFalse();
    Files.writeString(file, "step 1 loss 5\nstep 2 lo");
    assertThat(log.poll(told)).isTrue();
    assertThat(rows).containsExactly("step=1, loss=5");
    Files.writeString(file, "step 1 loss 5\nstep 2 loss 4\n");
    log.poll(told);
    assertThat(rows).containsExactly("step=1, loss=5", "step=2, loss=4");
    assertThat(log.poll(told)).isFalse();
    Files.writeString(file, "step 1 loss 5\n");
    log.poll(told);
    assertThat(begun).containsExactly("the file was cut");
    assertThat(rows).hasSize(3);
    Path other = folder.resolve("other");
    Files.writeString(other, "step 1 loss 7\nstep 2 loss 8\n");
    Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    log.poll(told);
    assertThat(begun).hasSize(2);
    assertThat(rows.subList(3, rows.size())).containsExactly("step=1, loss=7", "step=2, loss=8");
  }

  @Test
  void aTableThatIsWrittenAnewWithMoreColumnsIsNoOtherLog() throws IOException {
    Path file = folder.resolve("metrics.csv");
    LogFile log = new LogFile(file, null);
    Files.writeString(file, "step,loss\n1,5\n2,4\n");
    log.poll(sink);
    Files.writeString(file, "step,loss,val\n1,5,\n2,4,\n3,3,9\n");
    log.poll(sink);
    assertThat(rows).containsExactly("step=1, loss=5", "step=2, loss=4", "step=3, loss=3, val=9");
  }

  @Test
  void aDocumentThatGrowsGivesItsNewRows() throws IOException {
    Path file = folder.resolve("log.json");
    LogFile log = new LogFile(file, null);
    Files.writeString(file, "[{\"step\": 1}, {\"step\": 2}]");
    log.poll(sink);
    Files.writeString(file, "[{\"step\": 1}, {\"step\": 2}, {\"step\": 3}]");
    log.poll(sink);
    assertThat(rows).containsExactly("step=1", "step=2", "step=3");
    Files.writeString(
        file, "[{\"step\": 1}, nonsense, {\"step\": 3}, {\"step\": 4}, {\"step\": 5}]");
    assertThatThrownBy(() -> log.poll(sink))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("is no JSON at line 1");
  }

  @Test
  void foldersAreARunSeveralOrOneFileACheckpoint() throws IOException {
    Path run = Files.createDirectories(folder.resolve("a/run"));
    Files.write(
        run.resolve("events.out.tfevents.1.ü"),
        sample("events.out.tfevents.1622966509.duplicates"));
    assertThat(LogPlaces.find(folder.resolve("a"), null)).hasSize(1);
    Path latest = Files.createSymbolicLink(folder.resolve("latest"), run);
    assertThat(LogPlaces.find(latest, null))
        .singleElement()
        .satisfies(log -> assertThat(log.name()).startsWith(latest.toString()));
    Path evaluations = Files.createDirectories(folder.resolve("b"));
    for (int step : new int[] {1000, 16, 512}) {
      Files.writeString(
          evaluations.resolve("410m_step" + step + ".json"),
          "{\"results\": {\"lambada\": {\"acc\": 0." + step + "}}}");
    }
    LogPlaces.find(evaluations, null).getFirst().poll(sink);
    assertThat(rows)
        .containsExactly(
            "@16 results/lambada/acc=0.16",
            "@512 results/lambada/acc=0.512",
            "@1000 results/lambada/acc=0.1");
    Path many = Files.createDirectories(folder.resolve("c"));
    Files.writeString(many.resolve("x.log"), "");
    Files.writeString(many.resolve("y.log"), "");
    assertThatThrownBy(() -> LogPlaces.find(many, null))
        .hasMessage(many + ": holds 2 logs, name one: x.log, y.log");
    Path none = Files.createDirectories(folder.resolve("d"));
    assertThatThrownBy(() -> LogPlaces.find(none, null)).hasMessageContaining("holds no log");
  }

  @Test
  void patternsAreCheckedAndTheirGroupsAreColumns() throws IOException {
    Path file = folder.resolve("x");
    Files.writeString(file, "at 7 we have 2.5 (x)\nnothing\n");
    new LogFile(file, LogFile.pattern("at (?<step>\\d+) we have (?<loss>\\S+)")).poll(sink);
    assertThat(rows).containsExactly("step=7, loss=2.5");
    assertThatThrownBy(() -> LogFile.pattern("("))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("--pattern: ");
    assertThatThrownBy(() -> LogFile.pattern("x")).hasMessageContaining("named groups");
  }
}
