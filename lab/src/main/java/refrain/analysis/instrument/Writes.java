package refrain.analysis.instrument;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.Recording;

/**
 * What each part of a model writes into the stream that the logits are read from, on one batch, and
 * the model with some of it replaced by its mean over sequences at each position. Only this last
 * reading changes: later heads and MLPs read the stream as it is, so that a head of layer 0 whose
 * write is off goes on serving the heads that compose with it. Parts and what positions and biases
 * add, which is the same in every sequence, sum to the whole stream.
 */
public final class Writes {
  /** What writes. */
  public enum Kind {
    /** The embedding: the direct path from token to logits. */
    DIRECT,
    HEAD,
    MLP
  }

  /**
   * A part.
   *
   * @param layer -1 of the direct path
   * @param head -1 where it is no head
   */
  public record Part(Kind kind, int layer, int head) {
    /** The embedding. */
    public static final Part DIRECT = new Part(Kind.DIRECT, -1, -1);

    public static Part of(HeadId head) {
      return new Part(Kind.HEAD, head.layer(), head.head());
    }

    public static Part mlp(int layer) {
      return new Part(Kind.MLP, layer, -1);
    }

    /** Several heads. */
    public static List<Part> of(Collection<HeadId> heads) {
      return heads.stream().map(Part::of).toList();
    }

    /** All parts of a model: the direct path, then layer by layer its heads and its MLP. */
    public static List<Part> all(ModelSpec spec) {
      List<Part> all = new ArrayList<>(List.of(DIRECT));
      for (int layer = 0; layer < spec.nLayers(); layer++) {
        for (int head = 0; head < spec.nHeads(); head++) {
          all.add(new Part(Kind.HEAD, layer, head));
        }
        if (spec.hasMlp()) {
          all.add(mlp(layer));
        }
      }
      return all;
    }
  }

  private final ModelState model;
  private final Batch batch;
  private final Plan own;
  private final Map<HookPoint, float[][]> written = new LinkedHashMap<>();
  private final Map<Part, float[][]> changes = new HashMap<>();

  /** Makes the pass that they are read from, under the model's own interventions. */
  public Writes(ModelState model, Batch batch) {
    this.model = model;
    this.batch = batch;
    this.own = model.plan(batch, List.of());
    Recording seen = new Recording(batch.size());
    List<HookPoint> points = new ArrayList<>(List.of(HookPoint.of(HookKind.EMBED)));
    for (int layer = 0; layer < model.spec().nLayers(); layer++) {
      points.add(HookPoint.of(HookKind.RESULT, layer));
      if (model.spec().hasMlp()) {
        points.add(HookPoint.of(HookKind.MLP_OUT, layer));
      }
    }
    if (model.spec().hasFinalNorm()) {
      points.add(HookPoint.of(HookKind.FINAL_SCALE));
    }
    points.forEach(seen::want);
    model.losses(batch, own, seen);
    points.forEach(point -> written.put(point, seen.at(point)));
  }

  public Batch batch() {
    return batch;
  }

  /** Losses [sequence, T], nats, where some parts write their mean. */
  public float[][] losses(Collection<Part> off) {
    return model.losses(batch, plan(off), Observer.NONE);
  }

  /** Logits [sequence, T V] where some parts write their mean. */
  public float[][] logits(Collection<Part> off) {
    HookPoint logits = HookPoint.of(HookKind.LOGITS);
    Recording seen = new Recording(batch.size());
    seen.want(logits);
    model.losses(batch, plan(off), seen);
    return seen.at(logits);
  }

  /**
   * Adds up what a part writes where each token stands, over what the final norm divides by there.
   *
   * @param sums [V, d_model], added to
   */
  public void addByToken(Part part, double[][] sums) {
    ModelSpec spec = model.spec();
    float[][] all = requireNonNull(written.get(point(part)));
    float[] @Nullable [] scales = written.get(HookPoint.of(HookKind.FINAL_SCALE));
    int d = spec.dModel();
    int heads = part.kind() == Kind.HEAD ? spec.nHeads() : 1;
    int head = Math.max(part.head(), 0);
    for (int s = 0; s < all.length; s++) {
      for (int t = 0; t < batch.context(); t++) {
        double[] sum = sums[batch.tokens()[s][t]];
        double scale = scales == null ? 1 : scales[s][t];
        for (int f = 0; f < d; f++) {
          sum[f] += all[s][(t * heads + head) * d + f] / scale;
        }
      }
    }
  }

  private Plan plan(Collection<Part> off) {
    return off.isEmpty() ? own : own.then(without(off));
  }

  /** The edit of the last thing that is written into the stream. */
  private Plan without(Collection<Part> off) {
    ModelSpec spec = model.spec();
    float[][] sum = new float[batch.size()][batch.context() * spec.dModel()];
    Set<Part> each = new HashSet<>(off);
    for (Part part : Part.all(spec)) {
      if (each.contains(part)) {
        float[][] change = changes.computeIfAbsent(part, this::change);
        for (int s = 0; s < sum.length; s++) {
          for (int i = 0; i < sum[s].length; i++) {
            sum[s][i] += change[s][i];
          }
        }
      }
    }
    float[] asItIs = new float[batch.context()];
    Arrays.fill(asItIs, 1);
    Plan.OutputEdit last =
        new Plan.OutputEdit(
            spec.hasMlp() ? HookKind.MLP_OUT : HookKind.ATTN_OUT,
            spec.nLayers() - 1,
            -1,
            asItIs,
            Plan.Values.each(sum));
    return new Plan(List.of(), List.of(), List.of(last), List.of());
  }

  /** A part's mean over sequences less its write, [sequence, T d_model]. */
  private float[][] change(Part part) {
    ModelSpec spec = model.spec();
    float[][] all = requireNonNull(written.get(point(part)));
    int d = spec.dModel();
    int heads = part.kind() == Kind.HEAD ? spec.nHeads() : 1;
    int head = Math.max(part.head(), 0);
    float[][] change = new float[batch.size()][batch.context() * d];
    for (int i = 0; i < change[0].length; i++) {
      int from = (i / d * heads + head) * d + i % d;
      double mean = 0;
      for (float[] sequence : all) {
        mean += sequence[from] / (double) all.length;
      }
      for (int s = 0; s < change.length; s++) {
        change[s][i] = (float) (mean - all[s][from]);
      }
    }
    return change;
  }

  private static HookPoint point(Part part) {
    return switch (part.kind()) {
      case DIRECT -> HookPoint.of(HookKind.EMBED);
      case HEAD -> HookPoint.of(HookKind.RESULT, part.layer());
      case MLP -> HookPoint.of(HookKind.MLP_OUT, part.layer());
    };
  }
}
