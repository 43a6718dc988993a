package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.RefrainException;

class MetricsLogTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("metrics.jsonl");
  }

  private void writeSteps(long... steps) {
    try (MetricsLog log = MetricsLog.open(file, Long.MAX_VALUE)) {
      for (long step : steps) {
        log.append(MetricsRow.at(step).put("loss", 1.0 / (1 + step)));
      }
    }
  }

  private void appendText(String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  /** However a row is laid out, what is read of it alone is what is read of all of it. */
  @Test
  void someNumbersAreReadAsAllAre() throws IOException {
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.append(MetricsRow.at(0).put("loss", Double.NaN).put("list", new double[] {1, 2}));
      log.append(MetricsRow.at(1).put("pm.best", 0.25).put("loss", -1e-300).put("x", 3));
      log.append(MetricsRow.at(2).put("a,b", 1).put("lossy", 2).put("pm", 5));
    }
    appendText("{\"step\": 3, \"loss\" : 7, \"list\": [1, \"NaN\"]}\n");
    appendText("{\"list\":[\"Infinity\",2],\"step\":4,\"l\\u006fss\":\"-Infinity\"}\n");
    appendText("{\"step\":5,\"loss\":[1],\"pm.best\":1.5e3}\n{\"step\":6,\"loss\":1");
    Set<String> names = Set.of("loss", "pm.best");
    List<MetricsRow> some = MetricsSkim.read(file, names);
    List<MetricsRow> all = MetricsLog.read(file);
    assertThat(some).hasSameSizeAs(all);
    for (int i = 0; i < all.size(); i++) {
      assertThat(some.get(i).step()).isEqualTo(all.get(i).step());
      for (String name : names) {
        assertThat(Double.valueOf(some.get(i).value(name)))
            .as(name + i)
            .isEqualTo(Double.valueOf(all.get(i).value(name)));
      }
      assertThat(names).containsAll(some.get(i).values().keySet());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"step\":2,\"loss\":x} | line 3",
        "{\"step\":2,\"loss\":\"1\"} | line 3: metric 'loss' is \"1\", expected a number",
        "{\"step\":2,\"loss\":1 | line 3",
        "{\"step\":2,\"loss\":1,\"loss\":1} | line 3",
        "{\"step\":1} | line 3: step 1 after step 1, expected a later one",
        "garbage | line 3",
      })
  void whatIsNoRowIsRefusedAlsoWhereSomeNumbersAreRead(String line, String message)
      throws IOException {
    writeSteps(0, 1);
    appendText(line + "\n");
    assertThatThrownBy(() -> MetricsSkim.read(file, Set.of("loss")))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("metrics.jsonl: " + message);
  }

  @Test
  void printsEveryBitAndReadsItBack() throws IOException {
    double[] odd = {
      0.1,
      -0.0,
      1e-300,
      Double.MIN_VALUE,
      Double.MAX_VALUE,
      4096,
      0x1p60,
      1.0 / 3,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    SplittableRandom random = new SplittableRandom(3);
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.append(MetricsRow.at(0).put("tokens", 4096).put("loss", Double.NaN).put("odd", odd));
      for (int step = 1; step < 500; step++) {
        double any = Double.longBitsToDouble(random.nextLong());
        log.append(MetricsRow.at(step).put("x", any).put("f", (double) random.nextFloat()));
      }
    }
    assertThat(Files.readAllLines(file).getFirst())
        .isEqualTo(
            "{\"step\":0,\"tokens\":4096,\"loss\":\"NaN\",\"odd\":[0.1,-0.0,1.0E-300,4.9E-324,"
                + "1.7976931348623157E308,4096,1.152921504606847E18,0.3333333333333333,\"NaN\","
                + "\"Infinity\",\"-Infinity\"]}");
    MetricsTable table = MetricsTable.read(file);
    assertThat(table.lists("odd").values()[0]).containsExactly(odd);
    assertThat(table.rows().getFirst().value("loss")).isNaN();
    random = new SplittableRandom(3);
    for (MetricsRow row : table.rows().subList(1, 500)) {
      double any = Double.longBitsToDouble(random.nextLong());
      assertThat(Double.doubleToLongBits(row.value("x"))).isEqualTo(Double.doubleToLongBits(any));
      assertThat(row.value("f")).isEqualTo(random.nextFloat());
    }
  }

  @Test
  void givesSeriesAndLists() {
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.append(MetricsRow.at(1).put("loss", 3).put("icl", -.5));
      log.append(MetricsRow.at(2).put("loss", 2));
      log.append(
          MetricsRow.at(5).put("loss", 1).put("icl", -1).put("byIndex", new double[] {1, 2}));
    }
    MetricsTable table = MetricsTable.read(file);
    assertThat(table.steps()).containsExactly(1, 2, 5);
    assertThat(table.names()).containsExactly("loss", "icl");
    assertThat(table.series("icl").steps()).containsExactly(1, 5);
    assertThat(table.series("icl").values()).containsExactly(-.5, -1);
    assertThat(table.lists("byIndex").steps()).containsExactly(5);
    assertThatThrownBy(() -> table.series("ICL"))
        .isInstanceOf(RefrainException.class)
        .hasMessage("metrics.jsonl: no metric 'ICL'; it has icl, loss");
  }

  @Test
  void ignoresAPartialLastLineAndCutsItBeforeAppending() throws IOException {
    writeSteps(1, 2, 3);
    appendText("{\"step\":4,\"lo");
    assertThat(MetricsTable.read(file).steps()).containsExactly(1, 2, 3);
    writeSteps(4);
    assertThat(MetricsTable.read(file).steps()).containsExactly(1, 2, 3, 4);
  }

  @ParameterizedTest
  @CsvSource({"-1, 0", "0, 0", "2, 2", "3, 2", "4, 3", "9, 3"})
  void cutsTheRowsAfterAStep(long step, int kept) throws IOException {
    writeSteps(1, 2, 4);
    appendText("{\"st");
    MetricsLog.open(file, step).close();
    assertThat(MetricsTable.read(file).steps()).hasSize(kept);
    assertThat(Files.readString(file)).doesNotContain("{\"st\n").doesNotEndWith("st");
    MetricsLog.open(file, step).close();
    assertThat(MetricsTable.read(file).steps()).hasSize(kept);
  }

  @Test
  void namesTheLineThatIsNotARow() throws IOException {
    writeSteps(1, 2);
    appendText("garbage\n{\"step\":3,\"loss\":1}\n");
    assertThatThrownBy(() -> MetricsTable.read(file))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("metrics.jsonl: line 3:1:");
    assertThatThrownBy(() -> MetricsLog.open(file, 3).close())
        .hasMessageStartingWith("metrics.jsonl: line 3:1:");
    // What comes after the step to keep is not needed, so garbage there stops nobody.
    MetricsLog.open(file, 2).close();
    assertThat(MetricsTable.read(file).steps()).containsExactly(1, 2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [1]                       | metrics.jsonl: line 2: expected an object with a whole "step" >= 0
          {"loss":1}                | metrics.jsonl: line 2: expected an object with a whole "step" >= 0
          {"step":1.5}              | metrics.jsonl: line 2: expected an object with a whole "step" >= 0
          {"step":2,"loss":"high"}  | metrics.jsonl: line 2: metric 'loss' is "high", expected a number
          {"step":2,"loss":null}    | metrics.jsonl: line 2: metric 'loss' is null, expected a number
          {"step":1,"loss":3}       | metrics.jsonl: line 2: step 1 after step 1, expected a later one
          """)
  void refusesRowsThatAreNone(String line, String message) throws IOException {
    writeSteps(1);
    appendText(line + "\n");
    assertThatThrownBy(() -> MetricsTable.read(file)).hasMessageStartingWith(message);
  }

  @Test
  void refusesAStepThatDoesNotFollow() {
    try (MetricsLog log = MetricsLog.open(file, -1)) {
      log.append(MetricsRow.at(7));
      assertThatThrownBy(() -> log.append(MetricsRow.at(7)))
          .hasMessageEndingWith("row of step 7 after the row of step 7");
    }
    assertThatThrownBy(() -> MetricsRow.at(1).put("a", 1).put("a", 2))
        .hasMessage("metric 'a' is already in the row");
  }

  @Test
  void theTailSeesCompleteRowsOnceAndNoticesAResume() throws IOException {
    MetricsTail tail = new MetricsTail(file);
    assertThat(tail.poll().rows()).isEmpty();
    writeSteps(1, 2);
    appendText("{\"step\":3,");
    assertThat(tail.poll().rows()).extracting(MetricsRow::step).containsExactly(1L, 2L);
    appendText("\"loss\":1}\n");
    assertThat(tail.poll().rows()).extracting(MetricsRow::step).containsExactly(3L);
    assertThat(tail.poll()).isEqualTo(new MetricsTail.Update(false, java.util.List.of()));

    MetricsLog.open(file, 1).close();
    writeSteps(2, 4, 5, 6);
    MetricsTail.Update update = tail.poll();
    assertThat(update.restarted()).isTrue();
    assertThat(update.rows()).extracting(MetricsRow::step).containsExactly(1L, 2L, 4L, 5L, 6L);
    Files.delete(file);
    assertThat(tail.poll().restarted()).isTrue();
  }
}
