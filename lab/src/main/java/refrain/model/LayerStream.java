package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.model.Buffers.Normed;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.Workers;

/**
 * A model's forward pass layer by layer: all sequences through one block, then the next. One matrix
 * of weights is in memory at a time, read from its {@link WeightSource} when its turn comes, so a
 * model may be larger than memory. Computes what {@link FusedTransformer} does, with the same
 * kernels, up to the order of threads, on which nothing depends.
 *
 * <p>Not for use by several threads at once; close it to end its threads.
 */
public final class LayerStream implements AutoCloseable {
  /** Rows that one task multiplies: what they read stays in the second cache. */
  private static final int ROWS = 48;

  /** Terms of a sum between two visits of a row's results. */
  private static final int TERMS = 1024;

  /** Rows of a matrix that one task reads, where it lies row by row. */
  private static final int READ = 16;

  /** Columns of W_U whose logits are in memory at once, at most. */
  private static final int VOCABULARY = 8192;

  /** Floats of those columns: 32 MB. */
  private static final int COLUMNS = 8 << 20;

  private final WeightSource weights;
  private final ModelSpec spec;
  private final Kernels kernels;
  private final Workers workers;
  private final Map<ModelSpec, Shell> shells = new HashMap<>();
  private final Map<Slot, float[]> slots = new EnumMap<>(Slot.class);

  /** Arrays that every layer uses again. */
  private enum Slot {
    WEIGHTS,
    /** What a norm leaves before its weights; then what a map writes into the stream. */
    OUT,
    NORMED,
    Q,
    K,
    V,
    UP,
    PRE
  }

  /**
   * What is done with the attention of one sequence, on any thread; calls for one sequence come
   * from one.
   */
  @FunctionalInterface
  public interface PatternReading {
    /**
     * @param pattern [head, T, T], valid during the call
     */
    void of(int sequence, float[] pattern);
  }

  public LayerStream(WeightSource weights, int threads) {
    this(weights, threads, KernelChoice.best());
  }

  /** With kernels of the caller's choice, for tests of both twins. */
  public LayerStream(WeightSource weights, int threads, Kernels kernels) {
    this.weights = weights;
    this.spec = weights.spec();
    this.kernels = kernels;
    this.workers = new Workers(threads);
  }

  public ModelSpec spec() {
    return spec;
  }

  /** Threads that share out the work. */
  public Workers workers() {
    return workers;
  }

  /**
   * Room for sequences.
   *
   * @param rows positions of all together
   */
  public Streams room(int rows) {
    return new Streams(spec, rows);
  }

  /**
   * Sequences where the first block begins.
   *
   * @param tokens [sequence, T], of any lengths
   */
  public Streams embed(int[][] tokens) {
    Streams streams = room(Arrays.stream(tokens).mapToInt(t -> t.length).sum());
    int longest = Arrays.stream(tokens).mapToInt(t -> t.length).max().orElse(0);
    int d = spec.dModel();
    float[] positions = inStream() ? positions(longest) : new float[0];
    for (int[] sequence : tokens) {
      Checks.fit(
          spec, Batch.of(new int[][] {Arrays.copyOf(sequence, sequence.length + 1)}), Plan.NONE);
      int row = streams.row(streams.add(sequence.length));
      for (int t = 0; t < sequence.length; t++) {
        int at = streams.x.at(row + t);
        weights.embeddings(sequence[t], 1, streams.x.data, at);
        if (positions.length > 0) {
          kernels.add(positions, t * d, streams.x.data, at, d);
        }
      }
    }
    return streams;
  }

  private boolean inStream() {
    return spec.positions() instanceof Positions.Learned
        || spec.positions() instanceof Positions.Sinusoidal;
  }

