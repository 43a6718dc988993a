package refrain.serve;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.View;

/**
 * What the model does on one sequence after some steps, as bytes: the losses, those under the
 * bigram table, and attention patterns. A pattern is its lower triangle, a byte an entry, 255 times
 * the root of the probability: so small ones keep their differences.
 *
 * @param heads how many heads a frame has
 * @param size rows of a pattern: T, or {@link #THUMBNAIL}
 * @param head the only one that is shown; null: all
 * @param weighted whether attention is weighted by the length of what it reads: a row has |v_j|
 *     a_ij, divided by their sum
 */
record Film(
    int positions, int layers, int heads, int size, @Nullable HeadId head, boolean weighted) {
  static final int THUMBNAIL = 32;

  /** Beyond as many bytes of patterns a frame shows all heads small. */
  static final int MOST_BYTES = 512 << 10;

  private static final int ALIGNED = 8;

  /** How frames of so many tokens look. */
  static Film of(ModelSpec model, int positions, @Nullable HeadId head, boolean weighted) {
    if (head != null) {
      head.check(model);
      return new Film(positions, 1, 1, positions, head, weighted);
    }
    long bytes = (long) model.nLayers() * model.nHeads() * triangle(positions);
    boolean small = bytes > MOST_BYTES && positions > THUMBNAIL;
    return new Film(
        positions, model.nLayers(), model.nHeads(), small ? THUMBNAIL : positions, null, weighted);
  }

  private static int triangle(int size) {
    return size * (size + 1) / 2;
  }

  /** What a film says of its frames, but for the bigram table. */
  int flags() {
    return (thumbnails() ? 1 : 0) | (head != null ? 4 : 0) | (weighted ? 8 : 0);
  }

  boolean thumbnails() {
    return size < positions;
  }

  /** Bytes of a frame, padded so that the numbers of the next one are aligned. */
  int bytes() {
    int unpadded = 8 * positions + layers * heads * triangle(size);
    return (unpadded + ALIGNED - 1) / ALIGNED * ALIGNED;
  }

  /** A frame of a state that cannot be read: no losses, no attention. */
  byte[] unreadable() {
    return new Binary(bytes()).f32(unknown()).bytes();
  }

  /** In place of losses that are not known. */
  float[] unknown() {
    float[] losses = new float[positions];
    Arrays.fill(losses, Float.NaN);
    return losses;
  }

  /** What stands before a film's frames, one a step. */
  byte[] begins(int flags, long... steps) {
    return new Binary(24 + 8L * steps.length)
        .u32(steps.length, positions, layers, heads, size, flags)
        .f64(steps)
        .bytes();
  }

  /** What stands behind them. */
  byte[] ends(float[] bigrams, int flags) {
    return new Binary(4L * positions + 8).f32(bigrams).u32(flags, 0).bytes();
  }

  /**
   * The frame of a state, with zeros in place of the losses under the bigram table.
   *
   * @param tokens [sequence, T + 1]; the first one is shown, and others are there for interventions
   *     of the run that take values from another sequence
   */
  byte[] frame(ModelState state, int[][] tokens) {
    byte[] patterns = new byte[layers * heads * triangle(size)];
    Batch batch = Batch.of(tokens);
    float[] losses =
        state.losses(batch, state.plan(batch, List.of()), reader(patterns, state.spec()))[0];
    losses[positions - 1] = Float.NaN;
    return new Binary(bytes()).f32(losses).f32(new float[positions]).u8(patterns).bytes();
  }

  /** Puts the losses under the bigram table into a frame, which is the same without them. */
  byte[] with(float[] bigrams, byte[] frame) {
    byte[] whole = frame.clone();
    byte[] losses = new Binary(4L * positions).f32(bigrams).bytes();
    System.arraycopy(losses, 0, whole, 4 * positions, losses.length);
    return whole;
  }

  private Observer reader(byte[] patterns, ModelSpec model) {
    Set<HookPoint> points = new LinkedHashSet<>();
    for (int layer = 0; layer < model.nLayers(); layer++) {
      if (head == null || head.layer() == layer) {
        points.add(HookPoint.of(HookKind.PATTERN, layer));
        if (weighted) {
          points.add(HookPoint.of(HookKind.V, layer));
        }
      }
    }
    Map<Integer, float[]> lengths = new HashMap<>();
    return Observer.of(
        points,
        (sequence, point, view) -> {
          if (sequence > 0) {
            return;
          }
          if (point.kind() == HookKind.V) { // which comes before the pattern
            lengths.put(point.layer(), lengths(view));
            return;
          }
          float[] all = view.toArray();
          if (weighted) {
            weigh(all, Objects.requireNonNull(lengths.get(point.layer())), model.nHeads());
          }
          for (int h = 0; h < model.nHeads(); h++) {
            if (head == null) {
              write(all, h, patterns, (point.layer() * heads + h) * triangle(size));
            } else if (head.head() == h) {
              write(all, h, patterns, 0);
            }
          }
        });
  }

  /** The lengths of value vectors, [T, key head]. */
  private static float[] lengths(View values) {
    int[] shape = values.shape();
    float[] all = values.toArray();
    float[] lengths = new float[shape[0] * shape[1]];
    for (int i = 0; i < lengths.length; i++) {
      double sum = 0;
      for (int k = 0; k < shape[2]; k++) {
        sum += (double) all[i * shape[2] + k] * all[i * shape[2] + k];
      }
      lengths[i] = (float) Math.sqrt(sum);
    }
    return lengths;
  }

  /** Weighs [head, T, T] by the lengths of values; rows sum to 1 again. */
  private void weigh(float[] patterns, float[] lengths, int nHeads) {
    int keys = lengths.length / positions;
    for (int row = 0; row < nHeads * positions; row++) {
      int key = row / positions / (nHeads / keys);
      double sum = 0;
      for (int j = 0; j < positions; j++) {
        patterns[row * positions + j] *= lengths[j * keys + key];
        sum += patterns[row * positions + j];
      }
      for (int j = 0; j < positions && sum > 0; j++) {
        patterns[row * positions + j] /= (float) sum;
      }
    }
  }

  /** A cell of a thumbnail is the largest entry of its patch, so that no stripe is lost. */
  private void write(float[] all, int h, byte[] out, int at) {
    float[] cells = new float[triangle(size)];
    for (int query = 0; query < positions; query++) {
      int row = query * size / positions;
      int from = (h * positions + query) * positions;
      for (int key = 0; key <= query; key++) {
        int cell = triangle(row) + key * size / positions;
        cells[cell] = Math.max(cells[cell], all[from + key]);
      }
    }
    for (int i = 0; i < cells.length; i++) {
      out[at + i] = (byte) Math.round(255 * Math.sqrt(Math.clamp(cells[i], 0f, 1f)));
    }
  }
}
