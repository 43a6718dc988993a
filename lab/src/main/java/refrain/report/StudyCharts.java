package refrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import refrain.analysis.Curves;
import refrain.analysis.RunSummary;
import refrain.store.HeadPattern;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.Variant;

/** The figures of a study's page. */
final class StudyCharts {
  /** Up to this many panels a row: more are too narrow to read. */
  private static final int COLUMNS = 3;

  /** More variants than this cannot be told apart in one chart. */
  static final int TOGETHER = 6;

  /** From more variants than this on only what matters most is drawn of each. */
  private static final int MANY = 12;

  /** Patterns that are drawn at most: a large study finds the same head again and again. */
  private static final int PATTERNS = 6;

  /**
   * A measure that is drawn.
   *
   * @param of picks it out of a run's curves
   */
  private record Measure(String title, String axis, String unit, Function<Curves, double[]> of) {}

  private static final Measure LOSS = new Measure("Loss", "loss", "nats", Curves::loss);
  private static final Measure ICL =
      new Measure("In-context-learning score", "ICL score", "nats", Curves::icl);
  private static final Measure PREFIX_MATCHING =
      new Measure("Prefix matching", "score of the best head", "", Curves::prefixMatching);
  private static final Measure PREVIOUS_TOKEN =
      new Measure("Previous token", "best head of layer 0", "", Curves::previousToken);

  private final StudyResults results;
  private final Study study;
  private final List<Cell> cells;
  private final List<RunSummary> runs;
  private final String command;

  /**
   * @param runs those that have ended
   * @param command what made the figures
   */
  StudyCharts(StudyResults results, Study study, List<RunSummary> runs, String command) {
    this.results = results;
    this.study = study;
    this.cells = results.cells();
    this.runs = runs;
    this.command = command;
  }

  /** The variants by the kind of data that they are trained on. */
  Map<String, List<Variant>> byData() {
    Map<String, List<Variant>> groups = new LinkedHashMap<>();
    for (Variant variant : study.variants()) {
      if (cells(variant).isEmpty()) {
        continue;
      }
      String data = first(variant).data();
      groups.computeIfAbsent(data, any -> new ArrayList<>()).add(variant);
    }
    return groups;
  }

  /** The name of a kind of data. */
  static String heading(String data) {
    return switch (data) {
      case "bigram-restarts" -> "The bigram language with restarts";
      case "code" -> "Java source code";
      case "families" -> "The language of families, with fuzzy repeats";
      case "category-task" -> "The category task";
      case "word-pairs" -> "Word pairs in several languages";
      default -> "Data: " + data;
    };
  }

  /**
   * Measures over training: the first variants together, then each alone; of a large study the two
   * measures that its arguments are about.
   */
  List<Block> curves(List<Variant> variants) {
    List<Variant> shown = variants.stream().filter(v -> !cells(v).isEmpty()).toList();
    List<Block> blocks = new ArrayList<>();
    if (shown.size() > 1) {
      List<Variant> first = shown.subList(0, Math.min(TOGETHER, shown.size()));
      blocks.add(overview(ICL, first));
      blocks.add(overview(PREFIX_MATCHING, first));
    }
    List<Measure> measures =
        shown.size() > MANY
            ? List.of(ICL, PREFIX_MATCHING)
            : List.of(LOSS, ICL, PREFIX_MATCHING, PREVIOUS_TOKEN);
    for (Measure measure : measures) {
      blocks.add(grid(measure, shown));
    }
    return blocks;
  }

  private Block overview(Measure measure, List<Variant> variants) {
    return new Block.Figured(chart(measure, variants), measure.title + ", a line a seed.", command);
  }

  private LineChart chart(Measure measure, List<Variant> variants) {
    List<Series> series = new ArrayList<>();
    for (Variant variant : variants) {
      List<Line> lines = lines(measure, variant);
      if (!lines.isEmpty()) {
        series.add(Series.seeds(variant.name(), slot(variant), lines));
      }
    }
    return LineChart.of(
        measure.title,
        measure.title + " over training, a line for each seed.",
        steps(variants),
        Axis.linear(measure.axis, measure.unit),
        series);
  }

  private Block grid(Measure measure, List<Variant> variants) {
    List<LineChart> panels = new ArrayList<>();
    for (Variant variant : variants) {
      List<Line> lines = lines(measure, variant);
      if (!lines.isEmpty()) {
        panels.add(
            LineChart.of(
                    variant.name(),
                    measure.title + " of " + variant.name() + " over training, a line a seed",
                    steps(variants),
                    Axis.linear(measure.axis, measure.unit),
                    List.of(Series.seeds(variant.name(), slot(variant), lines)))
                .withEvents(formations(variant)));
      }
    }
    if (panels.isEmpty()) {
      return new Block.Note(measure.title + ": no run has measured it yet.");
    }
    return new Block.Figured(
        LineGrid.of(
            measure.title,
            measure.title + " over training, a panel for each variant and a line for each seed.",
            panels,
            Math.min(COLUMNS, panels.size())),
        "A line is a seed; a vertical mark is its formation step.",
        command);
  }