  /** [rows, d_model], where positions have a table. */
  private float[] positions(int rows) {
    float[] table = new float[rows * spec.dModel()];
    if (spec.positions() instanceof Positions.Sinusoidal) {
      for (int i = 0; i < table.length; i++) {
        table[i] =
            (float) Positions.Sinusoidal.at(i / spec.dModel(), i % spec.dModel(), spec.dModel());
      }
    } else {
      weights.columns("pos_embed.W_pos", rows, 0, spec.dModel(), table, 0);
    }
    return table;
  }

  /** A whole block. */
  public void block(int layer, Streams streams, @Nullable PatternReading reading) {
    attend(layer, streams, 0, s -> s, reading);
    write(layer, streams);
  }

  /**
   * A block's attention up to the mix of values z, of the sequences from one on.
   *
   * @param queries whose queries a sequence takes; itself, but where keys alone are changed
   */
  public void attend(
      int layer,
      Streams streams,
      int from,
      IntUnaryOperator queries,
      @Nullable PatternReading reading) {
    String block = "blocks." + layer + ".";
    int begin = streams.row(from);
    Mat x = part(streams.x, begin, streams.rows());
    Mat normed = normed(block + "ln1", x, spec.norm() != Norm.NONE);
    Mat qkIn = normed;
    if (spec.positions() instanceof Positions.Shortformer) {
      qkIn = qkIn.copy();
      addPositions(streams, from, qkIn);
    }
    Mat q =
        linear(
            qkIn, block + "attn.W_Q", Slot.Q, spec.nHeads() * spec.dHead(), spec.biases().onQkv());
    Mat k = linear(qkIn, block + "attn.W_K", Slot.K, keys(), spec.biases().onQkv());
    Mat v = linear(normed, block + "attn.W_V", Slot.V, keys(), spec.biases().onQkv());
    float[] alpha = new float[spec.smear().on(layer) ? spec.nKvHeads() : 0];
    if (alpha.length > 0) {
      weights.columns(block + "attn.alpha", 1, 0, alpha.length, alpha, 0);
    }
    List<Shell> shells = new ArrayList<>();
    for (int s = from; s < streams.size(); s++) {
      shells.add(shell(layer, streams.context(s), alpha));
    }
    workers.run(
        shells.size(),
        (task, worker) -> {
          int s = from + task;
          Rows in =
              new Rows(q, streams.row(queries.applyAsInt(s)) - begin, k, v, streams.row(s) - begin);
          shells.get(task).attend(worker, s, in, streams.z, streams.row(s), reading);
        });
  }

  private int keys() {
    return spec.nKvHeads() * spec.dHead();
  }

  private void addPositions(Streams streams, int from, Mat x) {
    int d = spec.dModel();
    int longest = 0;
    for (int s = from; s < streams.size(); s++) {
      longest = Math.max(longest, streams.context(s));
    }
    float[] table = positions(longest);
    for (int s = from; s < streams.size(); s++) {
      for (int t = 0; t < streams.context(s); t++) {
        kernels.add(table, t * d, x.data, x.at(streams.row(s) - streams.row(from) + t), d);
      }
    }
  }

  /** What a block writes into the stream, from z on; then the stream is that of the next block. */
  public void write(int layer, Streams streams) {
    String block = "blocks." + layer + ".";
    Mat x = part(streams.x, 0, streams.rows());
    Mat z = part(streams.z, 0, streams.rows());
    int d = spec.dModel();
    // A parallel MLP reads what attention has not yet been added to.
    Mat before = spec.hasMlp() && spec.parallelResidual() ? mlpInput(block, x) : x;
    if (before == x && spec.parallelResidual()) {
      before = x.copy();
    }
    addTo(x, linear(z, block + "attn.W_O", Slot.OUT, d, spec.biases().onAttentionOutput()));
    if (!spec.hasMlp()) {
      return;
    }
    Mat in = spec.parallelResidual() ? before : mlpInput(block, x);
    boolean biased = spec.biases().onMlp();
    Mat up = linear(in, block + "mlp.W_in", Slot.UP, spec.dMlp(), biased);
    Mat pre =
        spec.activation().gated()
            ? linear(in, block + "mlp.W_gate", Slot.PRE, spec.dMlp(), false)
            : up;
    each(
        pre.rows,
        (i, n) ->
            FusedCall.activate(
                kernels,
                spec.activation(),
                part(pre, i, i + n),
                part(up, i, i + n),
                part(pre, i, i + n)));
    addTo(x, linear(pre, block + "mlp.W_out", Slot.OUT, d, biased));
  }

