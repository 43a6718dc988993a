package refrain.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import refrain.report.ClaimTable;
import refrain.report.Figures;
import refrain.report.StudyJson;
import refrain.report.StudyPicture;
import refrain.report.StudyReport;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.StudyResults;

/** A study's results, read once a command, and the reports that are written beside its runs. */
final class Reports {
  private Reports() {}

  /** Reads a study and judges its claims, which takes a while and so is said. */
  static StudyResults read(StudyFolder folder, PrintWriter terminal) {
    return folder.read(
        new StudyListener() {
          @Override
          public void judging(Study study) {
            terminal.println("Judging " + study.claims().size() + " claims.");
            terminal.flush();
          }
        });
  }

  /**
   * Writes {@code report.html}, {@code report.json}, {@code claims.csv} and {@code
   * phase-change.svg}.
   *
   * @param figures what the page draws
   * @param command what the reader would type to make it again
   * @return the page
   */
  static Path write(Path out, StudyResults results, Figures figures, String command) {
    AtomicFiles.writeString(out.resolve("report.json"), Json.pretty(StudyJson.of(results)));
    AtomicFiles.writeString(out.resolve("claims.csv"), ClaimTable.csv(results));
    AtomicFiles.writeString(out.resolve("phase-change.svg"), StudyPicture.of(results).svg());
    Path page = out.resolve("report.html");
    AtomicFiles.writeString(page, new StudyReport(results, figures, command).page().html());
    return page;
  }
}
