package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Buffers.Normed;
import refrain.model.Packed.Weight;
import refrain.model.PromptTree.Branch;
import refrain.tensor.KernelChoice;
import refrain.tensor.Kernels;
import refrain.tensor.Mat;
import refrain.tensor.Workers;

/**
 * Many prompts through a model with one set of heads off after another, float32. What prompts have
 * in common is computed once ({@link PromptTree}), layers below the lowest head that is off once
 * for all sets, and weights are read a layer at a time, so the model need not fit into memory. It
 * computes what {@link ReferenceTransformer} specifies.
 *
 * <p>Nothing is summed over trees or threads: the same bits on one thread and on ten.
 */
public final class PromptPass implements AutoCloseable {
  /** Rows of a product, so that they stay in cache while the weights go by. */
  private static final int ROWS = 192;

  /** Columns of the unembedding that are read at once. */
  private static final int PANEL = 2048;

  private final WeightSource weights;
  private final Kernels kernels = KernelChoice.best();
  private final Workers workers;

  /**
   * @throws RefrainException of kind BAD_INPUT when the model has smeared keys
   */
  public PromptPass(WeightSource weights, int threads) {
    for (int l = 0; l < weights.spec().nLayers(); l++) {
      RefrainException.require(
          !weights.spec().smear().on(l), "prompts: smeared keys (layer %s) are not done here", l);
    }
    this.weights = weights;
    this.workers = new Workers(threads);
  }

  /**
   * What the model says of each tree's sequences, [set][tree].
   *
   * @param sets heads that are off, a set at a time; each keeps d_model floats a row meanwhile
   * @param done hears how many layers have been gone through
   * @throws RefrainException of kind BAD_INPUT when a sequence is longer than the model's context
   */
  public PromptTree.Said[][] of(
      List<PromptTree> trees, List<HeadsOff> sets, PromptWatcher watcher, IntConsumer done) {
    int longest = trees.stream().mapToInt(PromptTree::longest).max().orElse(0);
    RefrainException.require(
        longest <= weights.spec().nCtx(),
        "prompts: the longest has %s tokens, expected at most %s, the model's context",
        longest,
        weights.spec().nCtx());
    return new Pass(longest, trees, sets, watcher).run(done);
  }

  @Override
  public void close() {
    workers.close();
  }

  /** What one tree's rows are computed in, by one thread. */
  private static final class Room {
    final Normed ln1;
    final Normed ln2;
    final Mat qkIn;
    final Mat q;
    final Mat k;
    final Mat v;
    final Mat z;
    final Mat mid;
    final Mat out;
    final Mat up;
    final Mat pre;
    final Mat post;
    final Mat zeros;

    /** [path, d_head] keys or values of a beginning, and the keys transposed. */
    final Mat gathered;

    final Mat turned;
    final Mat values;

    /** [rows of a branch, path + stretch] */
    final Mat scores;

    Room(ModelSpec spec, int rows, int widest, int longest) {
      Mat x = Mat.allocate(rows, spec.dModel());
      ln1 = Buffers.normed(x.like(), spec.norm() != Norm.NONE);
      mid = x.like();
      ln2 = Buffers.normed(mid, spec.norm() != Norm.NONE);
      qkIn = spec.positions() instanceof Positions.Shortformer ? x.like() : ln1.out();
      out = x.like();
      q = Mat.allocate(rows, spec.nHeads() * spec.dHead());
      z = q.like();
      k = Mat.allocate(rows, spec.nKvHeads() * spec.dHead());
      v = k.like();
      pre = Mat.allocate(spec.hasMlp() ? rows : 0, spec.dMlp());
      up = spec.activation().gated() ? pre.like() : pre;
      post = pre.like();
      int columns = Math.max(Math.max(spec.dModel(), spec.dMlp()), q.columns);
      zeros = Mat.zeros(rows, Math.max(columns, longest));
      gathered = Mat.allocate(longest, spec.dHead());
      values = gathered.like();
      turned = Mat.allocate(spec.dHead(), longest);
      scores = Mat.allocate(widest, longest);
    }
  }

  /** One call's state: the stream of every set and tree, layer by layer. */
  private final class Pass {
    private final ModelSpec spec;
    private final List<PromptTree> trees;
    private final List<HeadsOff> sets;
    private final PromptWatcher watcher;
    private final FusedCall.Tables tables;
    private final Room[] rooms = new Room[workers.count()];
    private final int widest;