  private Mat mlpInput(String block, Mat x) {
    return normed(block + "ln2", x, spec.norm() != Norm.NONE);
  }

  private void addTo(Mat x, Mat y) {
    each(x.rows, (i, n) -> FusedCall.add(part(x, i, i + n), part(y, i, i + n), part(x, i, i + n)));
  }

  /**
   * What one head writes into the stream, z W_O without bias, [T, d_model].
   *
   * @param streams after {@link #attend} of that layer
   */
  public float[] result(HeadId head, Streams streams, int sequence) {
    int width = spec.nHeads() * spec.dHead();
    int d = spec.dModel();
    Mat w = load("blocks." + head.layer() + ".attn.W_O", width, d);
    Mat own = w.part(head.head() * spec.dHead(), 0, spec.dHead(), d);
    int rows = streams.context(sequence);
    Mat z = streams.z.part(streams.row(sequence), head.head() * spec.dHead(), rows, spec.dHead());
    Mat result = Mat.allocate(rows, d);
    kernels.gemm(z, own, Mat.zeros(rows, d), result);
    float[] out = new float[rows * d];
    for (int t = 0; t < rows; t++) {
      System.arraycopy(result.data, result.at(t), out, t * d, d);
    }
    return out;
  }

  /**
   * Cross entropies in nats after the last block.
   *
   * @param from the first sequence that is read
   * @param targets [sequence - from, T] the token that each position predicts; below 0: not read
   * @return [sequence - from, T] NaN where nothing is read
   */
  public float[][] losses(Streams streams, int from, int[][] targets) {
    List<int[]> read = new ArrayList<>();
    float[][] losses = new float[targets.length][];
    for (int s = 0; s < targets.length; s++) {
      losses[s] = new float[targets[s].length];
      Arrays.fill(losses[s], Float.NaN);
      for (int t = 0; t < targets[s].length; t++) {
        if (targets[s][t] >= 0) {
          read.add(new int[] {s, t, streams.row(from + s) + t});
        }
      }
    }
    Mat last = Mat.allocate(read.size(), spec.dModel());
    for (int i = 0; i < read.size(); i++) {
      System.arraycopy(
          streams.x.data, streams.x.at(read.get(i)[2]), last.data, last.at(i), spec.dModel());
    }
    Mat y = normed("ln_final", last, spec.hasFinalNorm());
    double[] sum = new double[read.size()]; // log of the sum of exponentials so far
    Arrays.fill(sum, Double.NEGATIVE_INFINITY);
    double[] own = new double[read.size()];
    for (int v = 0; v < spec.dVocab(); v += atOnce()) {
      int first = v;
      int count = Math.min(atOnce(), spec.dVocab() - v);
      Mat w = unembedding(first, count);
      each(
          read.size(),
          (i, n) -> {
            Mat logits = Mat.allocate(n, count);
            kernels.gemm(part(y, i, i + n), w, Mat.zeros(n, count), logits);
            for (int r = 0; r < n; r++) {
              int target = targets[read.get(i + r)[0]][read.get(i + r)[1]] - first;
              float logit = logits.data[logits.at(r)];
              double all = logit + kernels.crossEntropy(logits.data, logits.at(r), count, 0);
              double max = Math.max(all, sum[i + r]);
              sum[i + r] = max + Math.log(Math.exp(all - max) + Math.exp(sum[i + r] - max));
              if (target >= 0 && target < count) {
                own[i + r] = logits.data[logits.at(r) + target];
              }
            }
          });
    }
    for (int i = 0; i < read.size(); i++) {
      losses[read.get(i)[0]][read.get(i)[1]] = (float) (sum[i] - own[i]);
    }
    return losses;
  }

