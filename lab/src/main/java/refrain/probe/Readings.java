package refrain.probe;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.ModelSpec;
import refrain.model.Parameters;

/** What one call of a suite saw of a model: all that measures compute from. */
public final class Readings {
  private final Parameters parameters;
  private final Map<Stimulus, float[][]> losses = new EnumMap<>(Stimulus.class);
  private final Map<HeadMeasure, HeadScores> heads = new LinkedHashMap<>();
  private final Map<LogitMeasure, double[]> logits = new LinkedHashMap<>();
  private final Map<NormTreatment, Circuits> circuits = new EnumMap<>(NormTreatment.class);

  Readings(Parameters parameters) {
    this.parameters = parameters;
  }

  void add(Stimulus stimulus, float[][] read) {
    losses.put(stimulus, read);
  }

  void add(Gatherer gatherer) {
    heads.putAll(gatherer.headScores());
    logits.putAll(gatherer.logitMeans());
  }

  /** [examples, T] in nats. */
  public float[][] losses(Stimulus stimulus) {
    return present(losses.get(stimulus), "losses of " + stimulus);
  }

  /** [T] in nats, the mean over the examples of the evaluation set, summed in their order. */
  public double[] lossByIndex() {
    float[][] all = losses(Stimulus.EVALUATION);
    double[] mean = new double[all[0].length];
    for (float[] example : all) {
      for (int t = 0; t < mean.length; t++) {
        mean[t] += example[t];
      }
    }
    for (int t = 0; t < mean.length; t++) {
      mean[t] /= all.length;
    }
    return mean;
  }

  /** The scores of a measure of heads that the suite holds. */
  public HeadScores heads(HeadMeasure measure) {
    return present(heads.get(measure), measure.definition().title());
  }

  /** The means over sequences of a measure of logits that the suite holds. */
  public double[] logits(LogitMeasure measure) {
    return present(logits.get(measure), measure.definition().title());
  }

  /** The model's shape. */
  public ModelSpec spec() {
    return parameters.spec();
  }

  /** The weights as matrices. */
  public Circuits circuits(NormTreatment norms) {
    return circuits.computeIfAbsent(norms, n -> new Circuits(parameters, n));
  }

  private static <T> T present(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException(what + " were not gathered");
    }
    return value;
  }
}
