package refrain.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import refrain.model.Plan.Component;

/**
 * One sequence's way through the model: what all sub-layers share. It applies the plan's output
 * edits, shows activations to the observer, and keeps what each component wrote into the stream,
 * for edges to read.
 */
record ReferencePass(
    ModelSpec spec,
    ReferenceWeights weights,
    ReferencePositions positions,
    Plan plan,
    int sequence,
    int context,
    Observer observer,
    Map<Component, double[][]> contributions,
    Map<Component, double[][]> contributionGradients) {

  ReferencePass(
      ModelSpec spec,
      ReferenceWeights weights,
      Plan plan,
      int sequence,
      int context,
      Observer observer) {
    this(
        spec,
        weights,
        new ReferencePositions(spec, weights),
        plan,
        sequence,
        context,
        observer,
        new HashMap<>(),
        new HashMap<>());
  }

  /** This sequence's constants. */
  float[] constants(Plan.Values values) {
    return values.of(sequence);
  }

  /**
   * Applies the edits at this place, in place and in the plan's order: x[t] becomes scale[t] x[t] +
   * add[t], over the columns of one head or over all. Then shows it.
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
    show(kind, layer, x);
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

  /** A gradient with what came back along edges to this component. */
  double[][] withEdges(Component component, double[][] d) {
    double[][] alongEdges = contributionGradients.get(component);
    return alongEdges == null ? d : sum(d, alongEdges);
  }

  private boolean wants(HookKind kind, int layer) {
    return observer.wants().contains(new HookPoint(kind, layer));
  }

  /**
   * Shows an activation to the observer, if it wants this place.
   *
   * @param x [T, width]; the shape shown splits the width into heads where there are heads
   */
  void show(HookKind kind, int layer, double[][] x) {
    if (wants(kind, layer)) {
      int width = x[0].length;
      int[] heads = {context, width / spec.dHead(), spec.dHead()};
      show(kind, layer, kind.perHead() ? heads : new int[] {context, width}, x);
    }
  }

  /**
   * @param x [T]
   */
  void show(HookKind kind, int layer, double[] x) {
    if (wants(kind, layer)) {
      show(kind, layer, new int[] {context}, new double[][] {x});
    }
  }

  /**
   * @param x [head, T query, T key]
   */
  void showSquares(HookKind kind, int layer, double[][][] x) {
    if (wants(kind, layer)) {
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
    if (wants(HookKind.RESULT, layer)) {
      double[][] rows = new double[context * x.length][];
      for (int r = 0; r < rows.length; r++) {
        rows[r] = x[r % x.length][r / x.length];
      }
      show(HookKind.RESULT, layer, new int[] {context, x.length, spec.dModel()}, rows);
    }
  }

  private void show(HookKind kind, int layer, int[] shape, double[][] rows) {
    double[] values = Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
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
    return Arrays.stream(x).map(double[]::clone).toArray(double[][]::new);
  }

  static double[][] sum(double[][] x, double[][] y) {
    double[][] sum = copy(x);
    add(sum, y);
    return sum;
  }
}
