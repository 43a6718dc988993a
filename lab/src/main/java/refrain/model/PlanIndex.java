package refrain.model;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.Input;
import refrain.model.Plan.OutputEdit;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.model.Plan.Sender;
import refrain.model.Plan.Values;
import refrain.tensor.Mat;

/** A plan sorted by where it acts. */
final class PlanIndex {
  /** The layers with any edit, from that of the embedding, -1: most places are in none of them. */
  private final BitSet edited = new BitSet();

  private final Map<HookPoint, List<OutputEdit>> outputs;
  private final Map<HeadId, List<ScoreEdit>> scores;
  private final Map<HeadId, List<PatternEdit>> patterns;
  private final Map<Integer, List<Reader>> readers = new HashMap<>();

  /** Of a plan that {@link Checks} found to fit the model. */
  PlanIndex(Plan plan) {
    outputs = by(plan.outputs(), e -> new HookPoint(e.kind(), e.layer()));
    scores = by(plan.scores(), ScoreEdit::head);
    patterns = by(plan.patterns(), PatternEdit::head);
    by(plan.edges(), EdgeEdit::receiverLayer).forEach((l, own) -> readers.put(l, readersOf(own)));
    outputs.keySet().forEach(point -> edited.set(point.layer() + 1));
    scores.keySet().forEach(head -> edited.set(head.layer() + 1));
    patterns.keySet().forEach(head -> edited.set(head.layer() + 1));
    readers.keySet().forEach(layer -> edited.set(layer + 1));
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
    return !readers.isEmpty();
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

  /** What reads a changed stream in a block. */
  List<Reader> readers(int layer) {
    return edited.get(layer + 1) ? readers.getOrDefault(layer, List.of()) : List.of();
  }

  /**
   * The heads of a block one of whose inputs reads the same changed stream.
   *
   * @param heads query heads, or key heads for K and V
   */
  record Reader(Input input, List<Integer> heads, List<Change> changes) {}

  /**
   * What all edits of one edge together make of the sender's contribution c: the stream that the
   * receiver reads gains factor c and what {@link #addTo} adds.
   *
   * @param layer of the sender; -1 for the embedding
   * @param head -1 where it is no head
   * @param factor [T] what c is scaled with, less 1
   */
  record Change(Sender sender, int layer, int head, float[] factor, List<EdgeEdit> edits) {
    static Change of(List<EdgeEdit> edits) {
      EdgeEdit first = edits.getFirst();
      float[] factor = new float[first.scale().length];
      for (int i = 0; i < factor.length; i++) {
        float scale = 1;
        for (EdgeEdit edit : edits) {
          scale *= edit.scale()[i];
        }
        factor[i] = scale - 1;
      }
      return new Change(first.sender(), first.senderLayer(), first.senderHead(), factor, edits);
    }

    /**
     * Adds the edits' constants to x [T, d_model]; what an edit adds is scaled by those after it.
     */
    void addTo(Mat x, int sequence) {
      for (int n = 0; n < edits.size(); n++) {
        Values add = edits.get(n).add();
        if (add == null) {
          continue;
        }
        float[] values = add.of(sequence);
        for (int i = 0; i < x.rows; i++) {
          float scale = 1;
          for (EdgeEdit after : edits.subList(n + 1, edits.size())) {
            scale *= after.scale()[i];
          }
          for (int j = 0; j < x.columns; j++) {
            x.data[x.at(i) + j] += scale * values[i * x.columns + j];
          }
        }
      }
    }

    private boolean same(Change other) {
      return sender == other.sender
          && layer == other.layer
          && head == other.head
          && Arrays.equals(factor, other.factor)
          && constants().equals(other.constants())
          && (constants().isEmpty() || edits.size() == 1 && other.edits.size() == 1);
    }

    private List<Values> constants() {
      return edits.stream().map(EdgeEdit::add).filter(Objects::nonNull).toList();
    }
  }

  private static List<Reader> readersOf(List<EdgeEdit> edits) {
    List<Reader> readers = new ArrayList<>();
    record Receiver(Input input, int head) {}
    by(edits, e -> new Receiver(e.input(), e.receiverHead()))
        .forEach((receiver, own) -> {
          List<Change> changes =
              by(own, EdgeEdit::component).values().stream().map(Change::of).toList();
          readers.stream()
              .filter(r -> r.input == receiver.input && same(r.changes, changes))
              .findFirst()
              .orElseGet(() -> {
                Reader reader = new Reader(receiver.input, new ArrayList<>(), changes);
                readers.add(reader);
                return reader;
              })
              .heads
              .add(receiver.head);
        });
    return readers;
  }

  private static boolean same(List<Change> a, List<Change> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).same(b.get(i))) {
        return false;
      }
    }
    return true;
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
