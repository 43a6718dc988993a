package refrain.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.measure.Change;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.PromptReading;
import refrain.analysis.measure.Reading;
import refrain.analysis.measure.Removal;
import refrain.draw.Table;
import refrain.draw.Table.Cell;
import refrain.draw.Table.Column;
import refrain.probe.Definition;

/** Measurements as tables: of heads for people, and a number a row for other programs. */
public final class MeasuredTable {
  private MeasuredTable() {}

  /** The columns of {@link #csv}, which no later version takes away or puts in another order. */
  private static final List<Column> COLUMNS =
      List.of(
          Column.text("run"),
          Column.text("name"),
          Column.text("variant"),
          Column.number("seed", ""),
          Column.number("step", ""),
          Column.text("intervention"),
          Column.text("head"),
          Column.number("index", ""),
          Column.text("measure"),
          Column.number("value", ""),
          Column.number("error", ""),
          Column.number("n", ""),
          Column.text("verdict"),
          Column.text("unit"),
          Column.text("formula"));

  /**
   * Every number in a row of its own: run, name, variant, seed, step, intervention ("" for the
   * model as it is), head, index, measure, value, error, n, verdict, unit, formula. What does not
   * apply is empty.
   */
  public static String csv(List<Measurement> measurements) {
    List<List<Cell>> rows = new ArrayList<>();
    for (Measurement m : measurements) {
      Map<String, Definition> known = new HashMap<>();
      m.definitions().forEach(definition -> known.put(definition.key(), definition));
      new Rows(rows, known, m, "").model(m.model());
      Measurement.Intervened after = m.intervened();
      if (after != null) {
        Rows changed = new Rows(rows, known, m, String.join(", ", after.interventions()));
        changed.model(after.model());
        changed.change(after.change());
        after
            .placebo()
            .sets()
            .forEach(set ->
                new Rows(rows, known, m, "placebo " + String.join(" ", set.heads()))
                    .change(set.change()));
      }
    }
    return new Table(COLUMNS, rows).csv();
  }

  /** The rows of one measurement under one intervention. */
  private record Rows(
      List<List<Cell>> rows, Map<String, Definition> known, Measurement of, String intervention) {
    void change(Removal change) {
      number("change.loss", change.loss());
      number("change.icl", change.icl());
    }

    void model(Reading model) {
      IclEstimate icl = model.icl();
      number("loss", exact(model.loss()));
      number("icl", new Change(icl.score(), icl.error(), icl.n()));
      series("loss.byIndex", model.lossByIndex());
      for (HeadRow head : model.heads()) {
        head.scores().forEach((key, score) -> head(head, key, exact(score), ""));
        Match match = head.match();
        if (match != null) {
          Change size = new Change(match.difference(), match.error(), 0);
          head(head, "match", size, match.verdict().words());
        }
        Removal without = head.without();
        if (without != null) {
          head(head, "without.loss", without.loss(), "");
          head(head, "without.icl", without.icl(), "");
        }
      }
      model.numbers().forEach((name, value) -> number(name, exact(value)));
      model.series().forEach(this::series);
    }

    private static Change exact(double value) {
      return new Change(value, Double.NaN, 0);
    }

    private void number(String measure, Change value) {
      row("", Double.NaN, measure, value, "");
    }

    private void series(String measure, double[] values) {
      for (int i = 0; i < values.length; i++) {
        row("", i, measure, exact(values[i]), "");
      }
    }

    private void head(HeadRow head, String measure, Change value, String verdict) {
      row(head.name(), Double.NaN, measure, value, verdict);
    }

    private void row(String head, double index, String measure, Change value, String verdict) {
      Definition definition = definition(measure);
      rows.add(
          List.of(
              new Table.Text(of.run().path()),
              new Table.Text(of.run().name()),
              new Table.Text(of.run().variant()),
              new Table.Number(of.run().seedInColumn(), 0),
              new Table.Number(of.step(), 0),
              new Table.Text(intervention),
              new Table.Text(head),
              new Table.Number(index, 0),
              new Table.Text(measure),
              new Table.Number(value.mean(), 4),
              new Table.Number(value.error(), 4),
              new Table.Number(value.n() == 0 ? Double.NaN : value.n(), 0),
              new Table.Text(verdict),
              new Table.Text(definition.unit()),
              new Table.Text(definition.formula())));
    }

    /** The definition of the longest key that a name begins with: pm.best is of pm. */
    private Definition definition(String measure) {
      String name = measure.replaceFirst("^change\\.", "");
      for (int end = name.length(); end > 0; end = name.lastIndexOf('.', end - 1)) {
        Definition found = known.get(name.substring(0, end));
        if (found != null) {
          return found;
        }
      }
      return new Definition(measure, measure, "", Definition.Better.NEITHER, "", "");
    }
  }

  /** A row a token of a prompt: index, token, loss, loss after, looked at, attention. */
  public static String csv(PromptReading prompt) {
    double[] after = prompt.after();
    return Table.of(
            IntStream.range(0, prompt.tokens().size()).boxed().toList(),
            List.of(
                Table.Of.number("index", "", 0, t -> t),
                Table.Of.text("token", t -> prompt.tokens().get(t)),
                Table.Of.number(
                    "loss", "nats", 4, t -> t == 0 ? Double.NaN : prompt.losses()[t - 1]),
                Table.Of.number(
                    "loss after",
                    "nats",
                    4,
                    t -> t == 0 || after == null ? Double.NaN : after[t - 1]),
                Table.Of.text("head", t -> prompt.head()),
                Table.Of.number("looks most at", "index", 0, prompt::lookedAt),
                Table.Of.number(
                    "attention", "probability", 4, t -> prompt.attention(t, prompt.lookedAt(t)))))
        .csv();
  }

  /** A row a head: its verdict, its scores and what is lost without it. */
  public static Table heads(Measurement m) {
    List<Table.Of<HeadRow>> columns = new ArrayList<>();
    columns.add(Table.Of.text("head", HeadRow::name));
    if (m.hasVerdicts()) {
      columns.add(Table.Of.text("verdict", row -> row.verdict().words()));
    }
    for (Definition d : scored(m)) {
      columns.add(
          Table.Of.number(
              d.title(), d.unit().equals("1") ? "" : d.unit(), 2, row -> row.score(d.key())));
    }
    if (m.hasVerdicts()) {
      columns.add(Table.Of.text("over the same distances", row -> match(row).change().words()));
    }
    if (m.hasEffects()) {
      columns.add(Table.Of.text("loss without it (nats)", row -> change(row, true)));
      columns.add(Table.Of.text("ICL without it (nats)", row -> change(row, false)));
    }
    return Table.of(m.model().byVerdict(), columns);
  }

  /** The definitions that heads have scores of. */
  public static List<Definition> scored(Measurement m) {
    HeadRow first = m.model().heads().getFirst();
    return m.definitions().stream().filter(d -> first.scores().containsKey(d.key())).toList();
  }

  private static Match match(HeadRow row) {
    Match match = row.match();
    if (match == null) {
      throw new IllegalStateException(row.name() + " has no verdict");
    }
    return match;
  }

  private static String change(HeadRow row, boolean loss) {
    Removal without = row.without();
    Change change = without == null ? null : loss ? without.loss() : without.icl();
    return change == null ? "" : change.words();
  }
}
