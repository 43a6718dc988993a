package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.NamedPattern;
import refrain.analysis.RunSummary;
import refrain.analysis.Subject;
import refrain.analysis.measure.Asked;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.Measuring;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.probe.MeasureKind;
import refrain.report.RunPage;
import refrain.store.AtomicFiles;
import refrain.store.RunFolder;

/**
 * What a run ends with: when heads formed and which, the ICL score with its error, a page, and what
 * to do next. It is taken from the run's folder, in which the page and the numbers are kept; its
 * metrics and checkpoints stay as they are.
 */
final class RunEnding {
  /** Of a series, whose models may be large: no pass for each of their heads. */
  private static final Asked OF_SERIES =
      new Asked(EnumSet.of(MeasureKind.PREFIX_MATCHING, MeasureKind.PREVIOUS_TOKEN), true, false);

  private RunEnding() {}

  /** The lines; a run that cannot be measured is whole all the same, and the last line says why. */
  static List<String> of(Path folder, int threads) {
    String name = Shell.word(folder.toString());
    try {
      return lines(RunFolder.at(folder), name, threads);
    } catch (RefrainException e) {
      return List.of(
          "warning: the run is whole, but its results could not be shown: "
              + e.getMessage()
              + "; try ./refrain measure "
              + name);
    }
  }

  /**
   * The same, where a failure is one.
   *
   * @param name of the folder as a shell reads it
   */
  static List<String> lines(RunFolder folder, String name, int threads) {
    List<String> lines = new ArrayList<>();
    try (Subject run = new Subject(folder, null, threads)) {
      long end = new RunAtStep(folder, OptionalLong.empty()).checkpoint().step();
      Asked asked = run.spec().series() == null ? Asked.HEADS : OF_SERIES;
      Measurement m = new Measuring(run, "", asked, null, List.of()).at(end);
      Curves curves = Curves.of(run.metrics());
      Long formed = m.run().formed();
      lines.add(
          (formed == null
                  ? "Induction heads did not form"
                  : "Induction heads formed at step " + formed)
              + (m.hasVerdicts() ? "; at the end: " + m.model().bestHeads() : ""));
      lines.add(
          String.format(
              Locale.ROOT,
              "ICL score %s%s nats at step %d (n = %d)",
              folder.hasResult() && !curves.isEmpty() ? before(run) : "",
              m.model().icl().ascii(),
              end,
              m.model().icl().n()));
      lines.addAll(m.notes());
      Path page = folder.page();
      String command = "./refrain measure " + name + " --html " + Shell.word(page.toString());
      AtomicFiles.writeString(
          page,
          new RunPage(
                  List.of(m),
                  curves,
                  NamedPattern.of(run),
                  null,
                  null,
                  folder.info().sessions().getLast(),
                  command)
              .page()
              .html());
      lines.add("Page: " + page);
      lines.add(
          "Next: ./refrain measure "
              + name
              + " --intervene \"zero "
              + m.model().byVerdict().getFirst().name()
              + '"');
      lines.add(
          run.spec().series() == null
              ? "      ./refrain measure " + name + " --at all"
              : "      ./refrain serve " + name);
    }
    return lines;
  }

  /** The score at formation, from the summary, which is kept for whoever lists the run. */
  private static String before(Subject run) {
    Findings found = AnalysisStore.summary(run);
    double step = found.value(RunSummary.ICL_FORMED_STEP);
    return Double.isNaN(step)
        ? ""
        : String.format(
            Locale.ROOT, "%s at step %.0f, ", RunSummary.icl(found).formed().ascii(), step);
  }
}
