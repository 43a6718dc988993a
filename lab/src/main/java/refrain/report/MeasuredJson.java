package refrain.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.IclEstimate;
import refrain.analysis.measure.Change;
import refrain.analysis.measure.Comparison;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.Placebo;
import refrain.analysis.measure.PromptReading;
import refrain.analysis.measure.Reading;
import refrain.analysis.measure.Removal;
import refrain.store.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Measurements for programs. Numbers that do not exist are null. */
public final class MeasuredJson {
  private MeasuredJson() {}

  /**
   * An object with {@code measurements}, a list of {@code {run, step, text, definitions, model,
   * intervened, notes}}. {@code model} is {@code {loss, lossByIndex, icl: {score, error, n}, heads:
   * [{head, verdict, scores, match, without}], numbers, series}}; {@code intervened} is null or
   * {@code {interventions, model, change, placebo}}. {@code definitions} say title, unit, formula
   * and source of each key.
   */
  public static ObjectNode of(List<Measurement> measurements) {
    ObjectNode root = Json.object();
    ArrayNode list = root.putArray("measurements");
    for (Measurement m : measurements) {
      ObjectNode node = list.addObject();
      node.set("run", Json.tree(m.run()));
      node.put("step", m.step()).put("text", m.text());
      node.set("definitions", Json.tree(m.definitions()));
      model(node.putObject("model"), m.model());
      Measurement.Intervened after = m.intervened();
      if (after == null) {
        node.putNull("intervened");
      } else {
        ObjectNode changed = node.putObject("intervened");
        changed.set("interventions", Json.tree(after.interventions()));
        model(changed.putObject("model"), after.model());
        removal(changed.putObject("change"), after.change());
        placebo(changed.putObject("placebo"), after);
      }
      node.set("notes", Json.tree(m.notes()));
    }
    return root;
  }

  /** {@code {head, tokens, attention: [query][key], loss, lossAfter}}. */
  public static ObjectNode of(PromptReading prompt) {
    ObjectNode node = Json.object().put("head", prompt.head());
    node.set("tokens", Json.tree(prompt.tokens()));
    ArrayNode rows = node.putArray("attention");
    for (int query = 0; query < prompt.tokens().size(); query++) {
      ArrayNode row = rows.addArray();
      for (int key = 0; key <= query; key++) {
        row.add(prompt.attention(query, key));
      }
    }
    numbers(node.putArray("loss"), prompt.losses());
    double[] after = prompt.after();
    if (after == null) {
      node.putNull("lossAfter");
    } else {
      numbers(node.putArray("lossAfter"), after);
    }
    return node;
  }

  /** {@code {other: measurement, icl, loss, byIndex, paired}}: the measured minus the other. */
  public static ObjectNode of(Comparison compared) {
    ObjectNode node = Json.object();
    node.set("other", of(List.of(compared.other())).path("measurements").path(0));
    change(node.putObject("icl"), compared.icl());
    change(node.putObject("loss"), compared.loss());
    numbers(node.putArray("byIndex"), compared.byIndex());
    return node.put("paired", compared.paired());
  }

  private static void model(ObjectNode node, Reading model) {
    node.set("loss", Json.finite(model.loss()));
    numbers(node.putArray("lossByIndex"), model.lossByIndex());
    IclEstimate icl = model.icl();
    estimate(node.putObject("icl"), "score", icl.score(), icl.error(), icl.n());
    ArrayNode heads = node.putArray("heads");
    for (HeadRow row : model.heads()) {
      ObjectNode head = heads.addObject();
      head(head, row);
      Removal without = row.without();
      if (without == null) {
        head.putNull("without");
      } else {
        removal(head.putObject("without"), without);
      }
    }
    ObjectNode numbers = node.putObject("numbers");
    model.numbers().forEach((name, value) -> numbers.set(name, Json.finite(value)));
    ObjectNode series = node.putObject("series");
    model.series().forEach((name, values) -> numbers(series.putArray(name), values));
  }

  /** Name, verdict, match and scores of a head. */
  public static void head(ObjectNode head, HeadRow row) {
    head.put("head", row.name());
    Match match = row.match();
    if (match == null) {
      head.putNull("verdict").putNull("match");
    } else {
      head.put("verdict", match.verdict().words());
      ObjectNode m = head.putObject("match");
      m.set("score", Json.finite(match.score()));
      m.set("without", Json.finite(match.without()));
      m.set("difference", Json.finite(match.difference()));
      m.set("error", Json.finite(match.error()));
      m.set("p", Json.finite(match.p()));
    }
    ObjectNode scores = head.putObject("scores");
    row.scores().forEach((key, score) -> scores.set(key, Json.finite(score)));
  }

  private static void removal(ObjectNode node, Removal removal) {
    change(node.putObject("loss"), removal.loss());
    change(node.putObject("icl"), removal.icl());
  }

  /** {@code {mean, error, n}}. */
  public static void change(ObjectNode node, Change change) {
    estimate(node, "mean", change.mean(), change.error(), change.n());
  }

  private static void estimate(ObjectNode node, String name, double value, double error, int n) {
    node.set(name, Json.finite(value));
    node.set("error", Json.finite(error));
    node.put("n", n);
  }

  private static void placebo(ObjectNode node, Measurement.Intervened after) {
    Placebo placebo = after.placebo();
    node.put("all", placebo.all()).put("none", placebo.none());
    for (boolean withMatching : new boolean[] {true, false}) {
      ObjectNode of = node.putObject(withMatching ? "allSets" : "withoutMatchingHeads");
      of.set("loss", summary(placebo, after.change(), true, withMatching));
      of.set("icl", summary(placebo, after.change(), false, withMatching));
    }
    ArrayNode sets = node.putArray("sets");
    for (Placebo.Set set : placebo.sets()) {
      ObjectNode one = sets.addObject();
      one.set("heads", Json.tree(set.heads()));
      one.put("matching", set.matching());
      removal(one.putObject("change"), set.change());
    }
  }

  private static @Nullable ObjectNode summary(
      Placebo placebo, Removal own, boolean loss, boolean withMatching) {
    return placebo
        .summary(own, r -> (loss ? r.loss() : r.icl()).mean(), withMatching)
        .map(s -> {
          ObjectNode node = Json.object().put("sets", s.n());
          node.set("median", Json.finite(s.median()));
          node.set("low", Json.finite(s.low()));
          node.set("high", Json.finite(s.high()));
          return node.put("rank", s.rank());
        })
        .orElse(null);
  }

  private static void numbers(ArrayNode array, double[] values) {
    for (double value : values) {
      array.add(Json.finite(value));
    }
  }
}
