package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.report.ClaimTable;
import refrain.report.Figures;
import refrain.report.StudyJson;
import refrain.report.StudyPicture;
import refrain.report.StudyReport;
import refrain.report.answer.EarlierEdition;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyResults;
import tools.jackson.databind.JsonNode;

/** A study's results, read once a command, and the reports that are written beside its runs. */
final class Reports {
  static final String TABLE = "--table";
  static final String TABLE_MEANS = "Print every run and every verdict too.";

  private static final String JSON = "report.json";
  private static final String PARTIAL = "partial";

  private Reports() {}

  /**
   * Reads a study and judges its claims, which takes a while and so is said.
   *
   * @param damaged takes a sentence for each file that is left out
   */
  static StudyResults read(StudyFolder folder, PrintWriter terminal, Consumer<String> damaged) {
    return folder.read(
        new StudyListener() {
          @Override
          public void judging(Study study) {
            int claims = study.claims().size();
            terminal.println("Judging " + claims + (claims == 1 ? " claim." : " claims."));
            terminal.flush();
          }

          @Override
          public void missing(String sentence) {
            terminal.println("warning: " + Printable.line(sentence));
          }

          @Override
          public void damaged(String sentence) {
            damaged.accept(sentence);
          }
        });
  }

  /**
   * Writes {@code report.html}, {@code report.json}, {@code claims.csv} and {@code
   * phase-change.svg}, and {@code changed.csv} for a study that has an earlier edition; into the
   * folder {@code partial} where the report that is there says more.
   *
   * @param figures what the page draws
   * @param command what the reader would type to make it again
   * @param whole whether everything that was asked for is in the results: they then replace
   *     whatever is there
   * @return the page
   */
  static Path write(
      Path folder, StudyResults results, Figures figures, String command, boolean whole) {
    JsonNode now = StudyJson.of(results);
    Path out = whole || !saysMore(folder.resolve(JSON), now) ? folder : folder.resolve(PARTIAL);
    AtomicFiles.writeString(out.resolve(JSON), Json.pretty(now));
    AtomicFiles.writeString(out.resolve("claims.csv"), ClaimTable.csv(results));
    EarlierEdition.of(results.study().name())
        .ifPresent(edition ->
            AtomicFiles.writeString(out.resolve("changed.csv"), edition.changed(results).csv()));
    AtomicFiles.writeString(
        out.resolve("phase-change.svg"), StudyPicture.of(results, figures).svg());
    Path page = out.resolve("report.html");
    AtomicFiles.writeString(
        page, new StudyReport(results, figures, Glossary.load().cards(), command).page().html());
    return page;
  }

  /**
   * What a study ends with on the terminal.
   *
   * @param tables whether all runs and verdicts stand above it
   */
  static List<String> ending(StudyResults results, Figures figures, boolean tables) {
    List<String> lines = new ArrayList<>();
    if (tables) {
      lines.addAll(StudyTables.runs(results.runs()));
      lines.addAll(StudyTables.arithmetic(results));
      lines.addAll(StudyTables.verdicts(results));
      lines.addAll(StudyTables.registration(results));
      lines.add("");
    }
    lines.addAll(StudyEnding.of(results, figures.question()));
    return lines;
  }

  /** Where the page lies, and why not beside the runs when it does not. */
  static String where(Path page) {
    return page.getParent() != null && page.getParent().endsWith(PARTIAL)
        ? "Report: %s (the one in the folder above has more runs or values, and is kept)"
            .formatted(page)
        : "Report: " + page;
  }

  /** Ends a command that left something out; what it could read was reported. */
  static void refuse(List<String> damaged) {
    if (!damaged.isEmpty()) {
      throw RefrainException.badFile(
          damaged.size() == 1
              ? damaged.getFirst()
              : "%s; and %s more files or runs are left out, named above"
                  .formatted(damaged.getFirst(), damaged.size() - 1));
    }
  }

  /** Whether a report that was written has a run that this one lacks, or more runs in a claim. */
  private static boolean saysMore(Path written, JsonNode now) {
    JsonNode before;
    try {
      before = Json.readIfThere(written, JsonNode.class).orElseGet(Json::object);
    } catch (RefrainException e) {
      return false; // what is damaged says nothing
    }
    Set<String> runs = new HashSet<>();
    now.path("runs").forEach(run -> runs.add(run.path("run").asString("")));
    for (JsonNode run : before.path("runs")) {
      if (!runs.contains(run.path("run").asString(""))) {
        return true;
      }
    }
    Map<String, Integer> values = new HashMap<>();
    now.path("claims")
        .forEach(claim -> values.put(claim.path("id").asString(""), claim.path("n").asInt(0)));
    for (JsonNode claim : before.path("claims")) {
      if (claim.path("n").asInt(0) > values.getOrDefault(claim.path("id").asString(""), -1)) {
        return true;
      }
    }
    return false;
  }
}
