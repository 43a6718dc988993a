package refrain.analysis.instrument;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.Recording;

/**
 * Edges to compare a path ablation with: the same inputs are changed by as much, but along what
 * other heads write. At each position of each sequence an ablation changes what a receiver reads by
 * a vector, the sum over its senders of replacement minus contribution. The others' own such vector
 * is scaled to the same length. A receiver that breaks whatever its input is changed by, or that
 * reads these heads too, loses as much under it; one that reads the senders does not.
 */
public final class MatchedEdges {
  private final ModelState model;
  private final Batch batch;
  private final Plan own;
  private final Map<Integer, float[][]> written = new HashMap<>();

  private MatchedEdges(ModelState model, Batch batch) {
    this.model = model;
    this.batch = batch;
    this.own = model.plan(batch, List.of());
    Recording results = new Recording(batch.size());
    int layers = model.spec().nLayers();
    for (int layer = 0; layer < layers; layer++) {
      results.want(HookPoint.of(HookKind.RESULT, layer));
    }
    model.losses(batch, own, results);
    for (int layer = 0; layer < layers; layer++) {
      written.put(layer, results.at(HookPoint.of(HookKind.RESULT, layer)));
    }
  }

  /** A head's input. */
  private record Receiver(int layer, int head, Plan.Input input) {}

  /**
   * Losses [sequence, T] of a batch, nats, with others' edges changed by as much as an ablation
   * changes those that it cuts.
   *
   * @param cut edges from heads
   * @param others edges from other heads into the same inputs
   */
  public static float[][] losses(
      ModelState model, Batch batch, List<Intervention> cut, List<Intervention> others) {
    return new MatchedEdges(model, batch).losses(cut, others);
  }

  private float[][] losses(List<Intervention> cut, List<Intervention> others) {
    Map<Receiver, List<Plan.EdgeEdit>> measured = byReceiver(cut);
    Map<List<Object>, List<float[][]>> known =
        new HashMap<>(); // receivers of a layer share senders
    List<Plan.EdgeEdit> edges = new ArrayList<>(own.edges());
    byReceiver(others)
        .forEach((receiver, edits) -> {
          List<Plan.EdgeEdit> as = measured.getOrDefault(receiver, List.of());
          List<float[][]> changes =
              known.computeIfAbsent(List.of(senders(as), senders(edits)), _ -> asLongAs(edits, as));
          for (int i = 0; i < changes.size(); i++) {
            edges.add(changed(edits.get(i), changes.get(i)));
          }
        });
    return model.losses(
        batch, new Plan(own.scores(), own.patterns(), own.outputs(), edges), Observer.NONE);
  }

  private Map<Receiver, List<Plan.EdgeEdit>> byReceiver(List<Intervention> edges) {
    Map<Receiver, List<Plan.EdgeEdit>> by = new LinkedHashMap<>();
    List<Plan.EdgeEdit> all = model.plan(batch, edges).edges();
    for (Plan.EdgeEdit edit : all.subList(own.edges().size(), all.size())) {
      Receiver to = new Receiver(edit.receiverLayer(), edit.receiverHead(), edit.input());
      by.computeIfAbsent(to, _ -> new ArrayList<>()).add(edit);
    }
    return by;
  }

  private static List<List<Integer>> senders(List<Plan.EdgeEdit> edits) {
    return edits.stream().map(e -> List.of(e.senderLayer(), e.senderHead())).toList();
  }

  private static Plan.EdgeEdit changed(Plan.EdgeEdit edit, float[][] by) {
    float[] asItIs = new float[edit.scale().length];
    Arrays.fill(asItIs, 1);
    return new Plan.EdgeEdit(
        edit.senderLayer(),
        edit.sender(),
        edit.senderHead(),
        edit.receiverLayer(),
        edit.receiverHead(),
        edit.input(),
        asItIs,
        Plan.Values.each(by));
  }

  /**
   * What each of some edits changes, [sequence, T d_model], their sum as long as that of others.
   */
  private List<float[][]> asLongAs(List<Plan.EdgeEdit> edits, List<Plan.EdgeEdit> others) {
    List<float[][]> changes = edits.stream().map(this::change).toList();
    float[][] lengths = lengths(changes);
    float[][] wanted = lengths(others.stream().map(this::change).toList());
    int d = model.spec().dModel();
    for (float[][] change : changes) {
      for (int s = 0; s < change.length; s++) {
        for (int i = 0; i < change[s].length; i++) {
          float length = lengths[s][i / d];
          change[s][i] *= length == 0 ? 0 : wanted[s][i / d] / length;
        }
      }
    }
    return changes;
  }

  /** Replacement minus contribution, [sequence, T d_model]. */
  private float[][] change(Plan.EdgeEdit edit) {
    float[][] results = requireNonNull(written.get(edit.senderLayer()));
    int d = model.spec().dModel();
    int heads = model.spec().nHeads();
    float[][] change = new float[batch.size()][batch.context() * d];
    for (int s = 0; s < change.length; s++) {
      float[] add = edit.add() == null ? new float[0] : edit.add().of(s);
      for (int i = 0; i < change[s].length; i++) {
        int t = i / d;
        float contribution = results[s][(t * heads + edit.senderHead()) * d + i % d];
        float replaced = edit.scale()[t] * contribution + (add.length == 0 ? 0 : add[i]);
        change[s][i] = replaced - contribution;
      }
    }
    return change;
  }

  /** The length of a sum of changes at each position, [sequence, T]. */
  private float[][] lengths(List<float[][]> changes) {
    int d = model.spec().dModel();
    float[][] lengths = new float[batch.size()][batch.context()];
    for (int s = 0; s < lengths.length; s++) {
      for (int t = 0; t < lengths[s].length; t++) {
        double squares = 0;
        for (int f = 0; f < d; f++) {
          double sum = 0;
          for (float[][] change : changes) {
            sum += change[s][t * d + f];
          }
          squares += sum * sum;
        }
        lengths[s][t] = (float) Math.sqrt(squares);
      }
    }
    return lengths;
  }
}
