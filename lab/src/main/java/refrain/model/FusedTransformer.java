package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
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

  /** Lengths of texts whose activations are kept for parameters that nobody changes. */
  private static final int LENGTHS = 2;

  /** Rows of the arena that one task adds up. */
  private static final int CHUNK = 1 << 14;

  private final ModelSpec spec;
  private final Layout layout;
  private final Kernels kernels;
  private final Workers workers;
  private final Packed packed;
  private final FusedCall.Tables tables;
  private final List<Map<Integer, Buffers>> buffers = new ArrayList<>();
  private final boolean packsOnce;

  /** What was packed last, where that need not be packed again; null: nothing. */
  private @Nullable Parameters packedOnce;

  private Packed.Shard @Nullable [] shards;

  public FusedTransformer(ModelSpec spec, int threads) {
    this(spec, threads, KernelChoice.best());
  }

  /** With kernels of the caller's choice, for tests of both twins and for profiles. */
  public FusedTransformer(ModelSpec spec, int threads, Kernels kernels) {
    this(spec, threads, kernels, false);
  }

  /**
   * For parameters that nobody changes: those of a call are packed once and not again as long as
   * calls have the same. Of a short text on a large model that is half of a pass.
   */
  public static FusedTransformer ofConstant(ModelSpec spec, int threads) {
    return new FusedTransformer(spec, threads, KernelChoice.best(), true);
  }

  private FusedTransformer(ModelSpec spec, int threads, Kernels kernels, boolean packsOnce) {
    this.packsOnce = packsOnce;
    this.spec = spec;
    this.layout = Layout.of(spec);
    this.kernels = kernels;
    this.workers = new Workers(threads);
    this.packed = new Packed(spec, layout, kernels.panel());
    this.tables = new FusedCall.Tables(spec);
    for (int w = 0; w < threads; w++) {
      buffers.add(packsOnce ? lastUsed() : new HashMap<>());
    }
  }

  /** Texts that people type have any length, and a large model's activations are large too. */
  private static Map<Integer, Buffers> lastUsed() {
    return new LinkedHashMap<>(LENGTHS, .75f, true) {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<Integer, Buffers> eldest) {
        return size() > LENGTHS;
      }
    };
  }

  @Override
  public float[][] forward(Parameters parameters, Batch batch, Plan plan, Observer observer) {
    Checks.parameters(spec, parameters);
    Checks.fit(spec, batch, plan);
    FusedCall call = call(parameters, plan, observer, false);
    float[][] losses = new float[batch.size()][batch.context()];
    workers.run(
        batch.size(),
        (s, worker) -> {
          FusedForward forward = new FusedForward(call, buffers(worker, batch.context()), s);
          forward.run(batch.tokens()[s]);
          forward.losses(batch.tokens()[s], losses[s]);
        });
    return losses;
  }

  @Override
  public KeptPass keep(Parameters parameters, Batch batch, Plan plan) {
    FusedKept kept = new FusedKept(spec, batch, plan);
    float[][] losses = forward(parameters, batch, plan, kept);
    return new KeptPass() {
      @Override
      public float[][] losses() {
        return losses;
      }

      @Override
      public float[][] under(Plan more) {
        if (more.isEmpty()) {
          return losses;
        }
        Plan whole = plan.then(more);
        FusedKept.Start start = kept.start(more);
        return start == null
            ? forward(parameters, batch, whole, Observer.NONE)
            : forward(parameters, batch, whole, kept, start);
      }
    };
  }

  /** Losses of a pass that begins in the middle of the model. */
  private float[][] forward(
      Parameters parameters, Batch batch, Plan plan, FusedKept kept, FusedKept.Start start) {
    Checks.fit(spec, batch, plan);
    FusedCall call = call(parameters, plan, Observer.NONE, false);
    float[][] losses = new float[batch.size()][batch.context()];
    workers.run(
        batch.size(),
        (s, worker) -> {
          Buffers own = buffers(worker, batch.context());
          kept.restore(start, s, own);
          FusedForward forward = new FusedForward(call, own, s);
          forward.run(start);
          forward.losses(batch.tokens()[s], losses[s]);
        });
    return losses;
  }

  @Override
  public float[][] gradient(Parameters parameters, Batch batch, Plan plan, float[] gradient) {
    Checks.parameters(spec, parameters);
    Checks.fit(spec, batch, plan);
    Checks.length(layout, gradient.length);
    double[][] shares = Checks.shares(batch);
    FusedCall call = call(parameters, plan, Observer.NONE, true);
    float[][] losses = new float[batch.size()][batch.context()];
    Packed.Shard[] parts = shards(batch.size());
    workers.run(
        parts.length,
        (shard, worker) -> {
          Packed.Shard part = parts[shard];
          part.begin(!call.plan().hasEdges());
          int first = (int) ((long) batch.size() * shard / parts.length);
          int end = (int) ((long) batch.size() * (shard + 1) / parts.length);
          for (int s = first; s < end; s++) {
            Buffers own = buffers(worker, batch.context());
            int[] tokens = batch.tokens()[s];
            FusedForward forward = new FusedForward(call, own, s);
            forward.run(tokens);
            forward.lossesAndGradient(tokens, shares[s], losses[s]);
            new FusedBackward(call, own, s, part).run(tokens);
            part.goOn();
          }
        });
    int chunks = (gradient.length + CHUNK - 1) / CHUNK;
    workers.run(chunks, (c, worker) -> addUp(parts, gradient, c * CHUNK));
    return losses;
  }

  private static void addUp(Packed.Shard[] parts, float[] gradient, int from) {
    int n = Math.min(CHUNK, gradient.length - from);
    System.arraycopy(parts[0].gradient, from, gradient, from, n);
    for (int p = 1; p < parts.length; p++) {
      float[] part = parts[p].gradient;
      for (int i = from; i < from + n; i++) {
        gradient[i] += part[i];
      }
    }
  }

  /** Into how many shards a batch is cut, by its size and the floats of the arena. */
  static int shardCount(int batch, int arena) {
    int n = Math.max(1, Math.min(Math.min(batch, MAX_SHARDS), SHARD_FLOATS / arena));
    // A power of two shares out evenly among the usual numbers of threads.
    return Integer.highestOneBit(n);
  }

  private Packed.Shard[] shards(int batch) {
    int n = shardCount(batch, layout.length());
    Packed.Shard[] made = shards;
    if (made == null || made.length != n) {
      made = new Packed.Shard[n];
      Arrays.setAll(made, i -> packed.shard());
      shards = made;
    }
    return made;
  }

  private FusedCall call(Parameters p, Plan plan, Observer observer, boolean withBackward) {
    if (withBackward || p != packedOnce) {
      packed.pack(p.arena(), withBackward, workers);
      packedOnce = packsOnce ? p : null;
    }
    PlanIndex index = new PlanIndex(plan);
    return new FusedCall(spec, kernels, packed, p.arena(), index, observer, tables);
  }

  private Buffers buffers(int worker, int context) {
    return buffers.get(worker).computeIfAbsent(context, t -> new Buffers(spec, t, kernels.panel()));
  }

  @Override
  public void close() {
    workers.close();
  }
}
