package refrain.draw;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import refrain.draw.Table.Cell;
import refrain.draw.Table.Column;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Heatmap;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.ScatterPlot;
import refrain.draw.chart.Series;

/** Writes a page and its figures with invented curves into a folder, to look at the design. */
public final class ReportDemo {
  private static final String MADE_BY = "refrain reproduce --seeds 3 --out runs/demo";

  private ReportDemo() {}

  public static void main(String[] args) throws IOException {
    Path out = Files.createDirectories(Path.of(args.length > 0 ? args[0] : "target/report-demo"));
    Files.writeString(out.resolve("report.html"), page().html());
    List<Figure> figures =
        List.of(loss(), prefixMatching(), grid(), pattern(48), large(), dates(), scatter());
    for (int i = 0; i < figures.size(); i++) {
      Files.writeString(out.resolve("figure-" + (i + 1) + ".svg"), figures.get(i).svg());
    }
  }

  public static Page page() {
    List<Block> opening =
        List.of(
            new Block.Tabled(
                verdicts(),
                "Each claim with the bar fixed before the run, the estimate over seeds with a 95 %"
                    + " interval, and its negative control.",
                MADE_BY));
    List<Block> curves =
        List.of(
            new Block.Paragraph(
                "Two-layer models learn the bigram table first; then, within a tenth of training,"
                    + " a head in layer 1 begins to attend to the token *after* the earlier"
                    + " occurrence, and the loss late in the context falls. Scores are read at"
                    + " `blocks.1.attn.hook_pattern`."),
            new Block.Claim(
                Badge.HOLDS,
                "",
                "The ICL score moves by at least 1.2 nats within 10 % of training."),
            new Block.Figured(
                loss(),
                "Training loss of one seed of each variant, with the range over seeds shaded. The"
                    + " one-layer model has no bump.",
                MADE_BY),
            new Block.Figured(
                prefixMatching(),
                "Best prefix-matching score, every seed a line. The dotted line is the bar.",
                MADE_BY),
            new Block.Figured(grid(), "The same, one panel a variant.", MADE_BY),
            new Block.Note(
                "One seed of two layers smeared from position 0 formed its heads 14 % after the"
                    + " control; the claim allows 20 %, and three seeds do not decide it."));
    List<Block> heads =
        List.of(
            new Block.Paragraph("The head found, on a repeated sequence of random tokens."),
            new Block.Figured(
                pattern(24),
                "Attention of L1H2. Outlined: the token after the earlier occurrence.",
                MADE_BY),
            new Block.Figured(large(), "The same head over 160 tokens.", MADE_BY));
    List<Block> when =
        List.of(new Block.Figured(dates(), "Formation step of each variant.", MADE_BY));
    return new Page(
        "A phase change on a laptop",
        "In-context learning and induction heads in small transformers",
        "In all 3 two-layer runs the best prefix-matching score rises from 0.06 to 0.90 within 90"
            + " steps, and no one-layer run leaves 0.07. Smearing the keys by one position gives a"
            + " single layer the same score; smearing them from two positions back does not.",
        new Page.Provenance(
            MADE_BY,
            "2026-11-22 22:40 UTC",
            "2 cores of an example processor, 24 GiB",
            List.of("refrain 0.1.0", "Java 25.0.3", "Linux 6.1"),
            List.of(
                "2L-seed0-a91f03",
                "2L-seed1-77c2d0",
                "1L-seed0-5b10ee",
                "1L-smeared-seed0-c0ffee")),
        List.of(
            new Page.Section("Verdicts", opening),
            new Page.Section("Curves over training", curves),
            new Page.Section("The head that was found", heads),
            new Page.Section("When the heads form", when)));
  }

