package refrain.probe;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.model.Parameters;

/** What one call of a suite saw of a model: all that measures compute from. */
public final class Readings {
  private final Parameters parameters;
  private float @Nullable [][] evaluationLosses;
  private float @Nullable [][] repeatedLosses;
  private double @Nullable [] lossByIndex;
  private final Map<HeadMeasure, HeadScores> heads = new LinkedHashMap<>();
  private final Map<LogitMeasure, double[]> logits = new LinkedHashMap<>();
  private final Map<NormTreatment, Circuits> circuits = new EnumMap<>(NormTreatment.class);

  Readings(Parameters parameters) {
    this.parameters = parameters;
  }

  void evaluation(float[][] losses) {
    evaluationLosses = losses;
    lossByIndex = meanByIndex(losses);
  }

  void repeated(float[][] losses) {
    repeatedLosses = losses;
  }

  void add(Gatherer gatherer) {
    heads.putAll(gatherer.headScores());
    logits.putAll(gatherer.logitMeans());
  }

  public Parameters parameters() {
    return parameters;
  }

  /** [examples, T] in nats. */
  public float[][] evaluationLosses() {
    return present(evaluationLosses, "losses of the evaluation set");
  }

  /** [T] in nats, the mean over the examples of the evaluation set. */
  public double[] lossByIndex() {
    return present(lossByIndex, "losses of the evaluation set").clone();
  }

  /** [examples, T] in nats, of {@link RepeatedSequences}. */
  public float[][] repeatedLosses() {
    return present(repeatedLosses, "losses of the repeated sequences");
  }

  /** The scores of a measure of heads that the suite holds. */
  public HeadScores heads(HeadMeasure measure) {
    return present(heads.get(measure), measure.definition().title());
  }

  /** The means over sequences of a measure of logits that the suite holds. */
  public double[] logits(LogitMeasure measure) {
    return present(logits.get(measure), measure.definition().title());
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

  /** Summed over the examples in their order. */
  static double[] meanByIndex(float[][] losses) {
    double[] mean = new double[losses[0].length];
    for (float[] example : losses) {
      for (int t = 0; t < mean.length; t++) {
        mean[t] += example[t];
      }
    }
    for (int t = 0; t < mean.length; t++) {
      mean[t] /= losses.length;
    }
    return mean;
  }
}
