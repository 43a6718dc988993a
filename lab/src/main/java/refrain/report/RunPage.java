package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Curves;
import refrain.analysis.NamedPattern;
import refrain.analysis.measure.Change;
import refrain.analysis.measure.Comparison;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.Placebo;
import refrain.analysis.measure.PromptReading;
import refrain.analysis.measure.Reading;
import refrain.analysis.measure.Removal;
import refrain.draw.Block;
import refrain.draw.Page;
import refrain.draw.Page.Provenance;
import refrain.draw.Page.Section;
import refrain.draw.Table;
import refrain.draw.Type;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Heatmap;
import refrain.draw.chart.Level;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.probe.Definition;
import refrain.store.Machine;
import refrain.store.RunInfo;

/**
 * The page of one run, or of what was measured of several: drawn from measurements and from what
 * the run keeps. It opens offline.
 *
 * @param measurements at least one; details are drawn of the last
 * @param curves what the run's probes measured; null: of several runs, or nothing was
 * @param pattern the attention of the best head at the end of the run; null: not kept
 * @param prompt one head on one prompt; null: none was given
 * @param compared with another measurement; null: with none
 * @param session that made the run; null: several runs
 * @param command what the reader would type to make it again
 */
public record RunPage(
    List<Measurement> measurements,
    @Nullable Curves curves,
    @Nullable NamedPattern pattern,
    @Nullable PromptReading prompt,
    @Nullable Comparison compared,
    RunInfo.@Nullable Session session,
    String command) {
  /** 1.96 standard errors to each side. */
  private static final double NORMAL = 1.96;

  public RunPage {
    measurements = List.copyOf(measurements);
  }

  private Measurement last() {
    return measurements.getLast();
  }

  /** The page. */
  public Page page() {
    List<Section> sections = new ArrayList<>();
    boolean one = measurements.stream().map(m -> m.run().path()).distinct().count() == 1;
    sections.add(new Section("Results", results(one)));
    if (prompt != null) {
      sections.add(new Section("One prompt", prompt(prompt)));
    }
    if (one) {
      sections.add(new Section("Heads", heads()));
      Measurement.Intervened after = last().intervened();
      if (after != null) {
        sections.add(new Section("Under the intervention", intervened(after)));
      }
      if (compared != null) {
        sections.add(new Section("Compared", compared(compared)));
      }
      List<Block> trained = training();
      if (!trained.isEmpty()) {
        sections.add(new Section("Over training", trained));
      }
      sections.add(new Section("Loss by token index", List.of(byIndex(after))));
    }
    sections.add(new Section("What the numbers mean", List.of(definitions())));
    Optional<Machine> machine = Optional.ofNullable(session).map(RunInfo.Session::machine);
    return new Page(
        one ? last().run().name() + ", seed " + last().run().seed() : "Measured runs",
        one ? "step " + last().step() + " of " + last().run().steps() : "",
        lead(one),
        new Provenance(
            command,
            session == null ? "" : session.started(),
            machine.map(m -> m.cpu() + ", " + m.cores() + " cores, " + m.os()).orElse(""),
            session == null ? List.of() : List.of("refrain " + session.refrain()),
            measurements.stream().map(m -> m.run().id()).distinct().toList()),
        sections);
  }

  private String lead(boolean one) {
    if (!one) {
      return measurements.size() + " states of runs, measured alike.";
    }
    Measurement m = last();
    Long formed = m.run().formed();
    return (formed == null
            ? "Induction heads did not form."
            : "Induction heads formed at step " + formed + ".")
        + (m.hasVerdicts()
            ? " Induction heads at step " + m.step() + ": " + m.model().bestHeads() + "."
            : "")
        + " ICL score "
        + m.model().icl().words()
        + " nats (n = "
        + m.model().icl().n()
        + ").";
  }

  private List<Block> results(boolean one) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Block.Tabled(states(measurements), "Measured on " + last().text() + ".", command));
    last().notes().forEach(note -> blocks.add(new Block.Note(note)));
    if (one && measurements.size() > 1) {
      blocks.add(overSteps());
    }
    return blocks;
  }

  /** A row a state. */
  static Table states(List<Measurement> measurements) {
    return Table.of(
        measurements,
        List.of(
            Table.Of.text("run", m -> m.run().label()),
            Table.Of.number("seed", "", 0, m -> m.run().seedInColumn()),
            Table.Of.number("step", "", 0, Measurement::step),
            Table.Of.text(
                "formed at", m -> m.run().formed() == null ? "none" : m.run().formed().toString()),
            Table.Of.text("induction heads", m -> m.hasVerdicts() ? m.model().bestHeads() : ""),
            Table.Of.text("ICL score (nats)", m -> m.model().icl().words()),
            Table.Of.number("n", "", 0, m -> m.model().icl().n()),
            Table.Of.number("loss", "nats", 2, m -> m.model().loss())));
  }

  private Block overSteps() {
    double[] steps = measurements.stream().mapToDouble(Measurement::step).toArray();
    double[] icl = measurements.stream().mapToDouble(m -> m.model().icl().score()).toArray();
    double[] error = measurements.stream().mapToDouble(m -> m.model().icl().error()).toArray();
    double[] low = new double[icl.length];
    double[] high = new double[icl.length];
    Arrays.setAll(low, i -> icl[i] - NORMAL * error[i]);
    Arrays.setAll(high, i -> icl[i] + NORMAL * error[i]);
    return new Block.Figured(
        new LineChart(
            "ICL score at each checkpoint",
            "The in-context-learning score over training steps with its 95 % interval.",
            Axis.linear("steps", ""),
            Axis.linear("ICL score", "nats"),
            List.of(Series.line("ICL score", 0, steps, icl).withBand(steps, low, high)),
            formation(),
            List.of()),
        "ICL score of each checkpoint with its 95 % interval. Further down, more is learnt in"
            + " context.",
        command);
  }

  private List<Event> formation() {
    Long formed = last().run().formed();
    return formed == null ? List.of() : List.of(Event.at(formed, "heads formed"));
  }

  private List<Block> heads() {
    List<Block> blocks = new ArrayList<>();
    Measurement m = last();
    blocks.add(
        new Block.Tabled(
            MeasuredTable.heads(m),
            "Each head at step " + m.step() + ". Numbers behind ± are standard errors.",
            command));
    if (m.hasEffects()) {
      blocks.add(without("ICL score without one head", "ICL score", m.model().heads(), false));
      blocks.add(without("Loss without one head", "loss", m.model().heads(), true));
    }
    if (pattern != null && pattern.pattern().step() == m.step()) {
      blocks.add(
          new Block.Figured(
              PatternDrawing.of("Head " + pattern.pattern().headName(), pattern),
              "Where the head with the highest prefix-matching score looks on repeated random"
                  + " tokens; outlined: the tokens that followed the earlier ones.",
              command));
    }
    return blocks;
  }

  private Block without(String title, String of, List<HeadRow> heads, boolean loss) {
    List<DotPlot.Row> rows =
        heads.stream()
            .map(row -> {
              Removal removal = row.without();
              if (removal == null) {
                return DotPlot.Row.none(row.name(), 0, "not measured");
              }
              Change change = loss ? removal.loss() : removal.icl();
              double reach = NORMAL * change.error();
              return new DotPlot.Row(
                  row.name(),
                  row.verdict().ordinal(),
                  change.mean(),
                  change.mean() - reach,
                  change.mean() + reach,
                  List.of(),
                  "");
            })
            .toList();
    return new Block.Figured(
        new DotPlot(
            title,
            "How the " + of + " changes when the output of one head is set to zero.",
            Axis.linear("change of the " + of, "nats"),
            rows,
            List.of(new Level(0, "as it is"))),
        "Change of the "
            + of
            + " when the head's output is set to zero, with its 95 % interval. Above 0 it is worse.",
        command);
  }

  private List<Block> training() {
    if (curves == null || curves.isEmpty()) {
      return List.of();
    }
    return List.of(
        curve(
            "Prefix matching of the best head",
            "prefix-matching score",
            "",
            curves.prefixMatching()),
        curve("In-context-learning score", "ICL score", "nats", curves.icl()),
        curve("Loss on the evaluation set", "loss", "nats", curves.loss()));
  }

  private Block curve(String title, String of, String unit, double[] values) {
    double[] steps = curves == null ? new double[0] : curves.stepAxis();
    return new Block.Figured(
        new LineChart(
            title,
            title + " over training steps.",
            Axis.linear("steps", ""),
            Axis.linear(of, unit),
            List.of(Series.line(of, 0, steps, values)),
            formation(),
            List.of()),
        title + " at each probe of the run; marked: the step at which heads had formed.",
        command);
  }

  private Block byIndex(Measurement.@Nullable Intervened after) {
    List<Series> series = new ArrayList<>();
    series.add(byIndex("as it is", 0, last().model()));
    if (after != null) {
      series.add(byIndex(String.join(", ", after.interventions()), 1, after.model()));
    }
    return new Block.Figured(
        new LineChart(
            "Loss by token index",
            "Mean loss of predicting the next token, by how many tokens stand before it.",
            Axis.linear("token index", ""),
            Axis.linear("loss", "nats"),
            series,
            List.of(),
            List.of()),
        "Mean loss at each token index. What falls along the context is learnt in it.",
        command);
  }

  private static Series byIndex(String label, int slot, Reading model) {
    double[] losses = model.lossByIndex();
    double[] index = IntStream.range(0, losses.length).mapToDouble(t -> t).toArray();
    return Series.line(label, slot, index, losses);
  }

  private List<Block> intervened(Measurement.Intervened after) {
    Measurement m = last();
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Block.Paragraph(
            "`"
                + String.join(", ", after.interventions())
                + "`: ICL score "
                + m.model().icl().words()
                + " nats before, "
                + after.model().icl().words()
                + " after, change "
                + words(after.change().icl())
                + "; loss "
                + two(m.model().loss())
                + " nats before, "
                + two(after.model().loss())
                + " after, change "
                + words(after.change().loss())
                + ". Changes are within sequences."));
    blocks.addAll(placebo(after));
    return blocks;
  }

  private List<Block> placebo(Measurement.Intervened after) {
    Placebo placebo = after.placebo();
    if (!placebo.none().isEmpty()) {
      return List.of(new Block.Note("No placebo: " + placebo.none() + "."));
    }
    List<DotPlot.Row> rows = new ArrayList<>();
    rows.add(row("the intervention", 0, after.change().icl().mean(), new double[0]));
    for (boolean all : new boolean[] {true, false}) {
      double[] changes =
          placebo.sets().stream()
              .filter(set -> all || set.matching() == 0)
              .mapToDouble(set -> set.change().icl().mean())
              .toArray();
      String label = all ? "other heads of the layer" : "those without a matching head";
      OptionalDouble median =
          placebo
              .summary(after.change(), change -> change.icl().mean(), all)
              .map(s -> OptionalDouble.of(s.median()))
              .orElse(OptionalDouble.empty());
      rows.add(
          median.isEmpty()
              ? DotPlot.Row.none(label, 1, "there are none")
              : row(label, 1, median.getAsDouble(), changes));
    }
    return List.of(
        new Block.Figured(
            new DotPlot(
                "The same on other heads",
                "Change of the ICL score under the intervention, and under the same on as many other"
                    + " heads of the layer.",
                Axis.linear("change of the ICL score", "nats"),
                rows,
                List.of(new Level(0, "as it is"))),
            "Median and "
                + (placebo.all() ? "all " : "")
                + placebo.sets().size()
                + " sets of as many other heads of the same layer, a small mark a set.",
            command));
  }

  private List<Block> compared(Comparison with) {
    Measurement other = with.other();
    String name = other.run().label() + ", seed " + other.run().seed() + ", step " + other.step();
    double[] index = IntStream.range(0, with.byIndex().length).mapToDouble(t -> t).toArray();
    return List.of(
        new Block.Tabled(
            states(List.of(last(), other)),
            "This model and the one that it is compared with. Difference of the ICL score: "
                + words(with.icl())
                + ", of the loss: "
                + words(with.loss())
                + (with.paired() ? ", within sequences." : ", on different sequences."),
            command),
        new Block.Figured(
            new LineChart(
                "Difference in loss by token index",
                "Loss at each token index minus that of the other model.",
                Axis.linear("token index", ""),
                Axis.linear("difference of the loss", "nats"),
                List.of(Series.line("minus " + name, 0, index, with.byIndex())),
                List.of(),
                List.of(new Level(0, "alike"))),
            "Loss at each token index minus that of " + name + ".",
            command),
        new Block.Tabled(MeasuredTable.heads(other), "The heads of " + name + ".", command));
  }

  private static DotPlot.Row row(String label, int slot, double value, double[] points) {
    return new DotPlot.Row(
        label, slot, value, Double.NaN, Double.NaN, Arrays.stream(points).boxed().toList(), "");
  }

  private List<Block> prompt(PromptReading read) {
    int n = read.tokens().size();
    Table table =
        Table.of(
            IntStream.range(0, n).boxed().toList(),
            List.of(
                Table.Of.number("index", "", 0, t -> t),
                Table.Of.text("token", t -> Type.visible(read.tokens().get(t))),
                Table.Of.number("loss", "nats", 2, t -> t == 0 ? Double.NaN : read.losses()[t - 1]),
                Table.Of.text(
                    "looks most at",
                    t ->
                        read.lookedAt(t) + " " + Type.visible(read.tokens().get(read.lookedAt(t)))),
                Table.Of.number("attention", "", 2, t -> read.attention(t, read.lookedAt(t)))));
    return List.of(
        new Block.Figured(
            new Heatmap(
                "Head " + read.head(),
                "Attention of head " + read.head() + " on the prompt",
                read.tokens().stream().map(Type::visible).toList(),
                Heatmap.Pattern.of(read.pattern(), n),
                List.of()),
            "Where head " + read.head() + " looks: from each token (down) to those before it.",
            command),
        new Block.Tabled(
            table,
            "Each token of the prompt: its loss, and where the head looks from it.",
            command));
  }

  private Block definitions() {
    return new Block.Tabled(
        Table.of(
            last().definitions(),
            List.of(
                Table.Of.text("key", d -> "`" + d.key() + "`"),
                Table.Of.text("measure", Definition::title),
                Table.Of.text("unit", d -> d.unit().equals("1") ? "" : d.unit()),
                Table.Of.text("formula", Definition::formula),
                Table.Of.text("source", Definition::source))),
        "Every measure of this page.",
        command);
  }

  private static String words(Change change) {
    return change.words() + " nats";
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
