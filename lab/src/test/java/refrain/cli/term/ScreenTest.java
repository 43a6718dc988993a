package refrain.cli.term;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.cli.term.RunStatus.Curve;
import refrain.draw.chart.Line;
import refrain.train.RunProgress.State;

class ScreenTest {
  private static String screen(int width, int height) {
    return String.join("\n", lines(TerminalDemo.runs(1300), width, height)) + "\n";
  }

  private static List<String> lines(List<RunStatus> runs, int width, int height) {
    return Screen.render(runs, width, height, Glyphs.UNICODE).stream()
        .map(Screen.Row::text)
        .toList();
  }

  @Test
  void fits80Columns() {
    assertThat(screen(80, 16))
        .isEqualTo(
            """
            5 runs: 1 waiting, 2 running, 2 done   304k tokens/s   0:26 left
              run                              left   loss    ICL  prefix  head   training
            ✓ 2L seed 0             ███████    done   1.90  -2.60    0.86  L1H2   ▁▁▁▁▃▆▇▇▇▇
            ✓ 2L seed 1             ███████    done   1.90  -2.60    0.86  L1H2   ▁▁▁▁▂▆▇▇▇▇
            ▸ 1L seed 0             ███────    0:14   3.40  -0.40    0.06  L1H2   ▁▁▁▁▁
            ▸ 1L-smeared seed 0     ███────    0:14   1.90  -2.60    0.86  L1H2   ▁▃▆▇▇
            · 2L-smeared-f… seed 0  ───────              –      –       –

            1L seed 0
            prefix matching      0.06  loss (nats)          3.40  ICL (nats)          -0.40
            1.00│                      4.80│⢧                     -0.40│
                │                          │⠸⡄                         │
                │                          │ ⢱⡀                        │
            0.00│⠤⠤⠤⠤⠤⠤⠤⠤⠤             3.40│  ⠑⠦⢤⣀⣀⣀⣀             -0.40│⣀⣀⣀⣀⣀⣀⣀⣀⡀
                └────────── 900 steps      └────────── 900 steps       └───────── 900 steps
            """);
  }

  @Test
  void fits37Columns() {
    assertThat(screen(37, 14))
        .isEqualTo(
            """
            5 runs: 1 waiting, 2 running, 2 done
              run                   prefix  head
            ✓ 2L seed 0     ██████    0.86  L1H2
            ✓ 2L seed 1     ██████    0.86  L1H2
            ▸ 1L seed 0     ██▋───    0.06  L1H2
            ▸ 1L-sm…seed 0  ██▋───    0.86  L1H2
            · 2L-sm…seed 0  ──────       –
            """);
  }

