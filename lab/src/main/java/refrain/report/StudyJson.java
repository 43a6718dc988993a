package refrain.report;

import java.util.Locale;
import refrain.analysis.RunSummary;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.study.Claim;
import refrain.study.Estimate;
import refrain.study.Study;
import refrain.study.StudyResults;
import refrain.study.Test;
import refrain.study.TrainedWith;
import refrain.study.Verdict;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code report.json}: a study's runs and verdicts for programs. */
public final class StudyJson {
  private StudyJson() {}

  /**
   * An object with {@code runs}, a list of {@link RunSummary}, {@code arithmetic}, a list of {@code
   * {trainedWith: [{processor, vectors, kernels}, ...], runs}} that groups the runs by their
   * identifiers, and {@code claims}, a list of {@code {id, argument, data, sentence, quantity,
   * statistic, bar, estimate, low, high, control, n, verdict, reason}}; {@code control} is null or
   * {@code {quantity, bar, estimate, low, high, n}}; numbers that do not exist are null.
   */
  public static ObjectNode of(StudyResults results) {
    Study study = results.study();
    ObjectNode root =
        Json.object()
            .put("study", study.name())
            .put("title", study.title())
            .put("seeds", study.seeds())
            .put("block", study.block());
    root.set("runs", finite(Json.tree(results.runs())));
    arithmetic(root.putArray("arithmetic"), results);
    ArrayNode claims = root.putArray("claims");
    for (Verdict verdict : results.verdicts()) {
      Claim claim = verdict.claim();
      ObjectNode node =
          claims
              .addObject()
              .put("id", claim.id())
              .put("argument", study.argument(claim.argument()).label())
              .put("data", claim.data())
              .put("sentence", claim.sentence());
      test(node, claim.test(), verdict.estimate());
      Test control = claim.control();
      Estimate measured = verdict.control();
      if (control == null || measured == null) {
        node.putNull("control");
      } else {
        test(node.putObject("control"), control, measured);
      }
      node.put("verdict", verdict.ruling().name().toLowerCase(Locale.ROOT))
          .put("reason", verdict.reason());
    }
    return root;
  }

  /** A number that does not exist is null, and no text. */
  private static JsonNode finite(JsonNode node) {
    if (node instanceof ObjectNode object) {
      object.propertyNames().forEach(name -> object.set(name, finite(object.path(name))));
    } else if (node instanceof ArrayNode list) {
      for (int i = 0; i < list.size(); i++) {
        list.set(i, finite(list.get(i)));
      }
    }
    return node.isDouble() ? Json.finite(node.asDouble()) : node;
  }

  private static void arithmetic(ArrayNode groups, StudyResults results) {
    for (TrainedWith group : results.trainedWith()) {
      ObjectNode node = groups.addObject();
      ArrayNode used = node.putArray("trainedWith");
      for (Arithmetic each : group.arithmetic()) {
        used.addObject()
            .put("processor", each.processor())
            .put("vectors", each.vectors())
            .put("kernels", each.kernels());
      }
      ArrayNode runs = node.putArray("runs");
      group.runs().forEach(run -> runs.add(run.run()));
    }
  }

  private static void test(ObjectNode node, Test test, Estimate estimate) {
    node.put("quantity", test.words())
        .put("statistic", test.statistic().words())
        .put("bar", test.bar().words());
    node.set("estimate", Json.finite(estimate.value()));
    node.set("low", Json.finite(estimate.low()));
    node.set("high", Json.finite(estimate.high()));
    node.put("n", estimate.n()).put("missing", estimate.missing());
  }
}
