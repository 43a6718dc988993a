package refrain.model;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.model.Plan.Component;

/**
 * One sequence's way through the model: what all sub-layers share. It applies the plan's output
 * edits, shows activations to the observer, and keeps what each component wrote into the stream,
 * for edges to read.
 */
final class ReferencePass {
  private final ModelSpec spec;
  private final ReferenceWeights weights;
  private final Plan plan;
  private final int sequence;
  private final int context;
  private final Observer observer;
  private final Set<HookPoint> wanted;
  private final Map<Component, double[][]> contributions = new HashMap<>();
  private final Map<Component, double[][]> contributionGradients = new HashMap<>();

  ReferencePass(
      ModelSpec spec,
      ReferenceWeights weights,
      Plan plan,
      int sequence,
      int context,
      Observer observer) {
    this.spec = spec;
    this.weights = weights;
    this.plan = plan;
    this.sequence = sequence;
    this.context = context;
    this.observer = observer;
    this.wanted = observer.wants();
  }

  ModelSpec spec() {
    return spec;
  }

  ReferenceWeights weights() {
    return weights;
  }

  Plan plan() {
    return plan;
  }

  /** T. */
  int context() {
    return context;
  }

  /** This sequence's constants. */
  float[] constants(Plan.Values values) {
    return values.of(sequence);
  }

  /**
   * Applies the edits at this place, in place and in the plan's order: x[t] becomes scale[t] x[t] +
   * add[t], over the columns of one head or over all.
   *
   * @param x [T, width]
   */
  void edit(HookKind kind, int layer, double[][] x) {
    for (Plan.OutputEdit e : plan.outputs()) {
      if (e.kind() == kind && e.layer() == layer) {
        int from = e.head() < 0 ? 0 : e.head() * spec.dHead();
        int width = e.head() < 0 ? x[0].length : spec.dHead();
        float[] add = e.add() == null ? null : constants(e.add());
        for (int t = 0; t < context; t++) {
          for (int i = 0; i < width; i++) {
            double added = add == null ? 0 : add[t * width + i];
            x[t][from + i] = e.scale()[t] * x[t][from + i] + added;
          }
        }
      }
    }
  }

  /** The gradient before the edits at this place from the gradient after them, in place. */
  void editBackward(HookKind kind, int layer, double[][] dx) {
    for (Plan.OutputEdit e : plan.outputs()) {
      if (e.kind() == kind && e.layer() == layer) {
        int from = e.head() < 0 ? 0 : e.head() * spec.dHead();
        int width = e.head() < 0 ? dx[0].length : spec.dHead();
        for (int t = 0; t < context; t++) {
          for (int i = 0; i < width; i++) {
            dx[t][from + i] *= e.scale()[t];
          }
        }
      }
    }
  }

  /** Keeps what a component wrote into the stream, [T, d_model]. */
  void contributed(Component component, double[][] c) {
    contributions.put(component, c);
  }

  double[][] contribution(Component component) {
    double[][] c = contributions.get(component);
    if (c == null) {
      throw new IllegalArgumentException(
          "an edge starts at " + component + ", which has not been computed");
    }
    return c;
  }

  /**
   * The place to add the gradient that comes back along edges from this component, [T, d_model].
   */
  double[][] contributionGradient(Component component) {
    return contributionGradients.computeIfAbsent(
        component, s -> new double[context][spec.dModel()]);
  }

  /** What came back along edges to this component, or null: nothing. */
  double @Nullable [][] gradientAlongEdges(Component component) {
    return contributionGradients.get(component);
  }

  /**
   * Shows an activation to the observer, if it wants this place.
   *
   * @param x [T, width]; the shape shown splits the width into heads where there are heads
   */
  void show(HookKind kind, int layer, double[][] x) {
    if (!wanted.isEmpty() && wanted.contains(new HookPoint(kind, layer))) {
      int width = x[0].length;
      int[] shape =
          kind.perHead()
              ? new int[] {context, width / spec.dHead(), spec.dHead()}
              : new int[] {context, width};
      show(kind, layer, shape, x);
    }
  }

  /**
   * @param x [T]
   */
  void show(HookKind kind, int layer, double[] x) {
    if (!wanted.isEmpty() && wanted.contains(new HookPoint(kind, layer))) {
      show(kind, layer, new int[] {context}, new double[][] {x});
    }
  }

  /**
   * @param x [head, T query, T key]
   */
  void showSquares(HookKind kind, int layer, double[][][] x) {
    if (!wanted.isEmpty() && wanted.contains(new HookPoint(kind, layer))) {
      double[][] rows = new double[x.length * context][];
      for (int r = 0; r < rows.length; r++) {
        rows[r] = x[r / context][r % context];
      }
      show(kind, layer, new int[] {x.length, context, context}, rows);
    }
  }

  /**
   * @param x [head, T, d_model], shown as [T, head, d_model]
   */
  void showResults(int layer, double[][][] x) {
    if (!wanted.isEmpty() && wanted.contains(new HookPoint(HookKind.RESULT, layer))) {
      double[][] rows = new double[context * x.length][];
      for (int r = 0; r < rows.length; r++) {
        rows[r] = x[r % x.length][r / x.length];
      }
      show(HookKind.RESULT, layer, new int[] {context, x.length, spec.dModel()}, rows);
    }
  }

  private void show(HookKind kind, int layer, int[] shape, double[][] rows) {
    int width = rows[0].length;
    double[] values = new double[rows.length * width];
    for (int r = 0; r < rows.length; r++) {
      System.arraycopy(rows[r], 0, values, r * width, width);
    }
    observer.observe(sequence, new HookPoint(kind, layer), new ReferenceView(shape, values));
  }

  /** into += x, both [T, width]. */
  static void add(double[][] into, double[][] x) {
    for (int t = 0; t < into.length; t++) {
      for (int i = 0; i < into[t].length; i++) {
        into[t][i] += x[t][i];
      }
    }
  }

  static double[][] copy(double[][] x) {
    double[][] copy = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      copy[t] = x[t].clone();
    }
    return copy;
  }

  static double[][] sum(double[][] x, double[][] y) {
    double[][] sum = copy(x);
    add(sum, y);
    return sum;
  }
}