  @Test
  void fits200Columns() {
    assertThat(screen(200, 15))
        .isEqualTo(
            """
            5 runs: 1 waiting, 2 running, 2 done   304k tokens/s   0:26 left
              run                       progress                            tok/s    left   loss\
                ICL  prefix  head   training    latest
            ✓ 2L seed 0                 ████████████████████████████  100%           done   1.90\
              -2.60    0.86  L1H2   ▁▁▁▁▃▆▇▇▇▇  phase change at step 430
            ✓ 2L seed 1                 ████████████████████████████  100%           done   1.90\
              -2.60    0.86  L1H2   ▁▁▁▁▂▆▇▇▇▇  phase change at step 450
            ▸ 1L seed 0                 ████████████▍───────────────   44%   152k    0:14   3.40\
              -0.40    0.06  L1H2   ▁▁▁▁▁
            ▸ 1L-smeared seed 0         ████████████▍───────────────   44%   152k    0:14   1.90\
              -2.60    0.86  L1H2   ▁▃▆▇▇       phase change at step 140
            · 2L-smeared-from-0 seed 0  ────────────────────────────    0%                     –\
                  –       –

            1L seed 0
            prefix matching                                         0.06  loss (nats)           \
                                              3.40  ICL (nats)                                  \
                       -0.40
            1.00│                                                         4.80│⠱⡀               \
                                                    -0.40│
                │                                                             │ ⠈⠑⢄             \
                                                         │
            0.00│⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠤⠄                                3.40│    ⠉⠑⠒⠢⠤⠤⠤⢄⣀⣀⣀⣀⣀\
            ⣀⣀⣀⣀⣀⣀⣀⡀                                -0.40│⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⡀
                └───────────────────────────────────────────── 900 steps      └─────────────────\
            ──────────────────────────── 900 steps       └──────────────────────────────────────\
            ────── 900 steps
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 37, 41, 60, 79, 80, 100, 133, 200})
  void neverExceedsTheTerminal(int width) {
    for (int height = 4; height < 40; height += 3) {
      for (Glyphs glyphs : Glyphs.values()) {
        List<Screen.Row> rows = Screen.render(TerminalDemo.runs(1300), width, height, glyphs);
        assertThat(rows.size()).isLessThanOrEqualTo(height);
        assertThat(rows).allMatch(row -> row.text().length() <= width);
        if (glyphs == Glyphs.ASCII) {
          assertThat(rows).allMatch(row -> row.text().chars().allMatch(c -> c >= 32 && c < 127));
        }
      }
    }
  }

  @Test
  void manyRunsShowTheRunningOnesAndCountTheRest() {
    List<RunStatus> runs = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      State state = i < 12 ? State.DONE : i < 14 ? State.RUNNING : State.WAITING;
      int step = i < 12 ? 900 : i < 14 ? 300 : 0;
      runs.add(TerminalDemo.status("run " + i, state, step, 430));
    }
    List<String> lines = lines(runs, 80, 24);
    assertThat(lines).hasSizeLessThanOrEqualTo(24);
    assertThat(lines.get(0)).startsWith("30 runs: 16 waiting, 2 running, 12 done   304k tokens/s");
    assertThat(lines).anyMatch(l -> l.contains("run 12")).anyMatch(l -> l.contains("run 13"));
    assertThat(lines).anyMatch(l -> l.matches("  and \\d+ waiting, \\d+ done"));
  }

  @Test
  void namesCannotMoveTheCursor() {
    RunStatus run = TerminalDemo.waiting("a\u001b[2Jb\n", 10);
    assertThat(lines(List.of(run), 60, 10)).anyMatch(l -> l.startsWith("· a?[2Jb?"));
  }

  @Test
  void noRunsAreNoLines() {
    assertThat(lines(List.of(), 80, 24)).isEmpty();
  }

  @Test
  void aStepIsOneStrokeOfBraille() {
    double[] x = {0, 1, 2, 3, 4, 5, 6, 7};
    double[] y = {0, 0, 0, 0, 1, 1, 1, 1};
    Curve curve = Curve.of("step", Line.of(x, y));
    List<String> chart = Plot.chart(curve, 7, 9, 2, Glyphs.UNICODE);
    assertThat(chart).containsExactly("step 1.00", "1.00│  ⡏⠉", "0.00│⣀⣀⠇ ", "    └ 7 …");
  }

  @Test
  void sparkLeavesTheFutureBlank() {
    double[] x = {0, 10, 20, 30, 40};
    double[] y = {0, 0.25, 0.5, 0.75, 1};
    Curve curve = new Curve("c", Line.of(x, y), 0, 1);
    assertThat(Plot.spark(curve, 90, 10, Glyphs.UNICODE)).isEqualTo("▁▃▅▆█     ");
    assertThat(Plot.spark(curve, 90, 10, Glyphs.ASCII)).isEqualTo("_,=+#     ");
  }

  @Test
  void curvesWithGapsAndWithoutPointsDraw() {
    double[] y = new double[5];
    Arrays.fill(y, Double.NaN);
    Curve gaps = Curve.of("c", Line.of(new double[] {0, 1, 2, 3, 4}, y));
    assertThat(Plot.chart(gaps, 4, 20, 3, Glyphs.UNICODE))
        .hasSize(5)
        .allMatch(l -> l.length() == 20);
    Curve none = Curve.of("c", Line.of(new double[0], new double[0]));
    assertThat(Plot.spark(none, 0, 4, Glyphs.UNICODE)).isEqualTo("    ");
  }

  @Test
  void progressBarsGoByEighths() {
    assertThat(Glyphs.UNICODE.progress(0, 4)).isEqualTo("────");
    assertThat(Glyphs.UNICODE.progress(1, 4)).isEqualTo("████");
    assertThat(Glyphs.UNICODE.progress(0.5 + 1 / 32.0, 4)).isEqualTo("██▏─");
    assertThat(Glyphs.UNICODE.progress(2, 4)).isEqualTo("████");
    assertThat(Glyphs.ASCII.progress(0.6, 5)).isEqualTo("###..");
  }

  @Test
  void figuresAreShort() {
    Glyphs g = Glyphs.UNICODE;
    assertThat(Figures.count(950, g)).isEqualTo("950");
    assertThat(Figures.count(999.6, g)).isEqualTo("1.00k");
    assertThat(Figures.count(15_234, g)).isEqualTo("15.2k");
    assertThat(Figures.count(152_340, g)).isEqualTo("152k");
    assertThat(Figures.count(1_523_400, g)).isEqualTo("1.52M");
    assertThat(Figures.duration(7.2, g)).isEqualTo("0:08");
    assertThat(Figures.duration(3900, g)).isEqualTo("1h05");
    assertThat(Figures.duration(Double.NaN, g)).isEqualTo("–");
    assertThat(Figures.two(-0.001, g)).isEqualTo("0.00");
  }
}
