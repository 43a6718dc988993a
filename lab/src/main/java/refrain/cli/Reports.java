package refrain.cli;

import java.nio.file.Path;
import refrain.report.ClaimTable;
import refrain.report.StudyJson;
import refrain.report.StudyPicture;
import refrain.report.StudyReport;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.study.StudyFolder;

/** Writes a study's reports beside its runs, from what is stored there. */
final class Reports {
  private Reports() {}

  /**
   * Writes {@code report.html}, {@code report.json}, {@code claims.csv} and {@code
   * phase-change.svg}.
   *
   * @param command what the reader would type to make it again
   * @return the page
   */
  static Path write(StudyFolder folder, String command) {
    Path out = folder.path();
    AtomicFiles.writeString(out.resolve("report.json"), Json.pretty(StudyJson.of(folder)));
    AtomicFiles.writeString(
        out.resolve("claims.csv"), ClaimTable.csv(folder.judge(folder.study())));
    StudyReport report = new StudyReport(folder, command);
    AtomicFiles.writeString(out.resolve("phase-change.svg"), StudyPicture.of(folder).svg());
    Path page = out.resolve("report.html");
    AtomicFiles.writeString(page, report.page().html());
    return page;
  }
}
