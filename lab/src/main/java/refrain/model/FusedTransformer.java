package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.tensor.Workers;

/**
 * The fast engine: float32, one sequence at a time through forward and backward while it is in
 * cache. Computes what {@link ReferenceTransformer} specifies.
 *
 * <p>Threads share out the sequences. A batch is cut into a fixed number of shards, whatever the
 * number of threads; each shard adds up its sequences in order into a gradient of its own, and the
 * shards are added up in order: the same bits on one thread and on ten.
 *
 * <p>Not for use by several threads at once; close it to end its threads.
 */
public final class FusedTransformer implements Transformer {
  /** At most so many shards, so at most so many threads are of use. */
  private static final int MAX_SHARDS = 8;

  /** Gradients of all shards together take at most so many floats (128 MB). */
  private static final int SHARD_FLOATS = 32 << 20;

  /** Rows of the arena that one task adds up. */
  private static final int CHUNK = 1 << 14;

  private final ModelSpec spec;
  private final Layout layout;
  private final Kernels kernels;
  private final Workers workers;
  private final Packed packed;
  private final Engine.Slots slots;
  private final Engine.Tables tables;
  private final List<Map<Integer, Buffers>> buffers = new ArrayList<>();
  private float @Nullable [][] shards;

  public FusedTransformer(ModelSpec spec, int threads) {
    this(spec, threads, KernelChoice.best());
  }

  FusedTransformer(ModelSpec spec, int threads, Kernels kernels) {
    this.spec = spec;
    this.layout = Layout.of(spec);
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.packed = new Packed(spec, layout, kernels.panel());
    this.slots = new Engine.Slots(spec, layout);
    this.tables = new Engine.Tables(spec);
    for (int w = 0; w < threads; w++) {
      buffers.add(new HashMap<>());
    }
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  @Override
  public float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer) {
    check(parameters, batch);
    Checks.fit(spec, batch.context(), plan);
    Engine engine = engine(parameters, plan, observer, false);
    float[][] losses = new float[batch.size()][batch.context()];
    workers.run(
        batch.size(),
        (s, worker) -> {
          FusedForward f = new FusedForward(engine, buffers(worker, batch.context()));
          f.run(s, batch.tokens()[s]);
          f.losses(batch.tokens()[s], losses[s]);
        });
    return losses;
  }

  @Override
  public float[][] gradient(Parameters parameters, Batch batch, Plan plan, float[] gradient) {
    check(parameters, batch);
    Checks.fit(spec, batch.context(), plan);
    if (gradient.length != layout.length()) {
      throw new IllegalArgumentException(
          "gradient has " + gradient.length + " floats, expected " + layout.length());
    }
    Engine engine = engine(parameters, plan, Observer.NONE, true);
    float[][] losses = new float[batch.size()][batch.context()];
    float[][] parts = shards(batch.size());
    double total = total(batch);
    workers.run(
        parts.length,
        (shard, worker) -> {
          float[] part = parts[shard];
          Arrays.fill(part, 0);
          int first = (int) ((long) batch.size() * shard / parts.length);
          int end = (int) ((long) batch.size() * (shard + 1) / parts.length);
          for (int s = first; s < end; s++) {
            sequence(engine, batch, s, total, losses[s], part, buffers(worker, batch.context()));
          }
        });
    int chunks = (gradient.length + CHUNK - 1) / CHUNK;
    workers.run(chunks, (c, worker) -> addUp(parts, gradient, c * CHUNK));
    return losses;
  }

  private static void sequence(
      Engine engine, Batch batch, int s, double total, float[] losses, float[] part, Buffers b) {
    int[] tokens = batch.tokens()[s];
    float[] weights = new float[batch.context()];
    for (int t = 0; t < weights.length; t++) {
      weights[t] = (float) ((batch.weights() == null ? 1 : batch.weights()[s][t]) / total);
    }
    FusedForward forward = new FusedForward(engine, b);
    forward.run(s, tokens);
    forward.lossesAndGradient(tokens, weights, losses);
    new FusedBackward(engine, b, part).run(s, tokens);
  }

  private static double total(Batch batch) {
    if (batch.weights() == null) {
      return (double) batch.size() * batch.context();
    }
    double total = 0;
    for (float[] row : batch.weights()) {
      for (float w : row) {
        total += w;
      }
    }
    return total;
  }

  private static void addUp(float[][] parts, float[] gradient, int from) {
    int n = Math.min(CHUNK, gradient.length - from);
    System.arraycopy(parts[0], from, gradient, from, n);
    for (int p = 1; p < parts.length; p++) {
      float[] part = parts[p];
      for (int i = from; i < from + n; i++) {
        gradient[i] += part[i];
      }
    }
  }

  private float[][] shards(int batch) {
    int n = Math.max(1, Math.min(Math.min(batch, MAX_SHARDS), SHARD_FLOATS / layout.length()));
    // A power of two shares out evenly among the usual numbers of threads.
    n = Integer.highestOneBit(n);
    if (shards == null || shards.length != n) {
      shards = new float[n][layout.length()];
    }
    return shards;
  }

  private Engine engine(Parameters p, Plan plan, Observer observer, boolean withBackward) {
    packed.pack(p.arena(), withBackward, workers);
    PlanIndex index = new PlanIndex(plan);
    return new Engine(spec, kernels, packed, p.arena(), slots, index, observer, tables);
  }

  private Buffers buffers(int worker, int context) {
    return buffers.get(worker).computeIfAbsent(context, t -> new Buffers(spec, t));
  }

  private void check(Parameters parameters, Batch batch) {
    if (!parameters.spec().equals(spec)) {
      throw new IllegalArgumentException(
          "parameters of " + parameters.spec() + " in an engine for " + spec);
    }
    if (batch.context() > spec.nCtx()) {
      throw RefrainException.badInput(
          "batch: sequences have "
              + batch.context()
              + " positions, the model's n_ctx is "
              + spec.nCtx());
    }
    for (int[] row : batch.tokens()) {
      if (row.length != batch.context() + 1) {
        throw RefrainException.badInput(
            "batch: sequences of "
                + row.length
                + " and of "
                + (batch.context() + 1)
                + " tokens, expected one length");
      }
      for (int token : row) {
        if (token < 0 || token >= spec.dVocab()) {
          throw RefrainException.badInput(
              "batch: token " + token + " is outside the vocabulary of " + spec.dVocab());
        }
      }
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
