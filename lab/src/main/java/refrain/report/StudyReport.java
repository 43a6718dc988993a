package refrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import refrain.analysis.RunSummary;
import refrain.draw.Block;
import refrain.draw.Page;
import refrain.draw.Page.Provenance;
import refrain.draw.Page.Section;
import refrain.draw.Table;
import refrain.store.Machine;
import refrain.store.RunInfo;
import refrain.study.Argument;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.Variant;
import refrain.study.Verdict;

/** A study's page, drawn from its folder alone: it can be drawn again at any time. */
public final class StudyReport {
  private final StudyResults results;
  private final Study study;
  private final String command;
  private final List<RunSummary> runs;
  private final Figures figures;
  private final Reading reading;

  /**
   * @param figures what is drawn of it
   * @param command what the reader would type to make it again
   */
  public StudyReport(StudyResults results, Figures figures, String command) {
    this.results = results;
    this.study = results.study();
    this.figures = figures;
    this.command = command;
    this.reading = new Reading(results, figures.arms());
    this.runs = results.runs();
  }

  /** The page. */
  public Page page() {
    List<Section> sections = new ArrayList<>();
    List<Verdict> verdicts = results.verdicts();
    sections.add(new Section("Verdicts", verdictBlocks(verdicts)));
    for (Argument argument : study.arguments()) {
      List<Block> blocks = new ArrayList<>(notHeld(argument.id()));
      for (Figures.Section section : figures.of(argument.id())) {
        if (reading.holds(section.when())) {
          blocks.addAll(new ItemBlocks(reading, command(argument)).of(section.items()));
        }
      }
      if (!blocks.isEmpty()) {
        sections.add(new Section(argument.heading(), blocks));
      }
    }
    everyRun(sections);
    if (!verdicts.isEmpty()) {
      sections.add(new Section("What the claims measure, and why these bars", bars()));
    }
    sections.add(new Section("Runs", List.of(runTable(), definitions())));
    return new Page(
        study.title(),
        study.seeds() + " seeds" + (study.full() ? ", full size" : ""),
        lead(verdicts),
        provenance(),
        sections);
  }

  /** What every study has: its curves by kind of data, losses by index, heads that were found. */
  private void everyRun(List<Section> sections) {
    ItemBlocks items = new ItemBlocks(reading, command);
    List<Item> byIndex = new ArrayList<>();
    runsByData(results)
        .forEach((data, cells) -> {
          List<Variant> variants = cells.stream().map(Cell::variant).distinct().toList();
          String heading = figures.data().getOrDefault(data, "Data: " + data);
          long tokens = cells.getFirst().tokensPerStep();
          sections.add(
              new Section(
                  "Every run: " + heading, items.of(DefaultFigures.everyRun(variants, tokens))));
          byIndex.addAll(DefaultFigures.lossByIndex(heading, variants));
        });
    sections.add(new Section("Loss by token index, before and after", items.of(byIndex)));
    sections.add(
        new Section(
            "The heads that were found", items.of(DefaultFigures.patterns(study.variants()))));
  }

  /** Runs by the kind of data that they are trained on; those on one kind compare. */
  static Map<String, List<Cell>> runsByData(StudyResults results) {
    Map<String, List<Cell>> groups = new LinkedHashMap<>();
    for (Cell cell : results.cells()) {
      groups.computeIfAbsent(cell.data(), any -> new ArrayList<>()).add(cell);
    }
    return groups;
  }

  /** The command that makes the runs and figures of one argument again. */
  private String command(Argument argument) {
    return "./refrain study run "
        + study.name()
        + (study.full() ? " --full" : "")
        + " --only "
        + argument.label();
  }

  private String lead(List<Verdict> verdicts) {
    return count(verdicts, Verdict.Ruling.HOLDS)
        + " of "
        + verdicts.size()
        + " claims hold, "
        + count(verdicts, Verdict.Ruling.FAILS)
        + " fail and "
        + count(verdicts, Verdict.Ruling.UNDECIDED)
        + " are undecided on "
        + runs.size()
        + " runs. Bars stand in `studies/"
        + study.name()
        + ".yaml`: set before the runs, or with a dated line there that says what had been seen.";
  }

  private static long count(List<Verdict> verdicts, Verdict.Ruling ruling) {
    return verdicts.stream().filter(v -> v.ruling() == ruling).count();
  }

  private List<Block> verdictBlocks(List<Verdict> verdicts) {
    List<Block> blocks = new ArrayList<>();
    for (Argument argument : study.arguments()) {
      List<Verdict> own = results.verdicts(argument.id());
      if (!own.isEmpty()) {
        blocks.add(new Block.Heading(argument.heading()));
        blocks.add(new Block.Tabled(ClaimTable.shown(own), argument.heading(), command(argument)));
      }
    }
    if (verdicts.isEmpty()) {
      blocks.add(new Block.Note("This study makes no claims."));
    }
    return blocks;
  }

  /** At the end, since it is for looking up. */
  private List<Block> bars() {
    List<Block> blocks = new ArrayList<>();
    for (Argument argument : study.arguments()) {
      List<Verdict> own = results.verdicts(argument.id());
      if (!own.isEmpty()) {
        blocks.add(
            new Block.Tabled(ClaimTable.measured(own), argument.heading(), command(argument)));
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
      blocks.add(
          new Block.Claim(
              ClaimTable.badge(v.ruling()), ClaimTable.reason(v), ClaimTable.sentence(v)));
      String why = study.explanations().get(v.claim().id());
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
        runs.stream().map(r -> r.run() + " " + r.variant() + " seed " + r.seed()).toList());
  }

  private Block runTable() {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("variant"),
            Table.Column.number("seed", ""),
            Table.Column.text("formation"),
            Table.Column.number("ICL before", "nats"),
            Table.Column.number("after", "nats"),
            Table.Column.number("prefix before", ""),
            Table.Column.number("after", ""),
            Table.Column.number("previous", ""),
            Table.Column.number("tokens", "M"),
            Table.Column.number("time", "s"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (RunSummary r : runs) {
      String formed = r.formationStep() == null ? "none" : r.formationStep().toString();
      rows.add(
          List.of(
              new Table.Text(r.variant()),
              new Table.Number(r.seed(), 0),
              new Table.Text(formed),
              new Table.Number(r.iclBefore(), 2),
              new Table.Number(r.iclAfter(), 2),
              new Table.Number(r.prefixMatchingBefore(), 2),
              new Table.Number(r.prefixMatching(), 2),
              new Table.Number(r.previousToken(), 2),
              new Table.Number(r.tokens() / 1e6, 2),
              new Table.Number(r.seconds(), 1)));
    }
    return new Block.Tabled(
        new Table(columns, rows), "Each run, at the end of its training.", command);
  }

  private static Block definitions() {
    return new Block.Bullets(
        List.of(
            "*Formation step*: the first probe from which on the best head's prefix-matching score"
                + " stays at or above 0.2, and three times uniform attention's, for three probes.",
            "*Before*: a tenth of the planned steps earlier; where nothing formed, half of the"
                + " steps taken. *After*: the last probe.",
            "*ICL score*: mean loss late in the context minus mean loss early in it; the indices"
                + " stand in `measures.json` of each run.",
            "*Previous token*: best previous-token score of a head of layer 0, on evaluation"
                + " text."));
  }
}