    /** [set][tree] the stream; null while it is that of set 0. */
    private final Mat[] @Nullable [] streams;

    Pass(int longest, List<PromptTree> trees, List<HeadsOff> sets, PromptWatcher watcher) {
      // Tables of positions are no longer than the longest prompt.
      this.spec = weights.spec().with(m -> m.nCtx = Math.max(1, longest));
      this.trees = trees;
      this.sets = sets;
      this.watcher = watcher;
      this.tables = new FusedCall.Tables(spec);
      this.widest = trees.stream().mapToInt(PromptTree::widest).max().orElse(0);
      this.streams = new Mat[sets.size() + 1][];
    }

    PromptTree.Said[][] run(IntConsumer done) {
      int trunk = sets.size();
      float[] positions = positions();
      streams[trunk] = trees.stream().map(tree -> embedded(tree, positions)).toArray(Mat[]::new);
      Layout layout = Layout.of(block(0));
      float[] arena = new float[layout.length()];
      for (int l = 0; l < spec.nLayers(); l++) {
        ModelSpec block = block(l);
        for (Parameter p : layout.all()) {
          if (p.layer() == 0 || l == 0 && p.role() == Parameter.Role.W_POS) {
            weights.read(p, p.name().replace("blocks.0.", "blocks." + l + "."), arena);
          }
        }
        Packed packed = new Packed(block, layout, kernels.panel());
        packed.pack(arena, false, workers);
        FusedCall call =
            new FusedCall(
                block, kernels, packed, arena, new PlanIndex(Plan.NONE), Observer.NONE, tables);
        layer(call, l);
        done.accept(l + 1);
      }
      return read();
    }

    /** A model of this one block, and hardly any vocabulary. */
    private ModelSpec block(int l) {
      return spec.with(
          m -> m.nLayers = 1, m -> m.dVocab = 1, m -> m.windows = List.of(spec.window(l)));
    }

    private void layer(FusedCall call, int l) {
      int trunk = sets.size();
      List<Integer> live = new ArrayList<>();
      boolean shared = false;
      for (int s = 0; s < sets.size(); s++) {
        int lowest = sets.get(s).lowest(spec.nLayers());
        Mat[] common = streams[trunk];
        if (lowest == l && common != null) {
          streams[s] = Arrays.stream(common).map(Mat::copy).toArray(Mat[]::new);
        }
        if (streams[s] != null) {
          live.add(s);
        }
        shared |= lowest > l;
      }
      if (shared) {
        live.add(trunk);
      } else {
        streams[trunk] = null;
      }
      workers.run(
          live.size() * trees.size(),
          (task, worker) -> {
            int s = live.get(task / trees.size());
            int t = task % trees.size();
            HeadsOff off = s == trunk ? HeadsOff.NONE : sets.get(s);
            new Block(call, l, s == trunk ? shownAs() : s, off, t, room(worker)).run(stream(s, t));
          });
    }

    /** Under which set the model as it is is shown: the first whose stream is still common. */
    private int shownAs() {
      for (int s = 0; s < sets.size(); s++) {
        if (streams[s] == null) {
          return s;
        }
      }
      throw new IllegalStateException("no set shares the common stream");
    }

    private Mat stream(int s, int t) {
      Mat[] own = streams[s];
      Mat[] common = streams[sets.size()];
      if (own != null) {
        return own[t];
      }
      if (common == null) {
        throw new IllegalStateException("set " + s + " has no stream");
      }
      return common[t];
    }

    private Room room(int worker) {
      Room known = rooms[worker];
      if (known == null) {
        int rows = trees.stream().mapToInt(PromptTree::rows).max().orElse(0);
        known = new Room(spec, rows, widest, spec.nCtx());
        rooms[worker] = known;
      }
      return known;
    }

    /** What is added to embeddings, [n_ctx, d_model]; null: nothing. */
    private float @Nullable [] positions() {
      if (!(spec.positions() instanceof Positions.Learned)) {
        return tables.sinusoid;
      }
      float[] table = new float[spec.nCtx() * spec.dModel()];
      weights.columns("pos_embed.W_pos", spec.nCtx(), 0, spec.dModel(), table, 0);
      return table;
    }

