package refrain.cli.term;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import refrain.train.RunProgress;

/** The columns of the run table that fit a width, the least important left out first. */
final class Columns {
  private static final int GAP = 2;
  private static final int BAR_MIN = 6;
  private static final int BAR_MAX = 28;
  private static final int NAME_MIN = 12;
  private static final int NAME_MAX = 30;
  private static final int SPARK = 10;
  private static final int EVENT_MIN = 18;

  private record Column(
      String heading, int width, boolean right, int rank, Function<RunStatus, String> text) {}

  private final Glyphs glyphs;
  private final List<Column> columns = new ArrayList<>();

  Columns(List<RunStatus> runs, int width, Glyphs glyphs) {
    this.glyphs = glyphs;
    int name = 3;
    int most = Math.clamp(width / 4, NAME_MIN, NAME_MAX);
    for (RunStatus run : runs) {
      name = Math.max(name, Math.min(most, run.name().length()));
    }
    List<Column> wanted =
        new ArrayList<>(
            List.of(
                new Column("run", name + 2, false, 0, r -> name(r, most)),
                new Column("", 4, true, 9, r -> Math.round(Math.floor(100 * r.fraction())) + "%"),
                new Column("tok/s", 5, true, 8, this::speed),
                new Column("left", 6, true, 3, this::left),
                new Column("loss", 5, true, 5, r -> Figures.two(r.loss(), glyphs)),
                new Column("ICL", 5, true, 6, r -> Figures.two(r.icl(), glyphs)),
                new Column("prefix", 6, true, 1, r -> Figures.two(r.prefixMatching(), glyphs)),
                new Column("head", 5, false, 2, RunStatus::bestHead),
                new Column("training", SPARK, false, 7, this::spark)));
    while (taken(wanted) + BAR_MIN + GAP > width && wanted.size() > 1) {
      wanted.remove(Collections.max(wanted, Comparator.comparingInt(Column::rank)));
    }
    int rest = width - taken(wanted) - GAP;
    int bar = Math.clamp(rest, 1, BAR_MAX);
    wanted.add(1, new Column("progress", bar, false, 0, r -> glyphs.progress(r.fraction(), bar)));
    int event = rest - bar - GAP;
    if (event >= EVENT_MIN) {
      wanted.add(new Column("latest", event, false, 0, RunStatus::event));
    }
    columns.addAll(wanted);
  }

  private static int taken(List<Column> list) {
    return list.stream().mapToInt(Column::width).sum() + GAP * (list.size() - 1);
  }

  String heading() {
    return line(c -> {
      String text = c.heading().equals("run") ? "  run" : c.heading();
      return text.length() > c.width() ? "" : text;
    });
  }

  String row(RunStatus run) {
    return line(c -> c.text().apply(run));
  }

  private String line(Function<Column, String> text) {
    return columns.stream()
        .map(c -> glyphs.cell(text.apply(c), c.width(), c.right()))
        .collect(Collectors.joining(" ".repeat(GAP)))
        .stripTrailing();
  }

  /** Long names lose their middle: variants differ in front, seeds at the end. */
  private String name(RunStatus run, int most) {
    String name = run.name();
    if (name.length() > most) {
      int tail = Math.min(7, most / 2);
      String head = name.substring(0, most - tail - 1);
      name = head + glyphs.ellipsis + name.substring(name.length() - tail);
    }
    return glyphs.state(run.state()) + " " + name;
  }

  private String speed(RunStatus run) {
    return run.state() == RunProgress.State.RUNNING
        ? Figures.count(run.tokensPerSecond(), glyphs)
        : "";
  }

  private String left(RunStatus run) {
    return switch (run.state()) {
      case RUNNING -> Figures.duration(run.secondsLeft(), glyphs);
      case WAITING -> "";
      case DONE, SETTLED -> "done";
      case FAILED -> "failed";
    };
  }

  private String spark(RunStatus run) {
    return run.curves().isEmpty()
        ? ""
        : Plot.spark(run.curves().get(0), run.totalSteps(), SPARK, glyphs);
  }
}
