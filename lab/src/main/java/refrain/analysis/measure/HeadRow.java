package refrain.analysis.measure;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.HeadId;

/**
 * One head of a model in one state.
 *
 * @param scores by the key of their definition
 * @param match whether it matches prefixes; null: not asked, or not to be had
 * @param without what changes when it is removed; null: not asked
 */
public record HeadRow(
    HeadId head, Map<String, Double> scores, @Nullable Match match, @Nullable Removal without) {
  public HeadRow {
    scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
  }

  /** Such as L1H3. */
  public String name() {
    return head.toString();
  }

  public int layer() {
    return head.layer();
  }

  /** Its place among the heads of its layer. */
  public int index() {
    return head.head();
  }

  /** The score of that key; NaN where it was not measured. */
  public double score(String key) {
    return scores.getOrDefault(key, Double.NaN);
  }

  /** What is concluded of it; {@link Verdict#NONE} where nothing is known. */
  public Verdict verdict() {
    return match == null ? Verdict.NONE : match.verdict();
  }
}