  /** Some columns of W_U, packed, [d_model, count]. */
  private Mat unembedding(int first, int count) {
    int d = spec.dModel();
    if (!spec.tied()) {
      return load("unembed.W_U", d, spec.dVocab(), first, count);
    }
    Mat packed = packed(d, count);
    workers.run(
        panels(count),
        (p, worker) -> {
          int from = p * kernels.panel();
          int n = Math.min(kernels.panel(), count - from);
          float[] rows = new float[n * d];
          weights.embeddings(first + from, n, rows, 0);
          Mat.packed(packed.data, packed.origin + p * packed.panel, d, n, kernels.panel())
              .packTransposed(Mat.of(rows, 0, n, d, d));
        });
    return packed;
  }

  /**
   * W_U W_E, [d_model, d_model] row-major: with W_O on its left and W_V on its right it has the
   * eigenvalues of the full OV circuit.
   */
  public Mat unembedEmbed() {
    int d = spec.dModel();
    Mat sum = Mat.allocate(d, d);
    for (int v = 0; v < spec.dVocab(); v += atOnce()) {
      int first = v;
      int count = Math.min(atOnce(), spec.dVocab() - v);
      Mat embed = Mat.allocate(count, d);
      each(
          count,
          (i, n) -> {
            float[] rows = new float[n * d];
            weights.embeddings(first + i, n, rows, 0);
            for (int r = 0; r < n; r++) {
              System.arraycopy(rows, r * d, embed.data, embed.at(i + r), d);
            }
          });
      Mat left = spec.tied() ? embed.transposed() : unembeddingRows(first, count);
      Mat right = packed(count, d);
      right.pack(embed);
      each(
          d,
          (i, n) -> {
            Mat to = part(sum, i, i + n);
            for (int k = 0; k < count; k += TERMS) {
              int terms = Math.min(TERMS, count - k);
              kernels.gemm(left.part(i, k, n, terms), right.part(k, 0, terms, d), to, to);
            }
          });
    }
    return sum;
  }

  /** Some columns of W_U, row-major, [d_model, count]. */
  private Mat unembeddingRows(int first, int count) {
    int d = spec.dModel();
    float[] all = new float[d * count];
    weights.columns("unembed.W_U", d, first, count, all, 0);
    return Mat.of(all, 0, d, count, count);
  }

  /** Tokens of the vocabulary that are gone through together. */
  private int atOnce() {
    return Math.clamp(COLUMNS / spec.dModel(), kernels.panel(), VOCABULARY);
  }

  /** A vector of the model, such as a bias. */
  public float[] vector(String name, int size) {
    float[] values = new float[size];
    weights.columns(name, 1, 0, size, values, 0);
    return values;
  }

  /** Reads a matrix of the model into a row-major one of its size. */
  public void matrix(String name, Mat plain) {
    int rows = plain.rows;
    int columns = plain.columns;
    Mat packed = load(name, rows, columns);
    for (int j = 0; j < columns; j += kernels.panel()) {
      int n = Math.min(kernels.panel(), columns - j);
      for (int i = 0; i < rows; i++) {
        System.arraycopy(
            packed.data,
            packed.origin + j / kernels.panel() * packed.panel + i * packed.row,
            plain.data,
            plain.at(i) + j,
            n);
      }
    }
  }

  /** A row-major matrix as the right-hand side of a product. */
  public Mat packed(Mat y) {
    Mat right = Mat.packed(y.rows, y.columns, kernels.panel());
    right.pack(y);
    return right;
  }

