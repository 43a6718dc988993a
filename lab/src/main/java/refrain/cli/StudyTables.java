package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.analysis.RunSummary;
import refrain.study.Estimate;
import refrain.study.JudgedBlock;
import refrain.study.Registration;
import refrain.study.StudyResults;
import refrain.study.TrainedWith;
import refrain.study.Verdict;

/** A study's results as lines of text. */
final class StudyTables {
  private StudyTables() {}

  static List<String> runs(List<RunSummary> runs) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        format(
            "%-18s %4s %9s %13s %13s %8s %8s %7s %7s",
            "variant",
            "seed",
            "formation",
            "ICL formed",
            "ICL at end",
            "prefix",
            "previous",
            "tokens",
            "seconds"));
    for (RunSummary r : runs) {
      lines.add(
          format(
              "%-18s %4d %9s %13s %13s %8.2f %8.2f %6.1fM %7.1f",
              r.variant(),
              r.seed(),
              r.formationStep() == null ? "none" : r.formationStep(),
              r.icl().formed().ascii(),
              r.icl().end().ascii(),
              r.prefixMatching(),
              r.previousToken(),
              r.tokens() / 1e6,
              r.seconds()));
    }
    if (!runs.isEmpty()) {
      lines.add(RunSummary.iclMeans(runs).replace("±", "+-"));
    }
    return lines;
  }

  /** What has to be known of the table of runs: that they were not trained alike. */
  static List<String> arithmetic(StudyResults results) {
    List<TrainedWith> groups = results.trainedWith();
    return TrainedWith.mixed(groups) ? List.of("", TrainedWith.sentence(groups)) : List.of();
  }

  static List<String> verdicts(StudyResults results) {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(
        format("%-17s %4s %8s %-16s %-14s  %s", "", "n", "estimate", "interval", "bar", "claim"));
    String last = "";
    for (Verdict v : results.verdicts()) {
      if (!v.claim().argument().equals(last)) {
        last = v.claim().argument();
        lines.add(results.study().argument(last).heading());
      }
      Estimate e = v.estimate();
      lines.add(
          format(
              "%-17s %4d %8s %-16s %-14s  %s%s",
              v.ruling().words(),
              e.n(),
              number(e.value()),
              Double.isNaN(e.low()) ? "" : "[" + number(e.low()) + ", " + number(e.high()) + "]",
              v.claim().test().bar().words(),
              v.claim().sentence(),
              v.reason().isEmpty() ? "" : " (" + v.reason() + ")"));
    }
    return lines;
  }

  /** Whether what is claimed was registered before it was run; nothing of one's own studies. */
  static List<String> registration(StudyResults results) {
    List<String> lines = new ArrayList<>();
    results
        .registration()
        .ifPresent(status ->
            lines.addAll(
                List.of(
                    "",
                    "Seeds from %s on: %s.".formatted(results.study().block(), status.words()))));
    for (Registration.Block block : results.blocks()) {
      JudgedBlock judged = block.judged();
      if (block.block() != results.study().block()) {
        lines.add(
            "Seeds from %s on: registered too; %s."
                .formatted(
                    block.block(),
                    judged == null
                        ? "what was found is not written down"
                        : "then " + judged.registration() + ", " + judged.tally()));
      }
    }
    return lines;
  }

  private static String number(double x) {
    return Double.isNaN(x) ? "none" : format("%.2f", x);
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
