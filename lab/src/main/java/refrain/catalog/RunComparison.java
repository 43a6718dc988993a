package refrain.catalog;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.HeadId;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.train.Metrics;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/**
 * Two runs side by side.
 *
 * @param lines what is said of each: settings that differ, then results
 * @param sentences what is said of both: whether the weights are the same, where the curves part
 */
public record RunComparison(RunRow a, RunRow b, List<Line> lines, List<String> sentences) {
  /** Heads that are named. */
  private static final int HEADS = 3;

  private static final String PREFIX = "pm.L";

  /** One thing, as it is in either run. */
  public record Line(String what, String a, String b) {}

  /**
   * Compares two runs.
   *
   * @throws refrain.base.RefrainException when one of them is damaged
   */
  public static RunComparison of(RunFolder first, RunFolder second) {
    Map<Path, StudyUse> studies = StudyUse.ofRuns(List.of(first.path(), second.path()));
    RunRow a = RunRow.of(first, studies.get(first.path()));
    RunRow b = RunRow.of(second, studies.get(second.path()));
    List<MetricsRow> ofA = first.metrics().rows();
    List<MetricsRow> ofB = second.metrics().rows();
    List<Line> lines = new ArrayList<>();
    for (Json.Change c : Json.changes(settings(first), settings(second))) {
      lines.add(new Line(c.path(), words(c.before()), words(c.now())));
    }
    lines.add(new Line("steps taken", a.step() + "", b.step() + ""));
    lines.add(new Line("state", a.state().word(), b.state().word()));
    lines.add(new Line("heads formed at", formed(a), formed(b)));
    lines.add(new Line("ICL score (n)", a.iclWords(), b.iclWords()));
    for (int i = 0; i < HEADS; i++) {
      String at = i == 0 ? "best heads, last probe" : "";
      Line heads = new Line(at, head(ofA, i), head(ofB, i));
      if (!heads.a.isEmpty() || !heads.b.isEmpty()) {
        lines.add(heads);
      }
    }
    lines.add(new Line("loss, last probe", number(a.loss()), number(b.loss())));
    lines.add(
        new Line(
            "loss of the last batch",
            last(ofA, Metrics.TRAIN_LOSS),
            last(ofB, Metrics.TRAIN_LOSS)));
    return new RunComparison(a, b, lines, List.of(weights(first, second), curves(ofA, ofB)));
  }

  /** The settings of today's programs, whatever made the run. */
  private static JsonNode settings(RunFolder run) {
    return Json.parse(Json.line(Trainer.spec(run)), "settings");
  }

  private static String words(@Nullable JsonNode value) {
    return value == null ? "-" : value.isString() ? value.asString("") : value.toString();
  }

  private static String formed(RunRow r) {
    return r.formation() == null ? "not formed" : "step " + r.formation();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "not measured" : String.format(Locale.ROOT, "%.4f", value);
  }

  private static String last(List<MetricsRow> rows, String name) {
    return rows.isEmpty() ? "" : number(rows.getLast().value(name));
  }

  /** The head with the i-th highest prefix-matching score at the last probe; "" where none. */
  private static String head(List<MetricsRow> rows, int i) {
    MetricsRow probe =
        rows.reversed().stream()
            .filter(row -> row.values().containsKey(Metrics.PREFIX_MATCHING))
            .findFirst()
            .orElse(MetricsRow.at(0));
    Map<HeadId, Double> scores = new HashMap<>();
    probe
        .values()
        .forEach((name, value) -> {
          HeadId head = name.startsWith(PREFIX) ? HeadId.tryParse(name.substring(3)) : null;
          if (head != null && !value.isNaN()) {
            scores.put(head, value);
          }
        });
    return scores.entrySet().stream()
        .sorted(
            Map.Entry.<HeadId, Double>comparingByValue()
                .reversed()
                .thenComparing(e -> e.getKey().toString()))
        .skip(i)
        .findFirst()
        .map(e -> String.format(Locale.ROOT, "%s %.3f", e.getKey(), e.getValue()))
        .orElse("");
  }

  /** By the checksums that were recorded with the parameters, which are not read. */
  private static String weights(RunFolder a, RunFolder b) {
    Map<Long, Checkpoint> ofB = new HashMap<>();
    b.checkpoints().list().forEach(c -> ofB.put(c.step(), c));
    List<Checkpoint> both =
        a.checkpoints().list().stream()
            .filter(c -> ofB.containsKey(c.step()))
            .sorted(Comparator.comparingLong(Checkpoint::step).reversed())
            .toList();
    if (both.isEmpty()) {
      return "Weights: no step of which both runs kept a checkpoint.";
    }
    long step = both.getFirst().step();
    Checkpoint other = ofB.get(step);
    boolean same = other != null && sum(both.getFirst()).equals(sum(other));
    return "Weights at step %s, the last that both kept: %s."
        .formatted(step, same ? "the same to the bit" : "different");
  }

  private static String sum(Checkpoint checkpoint) {
    Path state = checkpoint.folder().resolve("state.json");
    return Files.exists(state)
        ? Json.readFile(state).path("files").path("model.safetensors").path("sha256").asString("?")
        : checkpoint.folder().toString();
  }

  /** The first step at which a number that both runs recorded differs. */
  private static String curves(List<MetricsRow> a, List<MetricsRow> b) {
    Map<Long, MetricsRow> ofB = new HashMap<>();
    b.forEach(row -> ofB.put(row.step(), row));
    long alike = -1;
    for (MetricsRow row : a) {
      MetricsRow other = ofB.get(row.step());
      if (other == null) {
        continue;
      }
      for (String name : row.values().keySet()) {
        if (other.values().containsKey(name)
            && Double.compare(row.value(name), other.value(name)) != 0) {
          return "Curves: %s; at step %s %s is %s and %s."
              .formatted(
                  alike < 0 ? "different from the beginning" : "the same up to step " + alike,
                  row.step(),
                  name,
                  row.value(name),
                  other.value(name));
        }
      }
      alike = row.step();
    }
    return alike < 0
        ? "Curves: no step that both runs recorded."
        : "Curves: the same in all that both recorded, up to step " + alike + ".";
  }
}
