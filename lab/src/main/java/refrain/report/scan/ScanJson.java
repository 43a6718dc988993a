package refrain.report.scan;

import refrain.analysis.scan.Effects;
import refrain.analysis.scan.Scan;
import refrain.report.MeasuredJson;
import refrain.store.Json;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A scan for programs. Numbers that do not exist are null. */
public final class ScanJson {
  private ScanJson() {}

  /**
   * {@code {model, architecture, layers, headsPerLayer, text, definitions, heads: [{head, verdict,
   * match, scores}], effects, notes}}; {@code effects} is null or {@code {text, asked, without:
   * [{head, by, repeated, text}], paths: [{sender, receiver, before, score}]}}, where each change
   * is {@code {mean, error, n}}.
   */
  public static ObjectNode of(Scan scan) {
    ObjectNode root = Json.object();
    root.put("model", scan.model()).put("architecture", scan.architecture());
    root.put("layers", scan.layers()).put("headsPerLayer", scan.headsPerLayer());
    root.put("text", scan.text());
    root.set("definitions", Json.tree(scan.definitions()));
    ArrayNode heads = root.putArray("heads");
    scan.heads().forEach(row -> MeasuredJson.head(heads.addObject(), row));
    Effects effects = scan.effects();
    if (effects == null) {
      root.putNull("effects");
    } else {
      effects(root.putObject("effects"), effects);
    }
    root.set("notes", Json.tree(scan.notes()));
    return root;
  }

  private static void effects(ObjectNode node, Effects effects) {
    node.put("text", effects.text()).put("asked", effects.asked());
    ArrayNode without = node.putArray("without");
    for (Effects.Without each : effects.without()) {
      ObjectNode one = without.addObject();
      one.put("head", each.head()).put("by", ScanTables.words(each.by()));
      MeasuredJson.change(one.putObject("repeated"), each.repeated());
      MeasuredJson.change(one.putObject("text"), each.text());
    }
    ArrayNode paths = node.putArray("paths");
    for (Effects.Path each : effects.paths()) {
      ObjectNode one = paths.addObject();
      one.put("sender", each.sender()).put("receiver", each.receiver());
      one.set("before", Json.finite(each.before()));
      MeasuredJson.change(one.putObject("score"), each.score());
    }
  }
}
