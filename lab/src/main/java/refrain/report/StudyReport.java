package refrain.report;

import java.util.ArrayList;
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
import refrain.draw.Terms;
import refrain.report.answer.Answers;
import refrain.report.answer.EarlierEdition;
import refrain.report.answer.Front;
import refrain.store.Machine;
import refrain.store.RunInfo;
import refrain.study.Argument;
import refrain.study.Study;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;
import refrain.study.TrainedWith;
import refrain.study.Variant;
import refrain.study.Verdict;

/**
 * A study's page, drawn from its folder alone: it can be drawn again at any time.
 *
 * @param figures what is drawn of it
 * @param terms what its words mean, beside the quantities of its claims
 * @param command what the reader would type to make it again
 */
public record StudyReport(StudyResults results, Figures figures, Terms terms, String command) {
  /** The page. */
  public Page page() {
    Answers answers = new Answers(results, figures.question());
    Front front = new Front(answers, StudyPicture.of(results, figures));
    List<Section> sections = new ArrayList<>();
    for (Argument argument : results.study().arguments()) {
      List<Block> blocks = new ArrayList<>(front.claims(argument.id()));
      for (Figures.Section section : figures.of(argument.id())) {
        if (reading().holds(section.when())) {
          blocks.addAll(new ItemBlocks(reading(), "").of(section.items()));
        }
      }
      if (!blocks.isEmpty()) {
        blocks.add(new Block.Code(command(argument)));
        sections.add(new Section(argument.heading(), blocks));
      }
    }
    appendix(sections);
    return new Page(
        results.study().title(),
        subtitle(),
        "",
        front.blocks(),
        provenance(),
        sections,
        new Words(results, terms).terms());
  }

  /** What is for looking up. */
  private void appendix(List<Section> sections) {
    List<Verdict> verdicts = results.verdicts();
    if (!verdicts.isEmpty()) {
      sections.add(new Section("All claims", true, byArgument(ClaimTable::shown)));
      sections.add(
          new Section(
              "What the claims measure, and why these bars",
              true,
              byArgument(own -> ClaimTable.measured(results, own))));
      sections.add(
          new Section(
              "What the intervals cover",
              true,
              List.of(
                  new Block.Tabled(
                      ClaimTable.coverage(),
                      "Simulated runs of known truth, judged as claims are, at 95 % and at the first"
                          + " step of Holm's procedure over twelve claims. Wholly above: how often a"
                          + " claim that says at least, with its bar at the truth, holds.",
                      command))));
    }
    EarlierEdition.of(results.study().name())
        .ifPresent(edition ->
            sections.add(
                new Section(
                    "What changed against the first edition",
                    true,
                    List.of(
                        new Block.Tabled(
                            edition.changed(results),
                            "Each claim of the first edition, its verdict then and now, and why.",
                            "")))));
    if (results.runs().isEmpty()) {
      return;
    }
    everyRun(sections);
    List<Block> ends = new ArrayList<>(List.of(runTable()));
    ends.addAll(arithmetic());
    ends.addAll(new ItemBlocks(reading(), command).of(own("definitions")));
    sections.add(new Section("Runs", true, ends));
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
                  "Every run: " + heading,
                  true,
                  items.of(DefaultFigures.everyRun(variants, tokens))));
          byIndex.addAll(DefaultFigures.items("index", variants, Map.of("data", heading)));
        });
    sections.add(new Section("Loss by token index, before and after", true, items.of(byIndex)));
    sections.add(new Section("The heads that were found", true, items.of(own("patterns"))));
  }

  private List<Item> own(String section) {
    return DefaultFigures.items(section, results.study().variants(), Map.of());
  }

  private String subtitle() {
    Study study = results.study();
    return study.onDisk()
        ? "one model on disk, heads off"
        : "seeds %s to %s".formatted(study.block(), study.block() + study.seeds() - 1);
  }

  private Reading reading() {
    return Reading.of(results, figures);
  }

  /** The command that makes the runs and figures of one argument again. */
  private String command(Argument argument) {
    return "./refrain study run %s%s --only %s"
        .formatted(
            results.study().name(),
            results.study().onDisk() ? " --set model=FILE" : "",
            argument.label());
  }

  /** A table an argument that has claims. */
  private List<Block> byArgument(Function<List<Verdict>, Table> table) {
    List<Block> blocks = new ArrayList<>();
    for (Argument argument : results.study().arguments()) {
      List<Verdict> own = results.verdicts(argument.id());
      if (!own.isEmpty()) {
        blocks.add(new Block.Tabled(table.apply(own), argument.heading(), ""));
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
