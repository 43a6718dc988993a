package refrain.model;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.OutputEdit;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.tensor.Mat;

/** A plan sorted by where it acts. */
final class PlanIndex {
  /** The layers with any edit, from that of the embedding, -1: most places are in none of them. */
  private final BitSet edited = new BitSet();

  private final Map<HookPoint, List<OutputEdit>> outputs;
  private final Map<HeadId, List<ScoreEdit>> scores;
  private final Map<HeadId, List<PatternEdit>> patterns;
  private final Map<Integer, List<EdgeEdit>> edges;

  /** Of a plan that {@link Checks} found to fit the model. */
  PlanIndex(Plan plan) {
    outputs = by(plan.outputs(), e -> new HookPoint(e.kind(), e.layer()));
    scores = by(plan.scores(), ScoreEdit::head);
    patterns = by(plan.patterns(), PatternEdit::head);
    edges = by(plan.edges(), EdgeEdit::receiverLayer);
    outputs.keySet().forEach(point -> edited.set(point.layer() + 1));
    scores.keySet().forEach(head -> edited.set(head.layer() + 1));
    patterns.keySet().forEach(head -> edited.set(head.layer() + 1));
    edges.keySet().forEach(layer -> edited.set(layer + 1));
  }

  /** Edits that share something, in the plan's order. */
  static <K, E> Map<K, List<E>> by(List<E> edits, Function<E, K> place) {
    return edits.stream().collect(groupingBy(place, LinkedHashMap::new, toList()));
  }

  List<OutputEdit> outputs(HookKind kind, int layer) {
    return edited.get(layer + 1)
        ? outputs.getOrDefault(new HookPoint(kind, layer), List.of())
        : List.of();
  }

  List<ScoreEdit> scores(int layer, int head) {
    return edited.get(layer + 1)
        ? scores.getOrDefault(new HeadId(layer, head), List.of())
        : List.of();
  }

  List<PatternEdit> patterns(int layer, int head) {
    return edited.get(layer + 1)
        ? patterns.getOrDefault(new HeadId(layer, head), List.of())
        : List.of();
  }

  boolean hasEdges() {
    return !edges.isEmpty();
  }

  /** Whether a whole pattern stands in place of the one that a head's scores would give. */
  boolean replaced(int layer, int head) {
    for (PatternEdit edit : patterns(layer, head)) {
      if (edit.whole()) {
        return true;
      }
    }
    return false;
  }

  List<EdgeEdit> edges(int receiverLayer) {
    return edited.get(receiverLayer + 1) ? edges.getOrDefault(receiverLayer, List.of()) : List.of();
  }

  /** activation &lt;- scale activation + add, of one head's columns or of all. */
  static void apply(OutputEdit e, int sequence, Mat x, int dHead) {
    int first = e.head() < 0 ? 0 : e.head() * dHead;
    int count = e.head() < 0 ? x.columns : dHead;
    float[] add = e.add() == null ? null : e.add().of(sequence);
    for (int i = 0; i < x.rows; i++) {
      float scale = e.scale()[i];
      int from = x.at(i) + first;
      for (int j = 0; j < count; j++) {
        // A factor of 0 replaces, whatever stood there.
        float edited = scale == 0 ? 0 : scale * x.data[from + j];
        x.data[from + j] = add == null ? edited : edited + add[i * count + j];
      }
    }
  }

  /** The gradient's way back through {@link #apply}. */
  static void back(OutputEdit e, Mat dx, int dHead) {
    int first = e.head() < 0 ? 0 : e.head() * dHead;
    int count = e.head() < 0 ? dx.columns : dHead;
    for (int i = 0; i < dx.rows; i++) {
      int from = dx.at(i) + first;
      for (int j = from; j < from + count; j++) {
        dx.data[j] *= e.scale()[i];
      }
    }
  }
}