  private Axis steps(List<Variant> variants) {
    return Axis.linear("steps", "of " + first(variants.getFirst()).tokensPerStep() + " tokens");
  }

  private List<Line> lines(Measure measure, Variant variant) {
    List<Line> lines = new ArrayList<>();
    for (Cell cell : cells(variant)) {
      results
          .curves(cell)
          .ifPresent(c -> lines.add(Line.of(doubles(c.steps()), measure.of.apply(c))));
    }
    return lines;
  }

  private List<Event> formations(Variant variant) {
    List<Event> events = new ArrayList<>();
    for (RunSummary run : runs) {
      if (run.variant().equals(variant.name()) && run.formationStep() != null) {
        events.add(Event.at(run.formationStep(), ""));
      }
    }
    return events;
  }

  /** Loss by token index of each variant's first seed. */
  List<Block> lossByIndex() {
    List<Block> blocks = new ArrayList<>();
    byData()
        .forEach((data, variants) -> {
          List<LineChart> panels = new ArrayList<>();
          for (Variant variant : variants) {
            results.lossByIndex(first(variant)).ifPresent(l -> panels.add(index(variant, l)));
          }
          if (!panels.isEmpty()) {
            blocks.add(
                new Block.Figured(
                    LineGrid.of(
                        heading(data),
                        "Loss by token index before and after heads formed, first seed.",
                        panels,
                        Math.min(COLUMNS, panels.size())),
                    "First seed of each variant. A model that learns in context loses less the"
                        + " more it has seen.",
                    command));
          }
        });
    return blocks;
  }

  private static LineChart index(Variant variant, double[][] losses) {
    double[] x = new double[losses[0].length];
    for (int t = 0; t < x.length; t++) {
      x[t] = t + 1;
    }
    return LineChart.of(
        variant.name(),
        "Loss by token index of " + variant.name(),
        Axis.log("token index", ""),
        Axis.linear("loss", "nats"),
        List.of(Series.line("before", 1, x, losses[0]), Series.line("after", 0, x, losses[1])));
  }

  /** The attention of the heads that were found. */
  List<Block> patterns() {
    List<Block> blocks = new ArrayList<>();
    for (Variant variant : study.variants()) {
      if (cells(variant).isEmpty()) {
        continue;
      }
      Cell cell = first(variant);
      boolean formed =
          runs.stream()
              .anyMatch(r ->
                  r.variant().equals(cell.variant().name())
                      && r.seed() == cell.seed()
                      && r.formationStep() != null);
      if (formed && blocks.size() < PATTERNS) {
        results.pattern(cell).ifPresent(p -> blocks.add(pattern(variant, p)));
      }
    }
    if (blocks.isEmpty()) {
      blocks.add(new Block.Note("No run has formed a head yet."));
    }
    return blocks;
  }

  private Block pattern(Variant variant, HeadPattern p) {
    int n = p.tokens().length;
    List<String> tokens = new ArrayList<>();
    List<Heatmap.Cell> targets = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      tokens.add(Integer.toString(p.tokens()[i]));
      for (int j = i - p.block(); j >= 1; j -= p.block()) {
        if (j + 1 < i) {
          targets.add(new Heatmap.Cell(i, j + 1));
        }
      }
    }
    String head = p.headName();
    return new Block.Figured(
        Heatmap.of(
                variant.name() + ", head " + head,
                "Attention of head " + head + " on random tokens repeated every " + p.block(),
                tokens,
                Heatmap.Pattern.of(p.pattern(), n))
            .marking(targets),
        String.format(
            Locale.ROOT,
            "The best prefix-matching head of %s, first seed, at step %d: %d random tokens repeated."
                + " Outlined: the token after an earlier occurrence.",
            variant.name(),
            p.step(),
            p.block()),
        command);
  }

  private List<Cell> cells(Variant variant) {
    return cells.stream().filter(c -> c.variant().equals(variant)).toList();
  }

  private Cell first(Variant variant) {
    return cells(variant).getFirst();
  }

  private int slot(Variant variant) {
    return study.variants().indexOf(variant);
  }

  private static double[] doubles(long[] x) {
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i];
    }
    return y;
  }
}
