package refrain.probe;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import refrain.data.Batch;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.View;

/**
 * Reads in one forward pass what several measures need. Each activation is reduced to its scores at
 * once, while the engine holds it, and the scores are kept by sequence: sequences may arrive in any
 * order from any thread, and the means over them are still the same bits.
 */
final class Gatherer implements Observer {
  private static final float[] NO_VALUES = {};

  private final Parameters parameters;
  private final Batch batch;
  private final int sequences;
  private final List<HeadMeasure> heads;
  private final List<LogitMeasure> logits;
  private final boolean readsValues;
  private final Set<HookPoint> wants;
  private final double[][][][] headScores;
  private final double[][][] logitScores;
  private final float[][] values;

  /**
   * @param sequences how many of the batch are read, from its start; losses come of all
   */
  Gatherer(
      Parameters parameters,
      Batch batch,
      int sequences,
      List<HeadMeasure> heads,
      List<LogitMeasure> logits) {
    ModelSpec spec = parameters.spec();
    this.parameters = parameters;
    this.batch = batch;
    this.sequences = Math.min(sequences, batch.size());
    this.heads = heads;
    this.logits = logits;
    this.readsValues = heads.stream().anyMatch(HeadMeasure::readsValues);
    this.headScores = new double[heads.size()][this.sequences][spec.nLayers()][spec.nHeads()];
    this.logitScores = new double[logits.size()][this.sequences][];
    this.values = new float[this.sequences][];
    Arrays.fill(values, NO_VALUES);
    this.wants = points(spec);
  }

  /** Made once: an engine asks at every place that it comes to. */
  @Override
  public Set<HookPoint> wants() {
    return wants;
  }

  private Set<HookPoint> points(ModelSpec spec) {
    Set<HookPoint> points = new LinkedHashSet<>();
    for (int l = 0; l < spec.nLayers(); l++) {
      if (readsValues) {
        points.add(HookPoint.of(HookKind.V, l));
      }
      if (!heads.isEmpty()) {
        points.add(HookPoint.of(HookKind.PATTERN, l));
      }
    }
    if (!logits.isEmpty()) {
      points.add(HookPoint.of(HookKind.LOGITS));
    }
    return points;
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    if (sequence >= sequences) {
      return;
    }
    switch (point.kind()) {
      case V -> values[sequence] = view.toArray();
      case PATTERN -> readPattern(sequence, point.layer(), view.toArray());
      case LOGITS -> readLogits(sequence, view.toArray());
      default -> throw new IllegalStateException("not asked for: " + point);
    }
  }

  private void readPattern(int sequence, int layer, float[] pattern) {
    int[] tokens = batch.tokens()[sequence];
    for (int h = 0; h < parameters.spec().nHeads(); h++) {
      HeadReading reading =
          new HeadReading(parameters, tokens, layer, h, pattern, values[sequence]);
      for (int m = 0; m < heads.size(); m++) {
        headScores[m][sequence][layer][h] = heads.get(m).of(reading);
      }
    }
    values[sequence] = NO_VALUES;
  }

  private void readLogits(int sequence, float[] values) {
    for (int m = 0; m < logits.size(); m++) {
      logitScores[m][sequence] = logits.get(m).of(batch.tokens()[sequence], values);
    }
  }

  Map<HeadMeasure, HeadScores> headScores() {
    Map<HeadMeasure, HeadScores> scores = new LinkedHashMap<>();
    for (int m = 0; m < heads.size(); m++) {
      scores.put(heads.get(m), HeadScores.mean(headScores[m]));
    }
    return scores;
  }

  Map<LogitMeasure, double[]> logitMeans() {
    Map<LogitMeasure, double[]> means = new LinkedHashMap<>();
    for (int m = 0; m < logits.size(); m++) {
      double[] mean = new double[logits.get(m).width()];
      for (double[] sequence : logitScores[m]) {
        for (int i = 0; i < mean.length; i++) {
          mean[i] += sequence[i] / sequences;
        }
      }
      means.put(logits.get(m), mean);
    }
    return means;
  }
}
