package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import refrain.report.Page.Provenance;
import refrain.report.Page.Section;
import refrain.store.Machine;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.study.Claim;
import refrain.study.RunSummary;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.Verdict;

/** A study's page, drawn from its folder alone: it can be drawn again at any time. */
public final class StudyReport {
  private final StudyFolder folder;
  private final Study study;
  private final String command;
  private final List<RunSummary> runs;

  /**
   * @param command what the reader would type to make it again
   */
  public StudyReport(StudyFolder folder, String command) {
    this.folder = folder;
    this.study = folder.study();
    this.command = command;
    this.runs = folder.summaries(study);
  }

  /** The page. */
  public Page page() {
    List<Section> sections = new ArrayList<>();
    List<Verdict> verdicts = StudyFolder.judge(study, runs);
    sections.add(new Section("Verdicts", List.of(verdictTable(verdicts))));
    sections.add(new Section("Runs", List.of(runTable(), definitions())));
    StudyCharts charts = new StudyCharts(folder, study, runs, command);
    charts
        .byData()
        .forEach((data, variants) ->
            sections.add(new Section(StudyCharts.heading(data), charts.curves(variants))));
    sections.add(new Section("Loss by token index, before and after", charts.lossByIndex()));
    sections.add(new Section("The head that was found", charts.patterns()));
    long held = verdicts.stream().filter(v -> v.ruling() == Verdict.Ruling.HOLDS).count();
    String lead =
        held
            + " of "
            + verdicts.size()
            + " claims hold on "
            + runs.size()
            + " runs. Bars stand in "
            + "`studies/"
            + study.name()
            + ".yaml` and were set before the runs.";
    return new Page(
        study.title(),
        study.seeds() + " seeds, trained on this machine",
        lead,
        provenance(),
        sections);
  }

  private Provenance provenance() {
    Optional<RunInfo.Session> last =
        study.cells().stream()
            .flatMap(cell -> folder.find(cell).stream())
            .map(RunFolder::info)
            .flatMap(info -> info.sessions().stream())
            .reduce((a, b) -> b.started().compareTo(a.started()) > 0 ? b : a);
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

  private Block verdictTable(List<Verdict> verdicts) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("claim"),
            Table.Column.text("verdict"),
            Table.Column.text("bar"),
            Table.Column.number("measured", ""),
            Table.Column.text("quantity"),
            Table.Column.text("why this bar"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Verdict v : verdicts) {
      Claim claim = v.claim();
      rows.add(
          List.of(
              new Table.Text(claim.sentence()),
              new Table.Verdict(badge(v.ruling()), "(n = " + v.values().size() + ")"),
              new Table.Text(claim.is().sign() + " " + Num.fixed(claim.bar(), 2)),
              new Table.Number(v.measured(), 2),
              new Table.Text(claim.estimate().words() + ", " + claim.variant()),
              new Table.Text(claim.why())));
    }
    return new Block.Tabled(
        new Table(columns, rows),
        "Every seed has to clear the bar; measured is the seed nearest to failing.",
        command);
  }

  private static Badge badge(Verdict.Ruling ruling) {
    return switch (ruling) {
      case HOLDS -> Badge.HOLDS;
      case FAILS -> Badge.FAILS;
      case UNDECIDED -> Badge.UNDECIDED;
    };
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