  public static Table verdicts() {
    List<Column> columns =
        List.of(
            Column.text("Claim"),
            Column.text("Bar"),
            Column.number("Estimate", "nats"),
            Column.text("Control"),
            Column.number("n", ""),
            Column.text("Verdict"));
    List<List<Cell>> rows =
        List.of(
            List.of(
                new Table.Text("Two layers: ICL moves within 10 % of training"),
                new Table.Text(">= 1.2"),
                new Table.Interval(2.31, 2.18, 2.47, 2),
                new Table.Text("1 layer: 0.04"),
                new Table.Number(12, 0),
                new Table.Verdict(Badge.HOLDS, "")),
            List.of(
                new Table.Text("Two layers smeared from position 0: within 20 % of the control"),
                new Table.Text("<= 0.20"),
                new Table.Interval(0.14, -0.03, 0.31, 2),
                new Table.Text("none"),
                new Table.Number(3, 0),
                new Table.Verdict(Badge.UNDECIDED, "(n = 3)")),
            List.of(
                new Table.Text("Two layers smeared from `i-2` form the usual head"),
                new Table.Text(">= 0.7"),
                new Table.Interval(0.02, 0.01, 0.03, 2),
                new Table.Text("2 layers: 0.90"),
                new Table.Number(12, 0),
                new Table.Verdict(Badge.PAPER_REFUTED, "")));
    return new Table(columns, rows);
  }

  private static final String[] VARIANTS = {
    "2L", "1L", "1L-smeared", "2L-smeared", "1L-smeared-from-2", "2L-smeared-from-0"
  };
  private static final double[] MIDDLE = {430, 1e6, 140, 120, 1e6, 460};

  private static Line run(int variant, int seed, double from, double to, double noise) {
    SplittableRandom random = new SplittableRandom(97L * variant + seed);
    int n = 181;
    double[] x = new double[n];
    double[] y = new double[n];
    double middle = MIDDLE[variant] + 30 * (random.nextDouble() - 0.5) * 2;
    for (int i = 0; i < n; i++) {
      x[i] = 5 * i;
      double rise = 1 / (1 + Math.exp(-(x[i] - middle) / 18));
      y[i] = from + (to - from) * rise + noise * (random.nextDouble() - 0.5);
    }
    return Line.of(x, y);
  }

  private static double[] xs(Line line) {
    double[] v = new double[line.size()];
    Arrays.setAll(v, line::x);
    return v;
  }

  public static LineChart loss() {
    List<Series> series = new ArrayList<>();
    for (int v : new int[] {0, 1, 2}) {
      Line line = run(v, 0, 0, -1.5, 0.08);
      double[] x = xs(line);
      double[] y = new double[x.length];
      double[] lo = new double[x.length];
      double[] hi = new double[x.length];
      for (int i = 0; i < x.length; i++) {
        y[i] = 3.5 + 1.4 * Math.exp(-x[i] / 60) + line.y(i);
        lo[i] = y[i] - 0.12;
        hi[i] = y[i] + 0.12;
      }
      series.add(Series.line(VARIANTS[v], v, x, y).withBand(x, lo, hi));
    }
    return new LineChart(
        "Training loss",
        "Loss over training steps for three variants; two layers fall late, one layer does not.",
        Axis.linear("training step", ""),
        Axis.linear("loss", "nats"),
        series,
        List.of(
            new Event(430, 408, 455, "2L: heads form at 430 [408, 455]"),
            new Event(140, 128, 150, "1L-smeared: 140 [128, 150]")),
        List.of());
  }

  private static Series seeds(int v) {
    List<Line> lines = new ArrayList<>();
    for (int seed = 0; seed < 3; seed++) {
      boolean forms = MIDDLE[v] < 1e5;
      lines.add(run(v, seed, 0.055, forms ? 0.93 - 0.05 * (v % 3) : 0.06, 0.02));
    }
    return Series.seeds(VARIANTS[v], v, lines);
  }

  public static LineChart prefixMatching() {
    List<Series> series = new ArrayList<>();
    for (int v = 0; v < VARIANTS.length; v++) {
      series.add(seeds(v));
    }
    return new LineChart(
        "Best prefix-matching head",
        "Best prefix-matching score over training for six variants and three seeds each.",
        Axis.linear("training step", ""),
        Axis.linear("prefix-matching score", "").from(0, 1),
        series,
        List.of(),
        List.of(new Level(0.7, "bar: 0.7")));
  }

