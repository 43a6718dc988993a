package refrain.model;

import refrain.base.RefrainException;
import refrain.data.Batch;

/** What every engine checks before it starts, so that no edit and no token is silently ignored. */
final class Checks {
  private Checks() {}

  /** The parameters are those of such a model. */
  static void parameters(ModelSpec spec, Parameters parameters) {
    if (!parameters.spec().equals(spec)) {
      throw new IllegalArgumentException(
          "parameters of " + parameters.spec() + " in an engine for " + spec);
    }
  }

  /** An array for the gradient is laid out as the parameters are. */
  static void length(Layout layout, int found) {
    if (found != layout.length()) {
      throw new IllegalArgumentException(
          "gradient has " + found + " floats, expected " + layout.length());
    }
  }

  /** The context, every token id, and every place of the plan are in the model. */
  static void fit(ModelSpec spec, Batch batch, Plan plan) {
    fit(spec, batch);
    fit(spec, batch.context(), plan);
  }

  private static void fit(ModelSpec spec, Batch batch) {
    if (batch.context() > spec.nCtx()) {
      throw RefrainException.badInput(
          "batch: context is %s tokens, expected at most nCtx = %s", batch.context(), spec.nCtx());
    }
    for (int s = 0; s < batch.size(); s++) {
      int[] tokens = batch.tokens()[s];
      if (tokens.length != batch.context() + 1) {
        throw RefrainException.badInput(
            "batch: sequence %s has %s tokens, expected %s as in sequence 0",
            s, tokens.length, batch.context() + 1);
      }
      for (int t = 0; t < tokens.length; t++) {
        if (tokens[t] < 0 || tokens[t] >= spec.dVocab()) {
          throw RefrainException.badInput(
              "batch: token %s of sequence %s is %s, expected 0..%s",
              t, s, tokens[t], spec.dVocab() - 1);
        }
      }
    }
  }

  /** Each target's part in the training loss, [batch, T]: its weight over the sum of all. */
  static double[][] shares(Batch batch) {
    double[][] shares = new double[batch.size()][batch.context()];
    double sum = 0;
    for (int s = 0; s < shares.length; s++) {
      for (int t = 0; t < shares[s].length; t++) {
        shares[s][t] = batch.weights() == null ? 1 : batch.weights()[s][t];
        sum += shares[s][t];
      }
    }
    if (!(sum > 0)) {
      throw RefrainException.badInput(
          "batch: the weights of its targets sum to "
              + sum
              + ", expected more than 0; give a target that is to be learned a weight above 0");
    }
    for (double[] row : shares) {
      for (int t = 0; t < row.length; t++) {
        row[t] /= sum;
      }
    }
    return shares;
  }

  /** Every place that the plan names is in the model, and its vectors are T long. */
  private static void fit(ModelSpec spec, int context, Plan plan) {
    for (Plan.ScoreEdit e : plan.scores()) {
      inRange("score edit: layer", e.head().layer(), spec.nLayers());
      inRange("score edit: head", e.head().head(), spec.nHeads());
    }
    for (Plan.PatternEdit e : plan.patterns()) {
      inRange("pattern edit: layer", e.head().layer(), spec.nLayers());
      inRange("pattern edit: head", e.head().head(), spec.nHeads());
      if (!(e.weight() >= 0 && e.weight() <= 1)) {
        throw bad("pattern edit: weight", e.weight(), "0 to 1");
      }
    }
    for (Plan.OutputEdit e : plan.outputs()) {
      String where = "output edit at " + e.kind();
      if (!e.kind().editable() || !e.kind().in(spec)) {
        throw bad(where, "it", "a place of this model that can be edited");
      }
      if (e.kind().inBlock()) {
        inRange(where + ": layer", e.layer(), spec.nLayers());
      } else if (e.layer() != -1) {
        throw bad(where + ": layer", e.layer(), "-1");
      }
      if (e.head() != -1) {
        boolean keys = e.kind() == HookKind.K || e.kind() == HookKind.V;
        int heads = keys ? spec.nKvHeads() : spec.nHeads();
        inRange(where + ": head", e.head(), e.kind().perHead() ? heads : 0);
      }
      length(where, e.scale(), context);
    }
    for (Plan.EdgeEdit e : plan.edges()) {
      boolean embed = e.sender() == Plan.Sender.EMBED;
      boolean head = e.sender() == Plan.Sender.HEAD;
      inRange("edge: receiver layer", e.receiverLayer(), spec.nLayers());
      inRange(
          "edge: receiver head",
          e.receiverHead(),
          e.input() == Plan.Input.Q ? spec.nHeads() : spec.nKvHeads());
      if (embed && e.senderLayer() != -1) {
        throw bad("edge: sender layer", e.senderLayer(), "-1 for the embedding");
      }
      if (!embed) {
        inRange("edge: sender layer", e.senderLayer(), e.receiverLayer());
      }
      if (e.sender() == Plan.Sender.MLP && !spec.hasMlp()) {
        throw bad("edge: sender", e.sender(), "a component of this model, which has no MLP");
      }
      if (head) {
        inRange("edge: sender head", e.senderHead(), spec.nHeads());
      } else if (e.senderHead() != -1) {
        throw bad("edge: sender head", e.senderHead(), "-1 for " + e.sender());
      }
      length("edge", e.scale(), context);
    }
  }

  private static void inRange(String what, int found, int limit) {
    if (found < 0 || found >= limit) {
      throw bad(what, found, limit == 0 ? "none" : "0.." + (limit - 1));
    }
  }

  private static void length(String where, float[] scale, int context) {
    if (scale.length != context) {
      throw bad(where + ": length of scale", scale.length, "T = " + context);
    }
  }

  private static RefrainException bad(String what, Object found, String expected) {
    return RefrainException.badInput("plan: " + what + " is " + found + ", expected " + expected);
  }
}