    private Mat embedded(PromptTree tree, float @Nullable [] table) {
      Mat x = Mat.allocate(tree.rows(), spec.dModel());
      for (int i = 0; i < x.rows; i++) {
        weights.embeddings(tree.token(i), 1, x.data, x.at(i));
        if (table != null) {
          int from = tree.position(i) * x.columns;
          kernels.add(table, from, x.data, x.at(i), x.columns);
        }
      }
      return x;
    }

    /** The rows that are asked of, through the unembedding, a panel of the vocabulary at a time. */
    private PromptTree.Said[][] read() {
      int n = trees.size();
      Reader[] readers = new Reader[(sets.size() + 1) * n];
      Mat[] common = streams[sets.size()];
      List<Reader> all = new ArrayList<>();
      ReadNorm norm = spec.hasFinalNorm() ? ReadNorm.of(weights, "ln_final") : null;
      for (int s = 0; s <= sets.size(); s++) {
        if (streams[s] != null) {
          for (int t = 0; t < n; t++) {
            Mat last = normed(trees.get(t), stream(s, t), norm);
            readers[s * n + t] = new Reader(trees.get(t), last);
            all.add(readers[s * n + t]);
          }
        }
      }
      int d = spec.dModel();
      float[] panel = new float[d * PANEL];
      Mat packed = Mat.packed(d, PANEL, kernels.panel());
      for (int first = 0; first < spec.dVocab(); first += PANEL) {
        int count = Math.min(PANEL, spec.dVocab() - first);
        Mat part = packed.part(0, 0, d, count);
        if (spec.tied()) {
          weights.embeddings(first, count, panel, 0);
          part.packTransposed(Mat.of(panel, 0, count, d, d));
        } else {
          weights.columns("unembed.W_U", d, first, count, panel, 0);
          part.pack(Mat.of(panel, 0, d, count, count));
        }
        int from = first;
        workers.run(all.size(), (task, worker) -> all.get(task).panel(part, from));
      }
      PromptTree.Said[][] said = new PromptTree.Said[sets.size()][n];
      for (int s = 0; s < sets.size(); s++) {
        int as = streams[s] == null && common != null ? sets.size() : s;
        for (int t = 0; t < n; t++) {
          said[s][t] = readers[as * n + t].said();
        }
      }
      return said;
    }

    /** The last norm of the rows that are read. */
    private Mat normed(PromptTree tree, Mat x, @Nullable ReadNorm norm) {
      int[] rows = tree.read();
      Mat some = Mat.allocate(rows.length, x.columns);
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(x.data, x.at(rows[i]), some.data, some.at(i), x.columns);
      }
      Normed to = Buffers.normed(some, norm != null);
      if (norm != null) {
        norm.norm(kernels, some, to);
      }
      return to.out();
    }

    /** A block's way from stream to stream for one set and tree. */
    private final class Block {
      private final FusedCall call;
      private final Packed.Block w;
      private final int layer;
      private final int set;
      private final HeadsOff off;
      private final int index;
      private final PromptTree tree;
      private final Room room;
      private final int rows;

      Block(FusedCall call, int layer, int set, HeadsOff off, int tree, Room room) {
        this.call = call;
        this.w = call.packed().blocks.getFirst();
        this.layer = layer;
        this.set = set;
        this.off = off;
        this.index = tree;
        this.tree = trees.get(tree);
        this.room = room;
        this.rows = this.tree.rows();
      }

      private Mat some(Mat x) {
        return x.part(0, 0, rows, x.columns);
      }

      private Normed some(Normed of) {
        return new Normed(some(of.hat()), of.r(), some(of.out()));
      }

      void run(Mat x) {
        Mat y = x;
        if (spec.norm() != Norm.NONE) {
          call.norm(x, w.ln1(), some(room.ln1));
          y = some(room.ln1.out());
        }
        Mat qk = y;
        if (call.shortformer()) {
          qk = some(room.qkIn);
          for (int i = 0; i < rows; i++) {
            System.arraycopy(y.data, y.at(i), qk.data, qk.at(i), y.columns);
            int from = call.packed().wPos + tree.position(i) * y.columns;
            kernels.add(call.arena(), from, qk.data, qk.at(i), y.columns);
          }
        }
        linear(qk, w.wQ(), some(room.q));
        linear(qk, w.wK(), some(room.k));
        linear(y, w.wV(), some(room.v));
        rotate(room.q);
        rotate(room.k);
        for (int kv = 0; kv < spec.nKvHeads(); kv++) {
          for (Branch branch : tree.branches()) {
            attend(branch, kv);
          }
        }
        if (watcher.wantsMixes(layer)) {
          for (int i = 0; i < rows; i++) {
            watcher.mixes(set, index, layer, i, room.z.data, room.z.at(i));
          }
        }
        replace();
        linear(some(room.z), w.wO(), some(room.out));
        if (!spec.hasMlp()) {
          FusedCall.add(x, some(room.out), x);
          return;
        }
        Mat mid = some(room.mid);
        if (spec.parallelResidual()) {
          mlp(x);
          FusedCall.add(x, some(room.out), x);
          FusedCall.add(x, some(room.mid), x);
        } else {
          FusedCall.add(x, some(room.out), x);
          mlp(x);
          FusedCall.add(x, mid, x);
        }
      }