  public static LineGrid grid() {
    List<LineChart> panels = new ArrayList<>();
    for (int v = 0; v < VARIANTS.length; v++) {
      panels.add(
          new LineChart(
              VARIANTS[v],
              "",
              Axis.log("tokens", "").from(20_000, 3_700_000),
              Axis.linear("prefix matching", "").from(0, 1),
              List.of(
                  tokens(seeds(v)),
                  tokens(Series.seeds("previous token", 6, List.of(run(v, 9, 0.05, 0.4, 0.02))))),
              List.of(),
              List.of()));
    }
    return new LineGrid("Prefix matching by variant", "One panel a variant.", panels, 3);
  }

  private static Series tokens(Series steps) {
    List<Line> lines = new ArrayList<>();
    for (Line line : steps.lines()) {
      double[] x = new double[line.size()];
      double[] y = new double[line.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = line.x(i) * 4096;
        y[i] = line.y(i);
      }
      lines.add(Line.of(x, y));
    }
    String label = steps.label().equals("previous token") ? steps.label() : "prefix matching";
    return Series.seeds(label, steps.slot() == 6 ? 1 : 0, lines);
  }

  public static Heatmap pattern(int n) {
    int period = n / 2;
    String[] words = {
      " return", " int", "(", "x", " +", "\n", " <script>", " if", " 0x1F", ")", ";", " for"
    };
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tokens.add(words[i % period % words.length]);
    }
    return induction("L1H2 on a repeated sequence", tokens, period);
  }

  private static Heatmap induction(String title, List<String> tokens, int period) {
    int n = tokens.size();
    double[] p = new double[n * n];
    List<Heatmap.Cell> marks = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < n; i++) {
      int target = i - period + 1;
      double rest = target > 0 ? 0.12 : 0.95;
      double sum = 0;
      for (int j = 0; j <= i; j++) {
        p[i * n + j] = Math.pow(random.nextDouble(), 4) + (j == 0 ? 1 : 0);
        sum += p[i * n + j];
      }
      for (int j = 0; j <= i; j++) {
        p[i * n + j] *= rest / sum;
      }
      if (target > 0) {
        p[i * n + target] += 1 - rest;
        marks.add(new Heatmap.Cell(i, target));
      }
    }
    return new Heatmap(
        title,
        "A stripe one right of the period.",
        tokens,
        Heatmap.Pattern.of(p, n),
        n > 64 ? List.of() : marks);
  }

  public static Heatmap large() {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 160; i++) {
      tokens.add("t" + (i % 40));
    }
    return induction("L1H2 over 160 tokens", tokens, 40);
  }

  public static ScatterPlot scatter() {
    SplittableRandom random = new SplittableRandom(5);
    List<ScatterPlot.Group> groups = new ArrayList<>();
    for (int g = 0; g < 8; g++) {
      List<ScatterPlot.Point> points = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        double at = 100 * Math.exp(0.35 * g + 0.1 * random.nextGaussian());
        points.add(new ScatterPlot.Point(at, at * Math.exp(0.05 * random.nextGaussian())));
      }
      points.add(new ScatterPlot.Point(Double.NaN, 1));
      groups.add(new ScatterPlot.Group("perturbation " + g, g, points));
    }
    ScatterPlot.Point middle = new ScatterPlot.Point(350, 340);
    return new ScatterPlot(
        "Two dates under perturbation",
        "The change of the ICL score against that of prefix matching, a mark a run.",
        Axis.log("prefix matching", "steps"),
        Axis.log("ICL score", "steps"),
        groups,
        List.of(
            new ScatterPlot.Guide(new ScatterPlot.Point(350, 350), 1, "at once", true),
            new ScatterPlot.Guide(middle, 0.97, "slope 0.97", false)));
  }

  public static DotPlot dates() {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (int v = 0; v < VARIANTS.length; v++) {
      if (MIDDLE[v] > 1e5) {
        rows.add(DotPlot.Row.none(VARIANTS[v], v, "none formed (3 of 3 seeds)"));
      } else {
        double m = MIDDLE[v];
        rows.add(
            new DotPlot.Row(VARIANTS[v], v, m, m - 30, m + 35, List.of(m - 20, m - 5, m + 26), ""));
      }
    }
    return new DotPlot(
        "Formation step",
        "Formation step of each variant with a 95 % interval.",
        Axis.linear("training step", "").from(0, 600),
        rows,
        List.of(new Level(215, "half of the control")));
  }
}