  /** x y, y packed. */
  public void product(Mat x, Mat right, Mat out) {
    multiply(x, right, null, out);
  }

  private Mat normed(String name, Mat x, boolean norm) {
    int d = spec.dModel();
    if (!norm) {
      return x;
    }
    Mat hat = plain(Slot.OUT, x.rows, d);
    Mat out = plain(Slot.NORMED, x.rows, d);
    ReadNorm read = ReadNorm.of(weights, name);
    each(
        x.rows,
        (i, n) -> {
          Normed own = new Normed(part(hat, i, i + n), new float[n], part(out, i, i + n));
          read.norm(kernels, part(x, i, i + n), own);
        });
    return out;
  }

  private Mat linear(Mat x, String name, Slot to, int out, boolean biased) {
    Mat w = load(name, x.columns, out);
    Mat y = plain(to, x.rows, out);
    multiply(x, w, biased ? vector(name.replace("W_", "b_"), out) : null, y);
    return y;
  }

  /** y = x w + bias; sums run in the order of their terms whatever they are cut into. */
  private void multiply(Mat x, Mat w, float @Nullable [] bias, Mat y) {
    each(
        x.rows,
        (i, n) -> {
          Mat to = part(y, i, i + n);
          for (int k = 0; k < x.columns; k += TERMS) {
            int terms = Math.min(TERMS, x.columns - k);
            Mat start =
                k > 0
                    ? to
                    : bias == null ? Mat.zeros(n, y.columns) : Mat.of(bias, 0, n, y.columns, 0);
            kernels.gemm(x.part(i, k, n, terms), w.part(k, 0, terms, y.columns), start, to);
          }
        });
  }

  @FunctionalInterface
  private interface OfRows {
    void run(int first, int count);
  }

  /** Rows in blocks, shared out among the threads. */
  private void each(int rows, OfRows task) {
    int blocks = (rows + ROWS - 1) / ROWS;
    workers.run(blocks, (b, worker) -> task.run(b * ROWS, Math.min(ROWS, rows - b * ROWS)));
  }

  private static Mat part(Mat x, int from, int end) {
    return x.part(from, 0, end - from, x.columns);
  }

  private int panels(int columns) {
    return (columns + kernels.panel() - 1) / kernels.panel();
  }

  private Mat packed(int rows, int columns) {
    long wanted = Mat.ORIGIN + (long) panels(columns) * rows * kernels.panel();
    return Mat.packed(slot(Slot.WEIGHTS, wanted), Mat.ORIGIN, rows, columns, kernels.panel());
  }

  private Mat plain(Slot slot, int rows, int columns) {
    int row = Mat.allocate(0, columns).row;
    float[] room = slot(slot, Mat.ORIGIN + (long) rows * row);
    return Mat.of(room, Mat.ORIGIN, rows, columns, row);
  }

  /** What lay there is lost. */
  private float[] slot(Slot slot, long floats) {
    float[] room = slots.getOrDefault(slot, new float[0]);
    if (room.length < floats) {
      slots.remove(slot); // given back before more is asked for
      room = new float[Math.toIntExact(floats)];
      slots.put(slot, room);
    }
    return room;
  }

  private Mat load(String name, int rows, int columns) {
    return load(name, rows, columns, 0, columns);
  }