      /** Leaves in mid what the MLP gives of x. */
      private void mlp(Mat x) {
        Mat y = x;
        if (spec.norm() != Norm.NONE) {
          call.norm(x, w.ln2(), some(room.ln2));
          y = some(room.ln2.out());
        }
        linear(y, w.wIn(), some(room.up));
        if (spec.activation().gated()) {
          linear(y, w.wGate(), some(room.pre));
        }
        Mat post = some(room.post);
        FusedCall.activate(kernels, spec.activation(), some(room.pre), some(room.up), post);
        linear(post, w.wOut(), some(room.mid));
      }

      private void linear(Mat x, Weight weight, Mat y) {
        for (int i = 0; i < y.rows; i += ROWS) {
          int n = Math.min(ROWS, y.rows - i);
          Mat start =
              weight.bias < 0
                  ? room.zeros.part(0, 0, n, y.columns)
                  : Mat.of(call.arena(), weight.bias, n, y.columns, 0);
          kernels.gemm(
              x.part(i, 0, n, x.columns), weight.forward, start, y.part(i, 0, n, y.columns));
        }
      }

      private void rotate(Mat x) {
        int half = spec.rotaryDims() / 2;
        for (int i = 0; i < rows && half > 0; i++) {
          int table = tree.position(i) * half;
          for (int at = x.at(i); at < x.at(i) + x.columns; at += spec.dHead()) {
            for (int c = 0; c < half; c++) {
              float cos = tables.cos[table + c];
              float sin = tables.sin[table + c];
              float x0 = x.data[at + c];
              float x1 = x.data[at + half + c];
              x.data[at + c] = x0 * cos - x1 * sin;
              x.data[at + half + c] = x1 * cos + x0 * sin;
            }
          }
        }
      }

      /** The heads that read one head of keys and values, in one branch. */
      private void attend(Branch branch, int kv) {
        int dHead = spec.dHead();
        int depth = branch.path().length;
        int own = kv * dHead;
        for (int j = 0; j < depth; j++) {
          int row = branch.path()[j];
          Mat to = room.gathered;
          System.arraycopy(room.k.data, room.k.at(row) + own, to.data, to.at(j), dHead);
          System.arraycopy(
              room.v.data, room.v.at(row) + own, room.values.data, room.values.at(j), dHead);
        }
        Mat keys = room.turned.part(0, 0, dHead, depth);
        keys.setTransposed(room.gathered.part(0, 0, depth, dHead));
        int m = branch.rows();
        Mat zeros = room.zeros.part(0, 0, m, Math.max(depth, dHead));
        for (int h = kv * spec.group(); h < (kv + 1) * spec.group(); h++) {
          Mat q = room.q.part(branch.first(), h * dHead, m, dHead);
          Mat z = room.z.part(branch.first(), h * dHead, m, dHead);
          Mat before = room.scores.part(0, 0, m, depth);
          if (depth > 0) {
            kernels.gemm(q, keys, zeros.part(0, 0, m, depth), before);
          }
          int first = 0;
          for (int stretch : branch.stretches()) {
            for (int i = 0; i < stretch; i++) {
              ownScores(branch, h, own, first, i);
            }
            first += stretch;
          }
          if (depth > 0) {
            Mat values = room.values.part(0, 0, depth, dHead);
            kernels.gemm(before, values, zeros.part(0, 0, m, dHead), z);
          } else {
            z.clear();
          }
          addOwn(branch, h, own);
        }
      }

