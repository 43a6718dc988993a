package refrain.analysis.knockouts;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Writes;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.Recording;
import refrain.probe.IclIndices;

/**
 * How much a number that is read of a model's losses rises without each head, by each way to knock
 * it out, on one batch.
 */
final class Rises {
  /** Large enough for float32, small enough for a tangent. */
  private static final double STEP = 0.02;

  private final ModelState model;
  private final Batch batch;
  private final ToDoubleFunction<float[][]> number;
  private final Bench bench;
  private final Writes writes;
  private final double intact;

  /**
   * @param number of losses [sequence, T]; lower is better
   */
  Rises(ModelState model, Batch batch, ToDoubleFunction<float[][]> number) {
    this.model = model;
    this.batch = batch;
    this.number = number;
    this.bench = Bench.forAblations(model, batch, IclIndices.forContext(batch.context()));
    this.writes = new Writes(model, batch);
    this.intact = number.applyAsDouble(bench.intact());
  }

  double intact() {
    return intact;
  }

  List<HeadId> heads() {
    return HeadId.all(model.spec());
  }

  /** Of every head, in the order of {@link HeadId#all}. */
  double[] of(KnockOut way) {
    return heads().stream().mapToDouble(head -> of(way, head)).toArray();
  }

  double of(KnockOut way, HeadId head) {
    return switch (way) {
      case ZERO -> without(List.of(head), Ablation.FULL_ZERO);
      case MEAN -> without(List.of(head), Ablation.FULL_MEAN);
      case RESAMPLE -> without(List.of(head), Ablation.FULL_RESAMPLE);
      case PATTERNS -> without(List.of(head), Ablation.PRESERVING_ZERO);
      case EDGES -> edges(head);
      case GRADIENT -> slope(head, mean(head));
    };
  }

  /** The rise without several heads at once. */
  double without(List<HeadId> heads, Ablation method) {
    return number.applyAsDouble(bench.without(heads, method)) - intact;
  }

  private double edges(HeadId head) {
    ModelSpec spec = model.spec();
    double sum = number.applyAsDouble(writes.losses(List.of(Part.of(head)))) - intact;
    for (int layer = head.layer() + 1; layer < spec.nLayers(); layer++) {
      int at = layer;
      List<HeadId> receivers =
          HeadId.all(spec).stream().filter(other -> other.layer() == at).toList();
      for (Plan.Input input : Plan.Input.values()) {
        List<Intervention> cut = Edges.replaced(spec, List.of(head), receivers, input, Source.MEAN);
        sum += number.applyAsDouble(model.losses(batch, cut)) - intact;
      }
    }
    return sum;
  }

  /** The head's output, averaged over sequences, [T d_head]. */
  private float[] mean(HeadId head) {
    HookPoint z = HookPoint.of(HookKind.Z, head.layer());
    Recording seen = new Recording(batch.size());
    seen.want(z);
    model.losses(batch, model.plan(batch, List.of()), seen);
    int width = model.spec().dHead();
    int heads = model.spec().nHeads();
    float[] mean = new float[batch.context() * width];
    for (int i = 0; i < mean.length; i++) {
      double sum = 0;
      for (float[] sequence : seen.at(z)) {
        sum += sequence[(i / width * heads + head.head()) * width + i % width];
      }
      mean[i] = (float) (sum / batch.size());
    }
    return mean;
  }

  /**
   * The derivative of the number as the head's output moves from what it is to something else.
   *
   * @param to [T d_head]
   */
  double slope(HeadId head, float[] to) {
    return (moved(head, to, STEP) - moved(head, to, -STEP)) / (2 * STEP);
  }

  private double moved(HeadId head, float[] to, double by) {
    float[] scale = new float[batch.context()];
    Arrays.fill(scale, (float) (1 - by));
    float[] add = new float[to.length];
    for (int i = 0; i < add.length; i++) {
      add[i] = (float) (by * to[i]);
    }
    Plan.OutputEdit edit =
        new Plan.OutputEdit(HookKind.Z, head.layer(), head.head(), scale, Plan.Values.shared(add));
    Plan plan =
        model.plan(batch, List.of()).then(new Plan(List.of(), List.of(), List.of(edit), List.of()));
    return number.applyAsDouble(model.losses(batch, plan, Observer.NONE));
  }
}
