package refrain.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The whole model on one sequence.
 *
 * <pre>
 * embed  [T, d_model]  W_E[token[t]]
 * x      [T, d_model]  embed (+ positions, where they are in the stream), then the blocks
 * y      [T, d_model]  ln_final(x)
 * logits [T, d_vocab]  y W_U; tied: y W_E^T
 * losses [T]           -log softmax(logits[t])[target[t]], nats
 * </pre>
 */
final class ReferenceStack {
  private final ReferencePass pass;
  private final ModelSpec spec;
  private final int[] tokens;
  private final int context;
  private final ReferenceWeights.Tensor wE;

  /** W_U; tied: W_E, transposed. */
  private final ReferenceWeights.Tensor unembedding;

  private final ReferenceBlock[] blocks;
  private final @Nullable ReferenceNorm lnFinal;
  private final double[][] y;
  private final double[][] logits;
  final double[] losses;

  /**
   * @param tokens [T + 1] the inputs and, one later, their targets
   */
  ReferenceStack(ReferencePass pass, int[] tokens) {
    this.pass = pass;
    this.spec = pass.spec();
    this.tokens = tokens;
    this.context = pass.context();
    this.wE = pass.weights().get("embed.W_E");
    this.unembedding = spec.tied() ? wE.transposed() : pass.weights().get("unembed.W_U");
    double[][] x = embed();
    blocks = new ReferenceBlock[spec.nLayers()];
    for (int l = 0; l < spec.nLayers(); l++) {
      blocks[l] = new ReferenceBlock(pass, l, x);
      x = blocks[l].out;
    }
    if (spec.hasFinalNorm()) {
      lnFinal = new ReferenceNorm(pass, "ln_final", x);
      lnFinal.show(pass, HookKind.FINAL_SCALE, HookKind.FINAL_NORMALIZED, -1);
      y = lnFinal.out;
    } else {
      lnFinal = null;
      y = x;
    }
    logits = ReferenceLinear.forward(y, unembedding, null, spec.dVocab());
    pass.show(HookKind.LOGITS, -1, logits);
    losses = losses();
  }

  /**
   * Adds to the gradients of all weights.
   *
   * @param dLosses [T] how much each token's loss counts
   */
  void backward(double[] dLosses) {
    double[][] dx = unembedBackward(dLosses);
    if (lnFinal != null) {
      dx = lnFinal.backward(dx);
    }
    for (int l = spec.nLayers() - 1; l >= 0; l--) {
      dx = blocks[l].backward(dx);
    }
    embedBackward(dx);
  }

  private double[][] embed() {
    double[][] embed = new double[context][spec.dModel()];
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < spec.dModel(); i++) {
        embed[t][i] = wE.at(tokens[t], i);
      }
    }
    pass.edit(HookKind.EMBED, -1, embed);
    pass.contributed(Plan.Component.EMBED, ReferencePass.copy(embed));
    ReferencePositions positions = pass.positions();
    if (positions.inStream() || positions.atQueriesAndKeys()) {
      double[][] vectors = positions.vectors(context);
      pass.show(HookKind.POS_EMBED, -1, vectors);
      if (positions.inStream()) {
        ReferencePass.add(embed, vectors);
      }
    }
    return embed;
  }

  private void embedBackward(double[][] dx) {
    if (pass.positions().inStream()) {
      pass.positions().backward(dx);
    }
    double[][] dEmbed = pass.withEdges(Plan.Component.EMBED, dx);
    pass.editBackward(HookKind.EMBED, -1, dEmbed);
    for (int t = 0; t < context; t++) {
      for (int i = 0; i < spec.dModel(); i++) {
        wE.addGradient(dEmbed[t][i], tokens[t], i);
      }
    }
  }

  private double[] losses() {
    double[] nats = new double[context];
    for (int t = 0; t < context; t++) {
      nats[t] = logSumExp(logits[t]) - logits[t][tokens[t + 1]];
    }
    return nats;
  }

  private double[][] unembedBackward(double[] dLosses) {
    double[][] dLogits = new double[context][spec.dVocab()];
    for (int t = 0; t < context; t++) {
      double logSum = logSumExp(logits[t]);
      for (int o = 0; o < spec.dVocab(); o++) {
        double probability = StrictMath.exp(logits[t][o] - logSum);
        dLogits[t][o] = dLosses[t] * (probability - (o == tokens[t + 1] ? 1 : 0));
      }
    }
    return ReferenceLinear.backward(y, unembedding, null, dLogits);
  }

  private static double logSumExp(double[] x) {
    double max = Arrays.stream(x).max().orElseThrow();
    double sum = 0;
    for (double v : x) {
      sum += StrictMath.exp(v - max);
    }
    return max + StrictMath.log(sum);
  }
}
