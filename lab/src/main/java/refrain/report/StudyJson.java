package refrain.report;

import refrain.analysis.RunSummary;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.study.Claim;
import refrain.study.Estimate;
import refrain.study.Paper;
import refrain.study.Registration;
import refrain.study.Study;
import refrain.study.StudyResults;
import refrain.study.Tally;
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
   * An object with {@code registration}, null of a study of one's own or {@code {registered,
   * reason, commit}}, {@code blocks}, a list of {@code {block, judged}} of every block that was
   * ever registered ({@link refrain.study.JudgedBlock}, null where nothing was committed), {@code
   * runs}, a list of {@link RunSummary}, {@code arithmetic}, a list of {@code {trainedWith:
   * [{processor, vectors, kernels}, ...], runs}} that groups the runs by their identifiers, {@code
   * tallies}, how many claims of each kind came out in which way, and {@code claims}, a list of
   * {@code {id, argument, data, kind, sentence, seen, supersedes, paper: {says, where, bar},
   * otherwise, rates: {@link refrain.study.Rates.Rate}, quantity, statistic, bar, estimate, low,
   * high, low95, high95, pValue, n, missing, control, p, level, needs, verdict, reason}}; {@code
   * control} is null or has what {@code quantity} to {@code missing} are of the control; {@code p}
   * is the claim's, the larger of the two, judged at {@code level}, at which {@code low} and {@code
   * high} are the ends of the interval; numbers that do not exist are null.
   */
  public static ObjectNode of(StudyResults results) {
    Study study = results.study();
    ObjectNode root =
        Json.object()
            .put("study", study.name())
            .put("title", study.title())
            .put("seeds", study.seeds())
            .put("block", study.block());
    registration(root, results);
    root.set("runs", finite(Json.tree(results.runs())));
    arithmetic(root.putArray("arithmetic"), results);
    ArrayNode tallies = root.putArray("tallies");
    for (Claim.Kind kind : Claim.Kind.values()) {
      Tally tally = results.tally(kind);
      ObjectNode node = tallies.addObject().put("kind", kind.words()).put("claims", tally.all());
      tally.rulings().forEach((ruling, n) -> node.put(ruling.words(), n));
    }
    ArrayNode claims = root.putArray("claims");
    for (Verdict verdict : results.verdicts()) {
      Claim claim = verdict.claim();
      ObjectNode node =
          claims
              .addObject()
              .put("id", claim.id())
              .put("argument", study.argument(claim.argument()).label())
              .put("data", claim.data())
              .put("kind", claim.kind().words())
              .put("sentence", claim.sentence())
              .put("seen", claim.seen().words());
      claim.supersedes().forEach(node.putArray("supersedes")::add);
      Paper paper = claim.paper();
      if (paper == null) {
        node.putNull("paper");
      } else {
        node.putObject("paper")
            .put("says", paper.says())
            .put("where", paper.where())
            .put("bar", paper.region(claim.test()).words());
      }
      node.put("otherwise", claim.otherwise() == null ? null : claim.otherwise().world());
      node.set("rates", results.rate(claim).map(Json::tree).orElse(null));
      test(node, claim.test(), verdict.estimate());
      Test control = claim.control();
      Estimate measured = verdict.control();
      if (control == null || measured == null) {
        node.putNull("control");
      } else {
        test(node.putObject("control"), control, measured);
      }
      node.put("p", verdict.p())
          .put("level", verdict.level())
          .put("needs", claim.seeds())
          .put("verdict", verdict.ruling().words())
          .put("reason", verdict.reason());
    }
    return root;
  }

  private static void registration(ObjectNode root, StudyResults results) {
    Registration.Status status = results.registration().orElse(null);
    if (status == null) {
      root.putNull("registration");
    } else {
      root.putObject("registration")
          .put("registered", status.registered())
          .put("reason", status.reason())
          .put("commit", status.commit());
    }
    ArrayNode blocks = root.putArray("blocks");
    for (Registration.Block block : results.blocks()) {
      ObjectNode node = blocks.addObject().put("block", block.block());
      if (block.judged() == null) {
        node.putNull("judged");
      } else {
        node.set("judged", Json.tree(block.judged()));
      }
    }
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
    node.set("low95", Json.finite(estimate.usual().low()));
    node.set("high95", Json.finite(estimate.usual().high()));
    node.set("pValue", Json.finite(estimate.p()));
    node.put("n", estimate.n()).put("missing", estimate.missing());
  }
}
