package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.catalog.Catalog;
import refrain.catalog.Quantity;
import refrain.catalog.RunColumn;
import refrain.catalog.RunFilter;
import refrain.catalog.RunRow;
import refrain.catalog.StudyUse;
import refrain.draw.Table;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.LeakCheck;
import refrain.train.Trainer;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code refrain runs}: the runs in a folder, or one run. */
@Command(
    name = "runs",
    description = {
      "List the runs in a folder and in all folders inside it.",
      "A single run is shown by its folder."
    },
    subcommands = {RunsRemoveCommand.class, RunsCompareCommand.class})
final class RunsCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "DIR",
      description = "A folder of runs, or a run's own; by default runs.")
  private Path folder = Path.of("runs");

  @Option(
      names = "--sort",
      paramLabel = "COLUMN",
      description = "In the order of a column, such as icl, or from the highest down: -icl.")
  private @Nullable String sort;

  @Option(
      names = "--filter",
      split = ",",
      paramLabel = "CONDITION",
      description = {
        "Only runs such as name=r0-2l, formed=yes, step>500 or age<2d; may be repeated. In a text"
            + " * stands for anything.",
        "Columns: run, id, name, study, variant, seed, step, steps, formed, formation, icl, error,"
            + " n, head, prefix, loss, age, size, state."
      })
  private List<String> filters = new ArrayList<>();

  @Option(names = "--csv", description = "Print CSV: numbers in full, age in seconds.")
  private boolean csv;

  @Option(names = "--json", description = "Print JSON: numbers in full, age in seconds.")
  private boolean json;

  @Override
  public void run() {
    if (csv) {
      refuseBeside("--csv", "which prints in another form", "--json");
    }
    var wanted = RunFilter.all(filters);
    var order = sort == null ? null : RunColumn.order(sort);
    if (RunFolder.isRun(folder)) {
      refuseBeside(folder.toString(), "which is a single run", "--sort", "--filter");
      StudyUse use = StudyUse.ofRun(folder).orElse(null);
      print(List.of(RunRow.of(RunFolder.at(folder), use)), true);
      return;
    }
    Catalog catalog = Catalog.of(folder);
    List<RunRow> rows = new ArrayList<>(catalog.rows().stream().filter(wanted).toList());
    if (order != null) {
      rows.sort(order);
    }
    print(rows, false);
    for (String sentence : catalog.unreadable()) {
      if (csv || json) {
        warn(sentence);
      } else {
        print("%s", sentence);
      }
    }
    if (catalog.rows().isEmpty() && catalog.unreadable().isEmpty() && !csv && !json) {
      print("%s: no runs here or in the folders inside", folder);
    } else if (rows.isEmpty() && !catalog.rows().isEmpty() && !csv && !json) {
      print("none of %d runs meets the filter", catalog.rows().size());
    }
  }

  /**
   * In the form that was asked for.
   *
   * @param single whether the rows are the one run that was named
   */
  private void print(List<RunRow> rows, boolean single) {
    if (csv) {
      out().print(csv(rows));
    } else if (json) {
      out().print(Json.pretty(json(rows)));
    } else if (single) {
      show(rows.getFirst());
    } else if (!rows.isEmpty()) {
      table(rows).forEach(line -> out().println(line));
      out().println(RunRow.ICL_MEANS);
    }
  }

  /** As wide as the longest path: paths stand whole, to be pasted into other commands. */
  private static List<String> table(List<RunRow> rows) {
    TextTable table =
        new TextTable(
            "run",
            "name",
            "study",
            "variant",
            ">seed",
            ">step",
            ">formed",
            ">ICL (n)",
            ">age",
            ">size",
            "state");
    for (RunRow r : rows) {
      table.row(
          r.path().toString(),
          r.name()
              + (r.parent() == null ? "" : ", from " + r.parent())
              + (r.oracles().isEmpty() ? "" : ", with an oracle"),
          r.study() == null ? "" : r.study(),
          r.variants(),
          r.seeds(),
          r.step() == r.steps() ? Long.toString(r.step()) : r.step() + "/" + r.steps(),
          r.formation() == null ? "no" : Long.toString(r.formation()),
          r.iclWords(),
          Quantity.time(Quantity.number(requireNonNull(RunColumn.AGE.of(r)))),
          Quantity.size((double) r.bytes()),
          state(r));
    }
    return table.lines();
  }

  /** How it stands, and what to type where it can go on. */
  private static String state(RunRow r) {
    String link = r.link() ? " (a link)" : "";
    return switch (r.state()) {
      case DONE, STOPPED, DIVERGED -> r.state().word() + ": " + r.why() + link;
      case RUNNING -> "running" + link;
      case INTERRUPTED -> "not ended; go on with: " + RunFolder.resume(r.path()) + link;
    };
  }

  /** One run, a line a thing. */
  private void show(RunRow r) {
    print("%s", r.path());
    line("name", r.name());
    if (r.study() != null) {
      line("study", r.study() + ", variant " + r.variants());
    }
    line("identifier", r.id());
    line("seed", r.seeds());
    if (r.parent() != null) {
      line("began from", r.parent());
    }
    if (!r.oracles().isEmpty()) {
      line("oracle", r.oracles() + ": its place tells the model what is likely to come next");
    }
    LeakCheck.find(RunFolder.at(r.path())).ifPresent(found -> line("leak check", found.words()));
    line("steps", r.step() + " of " + r.steps());
    line("formation", r.formation() == null ? "none" : "step " + r.formation());
    line(
        "ICL score",
        Double.isNaN(r.icl().score())
            ? "not measured"
            : r.icl().ascii() + " nats, over " + r.icl().n() + " evaluation sequences");
    line(
        "best head",
        r.head() == null
            ? "not measured"
            : String.format(Locale.ROOT, "%s, prefix matching %.2f", r.head(), r.prefixMatching()));
    line(
        "loss",
        Double.isNaN(r.loss())
            ? "not measured"
            : String.format(Locale.ROOT, "%.3f nats per token", r.loss()));
    line("size", Quantity.size((double) r.bytes()));
    line("last written", r.last().truncatedTo(ChronoUnit.SECONDS).toString());
    line("state", state(r));
    Trainer.missing(RunFolder.at(r.path())).forEach(sentence -> print("warning: %s", sentence));
  }

  private void line(String what, String value) {
    print("  %-13s %s", what, value);
  }

  /** All columns; what a run has none of is empty. */
  private static String csv(List<RunRow> rows) {
    List<Table.Of<RunRow>> columns = new ArrayList<>();
    for (RunColumn column : RunColumn.values()) {
      columns.add(
          switch (column.kind()) {
            case TEXT, YES_OR_NO -> Table.Of.text(column.word(), r -> text(column.of(r)));
            case NUMBER, SECONDS, BYTES ->
                Table.Of.number(
                    column.word(),
                    "",
                    6,
                    r -> {
                      Object value = column.of(r);
                      return value == null ? Double.NaN : Quantity.number(value);
                    });
          });
    }
    return Table.of(rows, columns).csv();
  }

  private static String text(@Nullable Object value) {
    return value instanceof Boolean truth
        ? truth ? "yes" : "no"
        : value == null ? "" : value.toString();
  }

  /** All columns and what they leave out; what a run has none of is null. */
  private static ArrayNode json(List<RunRow> rows) {
    ArrayNode list = Json.object().putArray("runs");
    for (RunRow row : rows) {
      ObjectNode object = list.addObject();
      for (RunColumn column : RunColumn.values()) {
        switch (column.of(row)) {
          case null -> object.putNull(column.word());
          case Boolean truth -> object.put(column.word(), truth);
          case Double number when number == Math.rint(number) && column != RunColumn.ICL ->
              object.put(column.word(), number.longValue());
          case Double number -> object.put(column.word(), number);
          case Object text -> object.put(column.word(), text.toString());
        }
      }
      object.put("dataSeed", row.dataSeed()).put("why", row.why()).put("last", row.last() + "");
    }
    return list;
  }
}