      /** The scores of a row with those of its stretch, then its softmax over all that it sees. */
      private void ownScores(Branch branch, int h, int own, int first, int i) {
        int dHead = spec.dHead();
        int depth = branch.path().length;
        int n = depth + i + 1;
        int row = branch.first() + first + i;
        float[] s = room.scores.data;
        int at = room.scores.at(first + i);
        int query = room.q.at(row) + h * dHead;
        for (int j = 0; j <= i; j++) {
          int key = room.k.at(branch.first() + first + j) + own;
          float dot = 0;
          for (int c = 0; c < dHead; c++) {
            dot += room.q.data[query + c] * room.k.data[key + c];
          }
          s[at + depth + j] = dot;
        }
        float scale = (float) (1 / Math.sqrt(dHead));
        float slope = call.slope(h);
        for (int j = 0; j < n; j++) {
          s[at + j] =
              spec.sees(layer, n - 1 - j)
                  ? s[at + j] * scale - slope * (n - 1 - j)
                  : Float.NEGATIVE_INFINITY;
        }
        // The gradient of the cross entropy is the softmax less one at the target.
        kernels.crossEntropyGradient(s, at, n, n - 1, 1);
        s[at + n - 1] += 1;
        if (watcher.wantsAttention(layer)) {
          watcher.attention(set, index, layer, h, row, s, at);
        }
      }

      private void addOwn(Branch branch, int h, int own) {
        int dHead = spec.dHead();
        int depth = branch.path().length;
        int first = 0;
        for (int stretch : branch.stretches()) {
          for (int i = 0; i < stretch; i++) {
            int p = room.scores.at(first + i) + depth;
            int to = room.z.at(branch.first() + first + i) + h * dHead;
            for (int j = 0; j <= i; j++) {
              float weight = room.scores.data[p + j];
              int value = room.v.at(branch.first() + first + j) + own;
              for (int c = 0; c < dHead; c++) {
                room.z.data[to + c] += weight * room.v.data[value + c];
              }
            }
          }
          first += stretch;
        }
      }

      private void replace() {
        off.instead()
            .forEach((head, value) -> {
              if (head.layer() == layer) {
                for (int i = 0; i < rows; i++) {
                  int at = room.z.at(i) + head.head() * spec.dHead();
                  System.arraycopy(value, 0, room.z.data, at, spec.dHead());
                }
              }
            });
      }
    }

    /** What is read of one tree's rows under one set, panel by panel. */
    private final class Reader {
      private final PromptTree tree;
      private final Mat y;
      private final int[][] targets;
      private final float[][] logits;
      private final float[] most;
      private final double[] total;

      Reader(PromptTree tree, Mat y) {
        this.tree = tree;
        this.y = y;
        this.targets = tree.targets();
        this.logits = new float[targets.length][];
        Arrays.setAll(logits, i -> new float[targets[i].length]);
        this.most = new float[y.rows];
        Arrays.fill(most, Float.NEGATIVE_INFINITY);
        this.total = new double[y.rows];
        Arrays.fill(total, Double.NEGATIVE_INFINITY);
      }

      void panel(Mat panel, int first) {
        int some = Math.min(ROWS, y.rows);
        Mat x = Mat.allocate(some, panel.columns);
        Mat zeros = Mat.zeros(some, panel.columns);
        for (int i = 0; i < y.rows; i += some) {
          int n = Math.min(some, y.rows - i);
          kernels.gemm(
              y.part(i, 0, n, y.columns),
              panel,
              zeros.part(0, 0, n, panel.columns),
              x.part(0, 0, n, panel.columns));
          for (int r = 0; r < n; r++) {
            row(i + r, x.data, x.at(r), panel.columns, first);
          }
        }
      }

      private void row(int row, float[] x, int at, int n, int first) {
        float max = x[at];
        for (int j = at; j < at + n; j++) {
          max = Math.max(max, x[j]);
        }
        most[row] = Math.max(most[row], max);
        double part = kernels.crossEntropy(x, at, n, 0) + (double) x[at];
        double greater = Math.max(total[row], part);
        double less = Math.min(total[row], part);
        total[row] = greater + Math.log1p(Math.exp(less - greater));
        for (int t = 0; t < targets[row].length; t++) {
          int target = targets[row][t] - first;
          if (target >= 0 && target < n) {
            logits[row][t] = x[at + target];
          }
        }
      }

      PromptTree.Said said() {
        return tree.said(targets, logits, most, total);
      }
    }
  }
}
