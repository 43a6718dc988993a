package refrain.cli.term;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import refrain.cli.term.RunStatus.Curve;
import refrain.train.RunProgress.State;

/** Lays run statuses out as lines of text; a pure function of its arguments. */
final class Screen {
  /** How a line is set off where the terminal has styles. */
  enum Emphasis {
    PLAIN,
    STRONG,
    QUIET
  }

  /** A line of the screen. */
  record Row(String text, Emphasis emphasis) {}

  private static final int CHART_MIN = 24;
  private static final int GAP = 2;

  private final List<RunStatus> runs;
  private final int width;
  private final int height;
  private final Glyphs glyphs;
  private final List<Row> rows = new ArrayList<>();

  private Screen(List<RunStatus> runs, int width, int height, Glyphs glyphs) {
    this.runs = runs;
    this.width = Math.max(20, width);
    this.height = Math.max(4, height);
    this.glyphs = glyphs;
  }

  /**
   * The lines for {@code runs}, at most {@code height} of them, none longer than {@code width}
   * characters (never less than 20 by 4).
   */
  static List<Row> render(List<RunStatus> runs, int width, int height, Glyphs glyphs) {
    return new Screen(runs, width, height, glyphs).layOut();
  }

  private List<Row> layOut() {
    if (runs.isEmpty()) {
      return List.of();
    }
    RunStatus main = mainRun();
    boolean curves = !main.curves().isEmpty();
    // Rows of the chart's plot: what the table leaves, between 3 and 7; no chart in less room.
    int chart = curves ? Math.min(7, height - 7 - Math.min(runs.size(), 6)) : 0;
    if (chart < 3) {
      chart = 0;
    }
    int room = height - 2 - (chart > 0 ? chart + 4 : 0);
    add(summary(), Emphasis.STRONG);
    Columns columns = new Columns(runs, width, glyphs);
    add(columns.heading(), Emphasis.QUIET);
    List<RunStatus> shown = visible(room, main);
    for (RunStatus run : shown) {
      add(columns.row(run), run.name().equals(main.name()) ? Emphasis.STRONG : Emphasis.PLAIN);
    }
    if (shown.size() < runs.size()) {
      List<RunStatus> hidden = runs.stream().filter(r -> !shown.contains(r)).toList();
      add("  and " + counts(hidden), Emphasis.QUIET);
    }
    if (chart > 0) {
      add("", Emphasis.PLAIN);
      add(main.name(), Emphasis.STRONG);
      charts(main, chart);
    }
    return rows;
  }

  private void add(String text, Emphasis emphasis) {
    String line = glyphs.clean(text).stripTrailing();
    rows.add(new Row(line.length() > width ? glyphs.cell(line, width, false) : line, emphasis));
  }

  /** The run whose curves are drawn: the first that is running. */
  private RunStatus mainRun() {
    RunStatus best = runs.get(0);
    for (RunStatus run : runs) {
      boolean better = run.state() == State.RUNNING && best.state() != State.RUNNING;
      boolean later = best.state() != State.RUNNING && !run.curves().isEmpty();
      best = better || later ? run : best;
    }
    return best;
  }

  private String summary() {
    String text = runs.size() + (runs.size() == 1 ? " run: " : " runs: ") + counts(runs);
    double speed = 0;
    for (RunStatus run : runs) {
      boolean counted = run.state() == State.RUNNING && run.tokensPerSecond() > 0;
      speed += counted ? run.tokensPerSecond() : 0;
    }
    if (speed > 0) {
      String rate = "   " + Figures.count(speed, glyphs) + " tokens/s";
      String left = "   " + Figures.duration(tokensLeft() / speed, glyphs) + " left";
      text += text.length() + rate.length() <= width ? rate : "";
      text += text.length() + left.length() <= width ? left : "";
    }
    return text;
  }

  /** Tokens still to come, at most: runs not begun count as the mean of those that have. */
  private double tokensLeft() {
    double perStep = 0;
    int known = 0;
    for (RunStatus run : runs) {
      if (run.step() > 0) {
        perStep += (double) run.tokens() / run.step();
        known++;
      }
    }
    double left = 0;
    for (RunStatus run : runs) {
      double own = run.tokensLeft();
      left += Double.isNaN(own) ? run.totalSteps() * perStep / Math.max(1, known) : own;
    }
    return left;
  }

  /** The runs for {@code room} lines: running ones first, then failed, latest ended, waiting. */
  private List<RunStatus> visible(int room, RunStatus main) {
    if (runs.size() <= room) {
      return runs;
    }
    List<RunStatus> byNeed = new ArrayList<>();
    byNeed.add(main);
    runs.stream().filter(r -> r.state() == State.RUNNING).forEach(byNeed::add);
    runs.stream().filter(r -> r.state() == State.FAILED).forEach(byNeed::add);
    runs.reversed().stream().filter(r -> r.state().ended()).forEach(byNeed::add);
    runs.stream().filter(r -> r.state() == State.WAITING).forEach(byNeed::add);
    List<RunStatus> kept = byNeed.stream().distinct().limit(Math.max(1, room - 1)).toList();
    return runs.stream().filter(kept::contains).toList();
  }

  /** Such as "1 waiting, 2 running". */
  private static String counts(List<RunStatus> some) {
    Map<State, Integer> counts = new EnumMap<>(State.class);
    some.forEach(r -> counts.merge(r.state(), 1, Integer::sum));
    List<String> parts = new ArrayList<>();
    counts.forEach((s, n) -> parts.add(n + " " + s.name().toLowerCase(Locale.ROOT)));
    return String.join(", ", parts);
  }

  private void charts(RunStatus run, int plotRows) {
    int count = Math.clamp((width + GAP) / (CHART_MIN + GAP), 1, run.curves().size());
    int each = Math.min(60, (width - GAP * (count - 1)) / count);
    List<List<String>> panels = new ArrayList<>();
    for (Curve curve : run.curves().subList(0, count)) {
      panels.add(Plot.chart(curve, run.totalSteps(), each, plotRows, glyphs));
    }
    for (int r = 0; r < plotRows + 2; r++) {
      int row = r;
      add(
          String.join(" ".repeat(GAP), panels.stream().map(p -> p.get(row)).toList()),
          Emphasis.PLAIN);
    }
  }
}
