package refrain.model;

import java.util.Locale;
import refrain.base.RefrainException;
import refrain.tensor.Mat;

/**
 * What the arrays of a training run take, counted before any of them is allocated. A lower bound:
 * what probes and texts need comes on top.
 *
 * @param parameters floats in the arena
 * @param state bytes of parameters, gradient, both moments and the copy that a checkpoint takes
 * @param weights bytes of the packed weights and of the shards' gradients
 * @param activations bytes of the activations, over all threads
 * @param batch bytes of a batch's tokens and losses
 */
public record Footprint(
    long parameters, double state, double weights, double activations, double batch) {
  private static final int FLOAT = 4;

  /**
   * @param threads that compute sequences at once
   * @throws RefrainException of kind BAD_INPUT when an array would be longer than Java or the
   *     kernels can index
   */
  public static Footprint of(ModelSpec spec, int batch, int context, int threads) {
    long parameters = Layout.of(spec).length();
    double t = context;
    array("logits", "context x model.dVocab", t * spec.dVocab());
    array("patterns", "model.nHeads x context x context", t * t * spec.nHeads());
    array("activations of the MLP", "context x model.dMlp", t * spec.dMlp());
    double shards = FusedTransformer.shardCount(batch, (int) parameters);
    double heads = (double) spec.nHeads() * spec.dHead();
    double layer = 4.0 * spec.dModel() + 4 * heads + t * spec.nHeads() + 3.0 * spec.dMlp();
    double sequence = t * (spec.nLayers() * layer + spec.dVocab() + 6.0 * spec.dModel());
    double embedding = spec.tied() ? 0 : (double) spec.dVocab() * spec.dModel();
    return new Footprint(
        parameters,
        FLOAT * 7.0 * parameters,
        FLOAT * (2 * (parameters - embedding) + shards * parameters),
        FLOAT * Math.min(threads, shards) * sequence,
        FLOAT * 5.0 * batch * (t + 8)); // tokens and losses, the losses' weights as doubles
  }

  private static void array(String what, String product, double floats) {
    RefrainException.require(
        floats <= Mat.MAX_INDEX,
        "run: the %s (%s) would be an array of %s numbers, expected at most %s; make one of these"
            + " smaller",
        what,
        product,
        Layout.grouped((long) floats),
        Layout.grouped(Mat.MAX_INDEX));
  }

  /** All of it. */
  public double bytes() {
    return state + weights + activations + batch;
  }

  /**
   * Refuses what cannot fit.
   *
   * @param run its name
   * @param heap bytes that Java may take
   */
  public void requireWithin(String run, long heap) {
    RefrainException.require(
        bytes() <= heap,
        "run '%s': needs at least %s of memory (parameters and optimizer %s, weights and gradients"
            + " of the shards %s, activations %s, a batch %s), Java may take %s; make batch,"
            + " context or the model smaller, use fewer --threads, or give it more:"
            + " REFRAIN_JAVA_OPTS=-Xmx%sg",
        run,
        size(bytes()),
        size(state),
        size(weights),
        size(activations),
        size(batch),
        size(heap),
        (long) Math.ceil(1.3 * bytes() / (1 << 30)));
  }

  /** Bytes for people. */
  public static String size(double bytes) {
    return bytes < (1 << 30)
        ? String.format(Locale.ROOT, "%.1f MiB", bytes / (1 << 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (1 << 30));
  }
}
