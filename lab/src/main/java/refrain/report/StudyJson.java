package refrain.report;

import java.util.List;
import java.util.Locale;
import refrain.store.Json;
import refrain.study.RunSummary;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.Verdict;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code report.json}: a study's runs and verdicts for programs. */
public final class StudyJson {
  private StudyJson() {}

  /**
   * An object with {@code runs}, a list of {@link RunSummary}, and {@code claims}, a list of {@code
   * {id, sentence, variant, estimate, is, bar, measured, n, verdict}}; what does not exist is null.
   */
  public static ObjectNode of(StudyFolder folder) {
    Study study = folder.study();
    List<RunSummary> runs = folder.summaries(study);
    ObjectNode root = Json.object().put("study", study.name()).put("title", study.title());
    root.set("runs", Json.tree(runs));
    ArrayNode claims = root.putArray("claims");
    for (Verdict verdict : StudyFolder.judge(study, runs)) {
      ObjectNode claim =
          claims
              .addObject()
              .put("id", verdict.claim().id())
              .put("sentence", verdict.claim().sentence())
              .put("variant", verdict.claim().variant())
              .put("estimate", verdict.claim().estimate().name().toLowerCase(Locale.ROOT))
              .put("is", verdict.claim().is().sign())
              .put("bar", verdict.claim().bar());
      if (Double.isFinite(verdict.measured())) {
        claim.put("measured", verdict.measured());
      } else {
        claim.putNull("measured");
      }
      claim
          .put("n", verdict.values().size())
          .put("verdict", verdict.ruling().name().toLowerCase(Locale.ROOT));
    }
    return root;
  }
}
