package refrain.probe;

import java.util.List;
import java.util.stream.Collectors;
import refrain.base.RefrainException;
import refrain.probe.Definition.Better;

/**
 * How far the model's predictions are from each baseline's: KL(model || baseline) = sum over tokens
 * b of p(b) (ln p(b) - ln q(b)), p the model's prediction and q the baseline's, averaged over the
 * positions of sequences of the evaluation set; nats. Which baseline a model is nearest to names
 * the stage of its training (Edelman et al. 2024, section 3: uniform, unigram, bigram).
 *
 * <p>Writes kl.NAME, and kl.NAME.loss, the baseline's own loss on the same sequences.
 *
 * @param baselines what to compare with
 */
public record NgramDivergence(List<NgramBaseline> baselines) implements LogitMeasure {

  public NgramDivergence {
    baselines = List.copyOf(baselines);
  }

  @Override
  public Definition definition() {
    return new Definition(
        "kl",
        "divergence from n-gram baselines",
        "nats",
        Better.NEITHER,
        "mean over positions of sum over b of p(b) (ln p(b) - ln q(b)), p the model's and q the"
            + " baseline's prediction, for "
            + baselines.stream().map(NgramBaseline::name).collect(Collectors.joining(", "))
            + "; kl.NAME.loss: the baseline's loss",
        "Edelman et al. 2024, section 3");
  }

  @Override
  public int width() {
    return 2 * baselines.size();
  }

  @Override
  public double[] of(int[] tokens, float[] logits) {
    int context = tokens.length - 1;
    int vocab = logits.length / context;
    double[] means = new double[width()];
    double[] logs = new double[vocab];
    double[] p = new double[vocab];
    for (int t = 0; t < context; t++) {
      logSoftmax(logits, t * vocab, logs);
      for (int b = 0; b < vocab; b++) {
        p[b] = Math.exp(logs[b]);
      }
      for (int i = 0; i < baselines.size(); i++) {
        float[] baseline = baselines.get(i).predictor().logProbs(tokens, t);
        means[2 * i] += divergence(p, logs, baseline, baselines.get(i)) / context;
        means[2 * i + 1] -= baseline[tokens[t + 1]] / context;
      }
    }
    return means;
  }

  private static double divergence(
      double[] p, double[] logs, float[] baseline, NgramBaseline from) {
    double sum = 0;
    for (int b = 0; b < logs.length; b++) {
      sum += p[b] * (logs[b] - baseline[b]);
    }
    if (sum == Double.POSITIVE_INFINITY) {
      throw RefrainException.badInput(
          ("baseline '%s' gives some token the probability 0, from which every model is "
                  + "infinitely far; expected a smoothed one")
              .formatted(from.name()));
    }
    return sum;
  }

  private static void logSoftmax(float[] logits, int from, double[] logs) {
    int vocab = logs.length;
    double norm = LogSumExp.of(logits, from, vocab);
    for (int b = 0; b < vocab; b++) {
      logs[b] = logits[from + b] - norm;
    }
  }

  @Override
  public void report(Readings readings, Measurements out) {
    double[] means = readings.logits(this);
    for (int i = 0; i < baselines.size(); i++) {
      out.put("kl." + baselines.get(i).name(), means[2 * i]);
      out.put("kl." + baselines.get(i).name() + ".loss", means[2 * i + 1]);
    }
  }
}
