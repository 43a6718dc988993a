package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import refrain.analysis.RunSummary;
import refrain.draw.Block;
import refrain.draw.Page;
import refrain.draw.Page.Provenance;
import refrain.draw.Page.Section;
import refrain.draw.Table;
import refrain.store.Machine;
import refrain.store.RunInfo;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.Tally;
import refrain.study.TrainedWith;
import refrain.study.Variant;
import refrain.study.Verdict;

/**
 * A study's page, drawn from its folder alone: it can be drawn again at any time.
 *
 * @param figures what is drawn of it
 * @param command what the reader would type to make it again
 */
public record StudyReport(StudyResults results, Figures figures, String command) {
  /** The page. */
  public Page page() {
    List<Section> sections = new ArrayList<>();
    List<Verdict> verdicts = results.verdicts();
    sections.add(new Section("Verdicts", verdictBlocks(verdicts)));
    for (Argument argument : results.study().arguments()) {
      List<Block> blocks = new ArrayList<>(notHeld(argument.id()));
      for (Figures.Section section : figures.of(argument.id())) {
        if (reading().holds(section.when())) {
          blocks.addAll(new ItemBlocks(reading(), command(argument)).of(section.items()));
        }
      }
      if (!blocks.isEmpty()) {
        sections.add(new Section(argument.heading(), blocks));
      }
    }
    everyRun(sections);
    if (!verdicts.isEmpty()) {
      sections.add(
          new Section(
              "What the claims measure, and why these bars",
              byArgument(false, ClaimTable::measured)));
    }
    List<Block> ends = new ArrayList<>(List.of(runTable()));
    ends.addAll(arithmetic());
    ends.addAll(new ItemBlocks(reading(), command).of(own("definitions")));
    sections.add(new Section("Runs", ends));
    return new Page(
        results.study().title(),
        "seeds %d to %d"
            .formatted(
                results.study().block(), results.study().block() + results.study().seeds() - 1),
        lead(),
        provenance(),
        sections);
  }

  /** What every study has: its curves by kind of data, losses by index, heads that were found. */
  private void everyRun(List<Section> sections) {
    ItemBlocks items = new ItemBlocks(reading(), command);
    List<Item> byIndex = new ArrayList<>();
    results
        .byData()
        .forEach((data, cells) -> {
          List<Variant> variants = cells.stream().map(Cell::variant).distinct().toList();
          String heading = figures.data().getOrDefault(data, "Data: " + data);
          long tokens = cells.getFirst().tokensPerStep();
          sections.add(
              new Section(
                  "Every run: " + heading, items.of(DefaultFigures.everyRun(variants, tokens))));
          byIndex.addAll(DefaultFigures.items("index", variants, Map.of("data", heading)));
        });
    sections.add(new Section("Loss by token index, before and after", items.of(byIndex)));
    sections.add(new Section("The heads that were found", items.of(own("patterns"))));
  }

  private List<Item> own(String section) {
    return DefaultFigures.items(section, results.study().variants(), Map.of());
  }

  private Reading reading() {
    return Reading.of(results, figures);
  }

  /** The command that makes the runs and figures of one argument again. */
  private String command(Argument argument) {
    return "./refrain study run %s --only %s".formatted(results.study().name(), argument.label());
  }

  private String lead() {
    List<String> tallies =
        Arrays.stream(Claim.Kind.values())
            .map(kind -> results.tally(kind))
            .filter(tally -> tally.all() > 0)
            .map(Tally::words)
            .toList();
    return String.join("; ", tallies)
        + (tallies.isEmpty() ? "" : ". ")
        + "Runs: "
        + results.runs().size()
        + "."
        + results
            .registration()
            .map(status ->
                " Seeds from %s on: %s.".formatted(results.study().block(), status.words()))
            .orElse("");
  }

  private List<Block> verdictBlocks(List<Verdict> verdicts) {
    return verdicts.isEmpty()
        ? List.of(new Block.Note("This study makes no claims."))
        : byArgument(true, ClaimTable::shown);
  }

  /** A table an argument that has claims. */
  private List<Block> byArgument(boolean headed, Function<List<Verdict>, Table> table) {
    List<Block> blocks = new ArrayList<>();
    for (Argument argument : results.study().arguments()) {
      List<Verdict> own = results.verdicts(argument.id());
      if (!own.isEmpty()) {
        if (headed) {
          blocks.add(new Block.Heading(argument.heading()));
        }
        blocks.add(new Block.Tabled(table.apply(own), argument.heading(), command(argument)));
      }
    }
    return blocks;
  }

  /** What did not hold is said before anything is drawn, with the follow-up that explains it. */
  private List<Block> notHeld(String argument) {
    List<Block> blocks = new ArrayList<>();
    for (Verdict v : results.verdicts(argument)) {
      if (v.ruling() == Verdict.Ruling.HOLDS || v.tooFewRuns()) {
        continue;
      }
      blocks.add(ClaimTable.block(v));
      String why = results.study().explanations().get(v.claim().id());
      if (why != null) {
        blocks.add(new Block.Note(why));
      }
    }
    return blocks;
  }

  private Provenance provenance() {
    Optional<RunInfo.Session> last = results.lastSession();
    String date = last.map(RunInfo.Session::started).orElse("not run");
    Optional<Machine> machine = last.map(RunInfo.Session::machine);
    return new Provenance(
        command,
        date,
        machine.map(m -> m.cpu() + ", " + m.cores() + " cores, " + m.os()).orElse("unknown"),
        List.of(
            "refrain " + last.map(RunInfo.Session::refrain).orElse("?"),
            "Java " + machine.map(Machine::java).orElse("?")),
        results.runs().stream()
            .map(r -> r.run() + " " + r.variant() + " seed " + r.seed())
            .toList());
  }

  /** One arithmetic is said in passing; more than one is not to be overlooked. */
  private List<Block> arithmetic() {
    List<TrainedWith> groups = results.trainedWith();
    String sentence = TrainedWith.sentence(groups);
    return sentence.isEmpty()
        ? List.of()
        : List.of(
            TrainedWith.mixed(groups) ? new Block.Note(sentence) : new Block.Paragraph(sentence));
  }

  private Block runTable() {
    Table table =
        Table.of(
            results.runs(),
            List.of(
                Table.Of.text("variant", RunSummary::variant),
                Table.Of.number("seed", "", 0, RunSummary::seed),
                Table.Of.text("formation", r -> Objects.toString(r.formationStep(), "none")),
                new Table.Of<>(
                    Table.Column.number("ICL at formation", "nats"),
                    r -> new Table.Text(r.icl().formed().words())),
                new Table.Of<>(
                    Table.Column.number("ICL at the end", "nats"),
                    r -> new Table.Text(r.icl().end().words())),
                Table.Of.number("prefix before", "", 2, RunSummary::prefixMatchingBefore),
                Table.Of.number("after", "", 2, RunSummary::prefixMatching),
                Table.Of.number("previous", "", 2, RunSummary::previousToken),
                Table.Of.number("tokens", "M", 2, r -> r.tokens() / 1e6),
                Table.Of.number("time", "s", 1, RunSummary::seconds)));
    return new Block.Tabled(
        table,
        "Each run, at the end of its training. " + RunSummary.iclMeans(results.runs()),
        command);
  }
}