  /** Some columns of a matrix [rows, columns], packed. */
  private Mat load(String name, int rows, int columns, int first, int count) {
    Mat packed = packed(rows, count);
    int width = kernels.panel();
    if (weights.byRows(name)) {
      workers.run(
          (rows + READ - 1) / READ,
          (task, worker) -> {
            int from = task * READ;
            int n = Math.min(READ, rows - from);
            float[] read = new float[n * columns];
            weights.rows(name, columns, from, n, read, 0);
            for (int p = 0; p < panels(count); p++) {
              int own = Math.min(width, count - p * width);
              for (int r = 0; r < n; r++) {
                System.arraycopy(
                    read,
                    r * columns + first + p * width,
                    packed.data,
                    packed.origin + p * packed.panel + (from + r) * width,
                    own);
              }
            }
          });
      return packed;
    }
    workers.run(
        panels(count),
        (p, worker) -> {
          int own = Math.min(width, count - p * width);
          int at = packed.origin + p * packed.panel;
          if (own == width) {
            weights.columns(name, rows, first + p * width, width, packed.data, at);
            return;
          }
          float[] narrow = new float[rows * own];
          weights.columns(name, rows, first + p * width, own, narrow, 0);
          for (int r = 0; r < rows; r++) {
            System.arraycopy(narrow, r * own, packed.data, at + r * width, own);
          }
        });
    return packed;
  }

  /**
   * Where a sequence's queries, keys and values lie.
   *
   * @param query first row of its queries
   * @param row first row of its keys and values
   */
  private record Rows(Mat q, int query, Mat k, Mat v, int row) {}

  private Shell shell(int layer, int context, float[] alpha) {
    ModelSpec own =
        spec.with(
            m -> m.nLayers = 1,
            m -> m.dModel = 1,
            m -> m.dMlp = 0,
            m -> m.dVocab = 1,
            m -> m.nCtx = context,
            m -> m.norm = Norm.NONE,
            m -> m.tied = true,
            m -> m.biases = Biases.NONE,
            m -> m.smear = alpha.length > 0 ? Smear.from(spec.smear().from()) : Smear.NONE,
            m -> m.windows = List.of(spec.window(layer)));
    Shell shell = shells.computeIfAbsent(own, Shell::new);
    shell.smear(alpha);
    return shell;
  }

  /**
   * A block without its linear maps, for sequences of one length: the fast engine's attention from
   * queries, keys and values to z. Its d_model is 1, so that it has next to no weights.
   */
  private final class Shell {
    private final Parameters parameters;
    private final Packed packed;
    private final FusedCall.Tables tables;
    private final Buffers[] buffers;

    Shell(ModelSpec of) {
      parameters = Parameters.zeros(of);
      packed = new Packed(of, parameters.layout(), kernels.panel());
      tables = new FusedCall.Tables(of);
      buffers = new Buffers[workers.count()];
    }

    void smear(float[] alpha) {
      if (alpha.length > 0) {
        int at = packed.blocks.getFirst().alpha();
        System.arraycopy(alpha, 0, parameters.arena(), at, alpha.length);
      }
    }

    void attend(
        int worker, int sequence, Rows in, Mat z, int to, @Nullable PatternReading reading) {
      Buffers own = buffers[worker];
      if (own == null) {
        own = new Buffers(parameters.spec(), parameters.spec().nCtx(), kernels.panel());
        buffers[worker] = own;
      }
      Buffers.Layer layer = own.layers[0];
      copy(in.q, in.query, layer.q, 0, layer.q.rows);
      copy(in.k, in.row, layer.k, 0, layer.k.rows);
      copy(in.v, in.row, layer.v, 0, layer.v.rows);
      Observer observer =
          reading == null
              ? Observer.NONE
              : Observer.of(
                  Set.of(HookPoint.of(HookKind.PATTERN, 0)),
                  (_, point, view) -> reading.of(sequence, view.toArray()));
      FusedCall call =
          new FusedCall(
              parameters.spec(),
              kernels,
              packed,
              parameters.arena(),
              new PlanIndex(Plan.NONE),
              observer,
              tables);
      new FusedAttention(call, own, 0).forward(sequence);
      copy(layer.z, 0, z, to, layer.z.rows);
    }

    private static void copy(Mat from, int row, Mat to, int at, int rows) {
      for (int i = 0; i < rows; i++) {
        System.arraycopy(from.data, from.at(row + i), to.data, to.at(at + i), from.columns);
      }
    }
  }

  @Override
  public void close() {
    workers.close();
  }
}
