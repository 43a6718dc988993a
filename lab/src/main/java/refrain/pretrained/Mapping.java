package refrain.pretrained;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.pretrained.weights.StoredTensors;

/**
 * Which tensor each of our parameters is read from. A tensor that is missing or has another shape
 * than the configuration says is an error as soon as it is named here, before any value is read.
 */
final class Mapping {
  /** Rows of a file's matrix that are turned at once: a cache line of our columns. */
  private static final int STRIP = 16;

  private final StoredTensors tensors;
  private final Map<String, Source> sources = new HashMap<>();
  private final Set<String> used = new LinkedHashSet<>();

  Mapping(StoredTensors tensors) {
    this.tensors = tensors;
  }

  StoredTensors tensors() {
    return tensors;
  }

  boolean has(String tensor) {
    return tensors.names().contains(tensor);
  }

  /** A matrix that is ours as it lies: a table, or one that multiplies from the right. */
  void rows(String ours, String theirs, int rows, int columns) {
    part(ours, theirs, 0, rows, columns, 1);
  }

  /** Some columns of a matrix [rows, columns]. */
  void part(String ours, String theirs, int column, int rows, int columns, double scale) {
    expect(theirs, rows, columns);
    sources.put(ours, new Source.Rows(theirs, column, (float) scale));
  }

  /** A matrix [out, in]. */
  void turned(String ours, String theirs, int out, int in) {
    turned(ours, theirs, out, in, row -> row, 1);
  }

  /** The same with its rows in another order. */
  void turned(String ours, String theirs, int out, int in, IntUnaryOperator row, double scale) {
    expect(theirs, out, in);
    sources.put(ours, new Source.Turned(theirs, row, (float) scale));
  }

  /** A tensor [head, rows, width]. */
  void heads(String ours, String theirs, int heads, int rows, int width) {
    expect(theirs, heads, rows, width);
    sources.put(ours, new Source.Heads(theirs));
  }

  /** A tensor [heads, rows, columns] whose heads lie below one another, as W_O's do. */
  void stacked(String ours, String theirs, int heads, int rows, int columns) {
    expect(theirs, heads, rows, columns);
    sources.put(ours, new Source.Rows(theirs, 0, 1));
  }

  /**
   * A vector that our layout has no place for: one that says something is refused.
   *
   * @param what it is, in words
   */
  void zeros(String theirs, int size, String what) {
    expect(theirs, size);
    float[] values = new float[size];
    tensors.rows(theirs, 0, 1, values, 0);
    for (float value : values) {
      if (value != 0) {
        throw RefrainException.badFile(
            "%s: '%s' is not zero: %s is not done here", tensors.where(), theirs, what);
      }
    }
  }

  /** A vector, or a tensor of this shape in the same order. */
  void vector(String ours, String theirs, int... shape) {
    expect(theirs, shape);
    sources.put(ours, new Source.Vector(theirs, i -> i, 1));
  }

  /** Some elements of a vector of this size. */
  void elements(String ours, String theirs, int size, IntUnaryOperator element, double scale) {
    expect(theirs, size);
    sources.put(ours, new Source.Vector(theirs, element, (float) scale));
  }

  /** What the file has not. */
  void constant(String ours, float value) {
    sources.put(ours, new Source.Constant(value));
  }

  /** Layer norm's two vectors. */
  void layerNorm(String ours, String theirs, int size) {
    vector(ours + ".w", theirs + ".weight", size);
    vector(ours + ".b", theirs + ".bias", size);
  }

  private void expect(String tensor, int... shape) {
    if (!has(tensor)) {
      throw RefrainException.badFile(
          "%s: has no tensor '%s', expected one of shape %s",
          tensors.where(), tensor, Arrays.toString(shape));
    }
    int[] found = tensors.shape(tensor);
    if (!Arrays.equals(found, shape)) {
      throw RefrainException.badFile(
          "%s: tensor '%s' has shape %s, expected %s",
          tensors.where(), tensor, Arrays.toString(found), Arrays.toString(shape));
    }
    used.add(tensor);
  }

  /** Takes note of tensors that say nothing, such as masks. */
  void ignore(String tensor) {
    used.add(tensor);
  }

  /** The tensors that nothing was read from. */
  List<String> unused() {
    return tensors.names().stream().filter(name -> !used.contains(name)).toList();
  }

  /** Fails where one of the model's parameters has no source: a defect of this program. */
  void requireAll(ModelSpec spec) {
    // One block stands for all: a large model's layout would not fit an arena.
    for (Parameter p : oneBlock(spec).all()) {
      for (int l = 0; l < (p.layer() < 0 ? 1 : spec.nLayers()); l++) {
        String name = p.name().replace("blocks.0.", "blocks." + l + ".");
        if (!sources.containsKey(name)) {
          throw new IllegalStateException("nothing is said of " + name);
        }
      }
    }
  }

  /** The parameters of the first block and of what lies around the blocks. */
  static Layout oneBlock(ModelSpec spec) {
    return Layout.of(spec.with(m -> m.nLayers = 1, m -> m.smear = refrain.model.Smear.NONE));
  }

  /**
   * Some columns of a parameter, row-major. Our matrices are [in, out], all heads side by side; a
   * vector or a table of biases is one row.
   *
   * @param rows of the whole matrix
   * @param to [rows, count], from {@code at} on
   */
  void columns(String ours, int rows, int first, int count, float[] to, int at) {
    switch (source(ours)) {
      case Source.Rows(String tensor, int column, float scale) ->
          rows(tensor, column + first, scale, 0, rows, count, to, at);
      case Source.Turned(String tensor, IntUnaryOperator row, float scale) ->
          turned(tensor, row, scale, rows, first, count, to, at);
      case Source.Heads(String tensor) -> heads(tensor, rows, first, count, to, at);
      case Source.Vector(String tensor, IntUnaryOperator element, float scale) -> {
        int size = size(tensors.shape(tensor));
        float[] all = new float[size];
        int width = StoredTensors.width(tensors.shape(tensor));
        tensors.rows(tensor, 0, size / Math.max(1, width), all, 0);
        for (int i = 0; i < count; i++) {
          to[at + i] = scale * all[element.applyAsInt(first + i)];
        }
      }
      case Source.Constant(float value) -> Arrays.fill(to, at, at + rows * count, value);
    }
  }

  /** Whether rows of a parameter's matrix are read faster than its columns. */
  boolean byRows(String ours) {
    return source(ours) instanceof Source.Rows;
  }

  /**
   * Some rows of a parameter that lies row by row.
   *
   * @param columns of the whole matrix
   * @param to [count, columns], from {@code at} on
   */
  void rows(String ours, int columns, int first, int count, float[] to, int at) {
    if (!(source(ours) instanceof Source.Rows(String tensor, int column, float scale))) {
      throw new IllegalArgumentException(ours + " does not lie row by row");
    }
    rows(tensor, column, scale, first, count, columns, to, at);
  }

  private Source source(String ours) {
    @Nullable Source source = sources.get(ours);
    if (source == null) {
      throw RefrainException.badInput("no parameter '%s' in this model", ours);
    }
    return source;
  }

  private static int size(int[] shape) {
    int size = 1;
    for (int n : shape) {
      size *= n;
    }
    return size;
  }

  /** So many rows of a parameter that lies as its tensor does, such as the embedding. */
  void tableRows(String ours, int from, int count, float[] to, int at) {
    if (!(source(ours) instanceof Source.Rows(String tensor, int column, float scale))
        || column != 0
        || scale != 1) {
      throw new IllegalArgumentException(ours + " is no table");
    }
    tensors.rows(tensor, from, count, to, at);
  }

  private void rows(
      String tensor, int column, float scale, int first, int rows, int count, float[] to, int at) {
    int width = StoredTensors.width(tensors.shape(tensor));
    boolean whole = count == width && scale == 1;
    int some = Math.max(1, (1 << 20) / width);
    float[] read = new float[whole ? 0 : Math.min(some, rows) * width];
    for (int r = 0; r < rows; r += some) {
      int n = Math.min(some, rows - r);
      if (whole) {
        tensors.rows(tensor, first + r, n, to, at + r * width);
        continue;
      }
      tensors.rows(tensor, first + r, n, read, 0);
      for (int i = 0; i < n; i++) {
        for (int c = 0; c < count; c++) {
          to[at + (r + i) * count + c] = scale * read[i * width + column + c];
        }
      }
    }
  }

  private void turned(
      String tensor,
      IntUnaryOperator row,
      float scale,
      int rows,
      int first,
      int count,
      float[] to,
      int at) {
    float[] strip = new float[STRIP * rows];
    for (int c = 0; c < count; c += STRIP) {
      int n = Math.min(STRIP, count - c);
      for (int k = 0; k < n; ) {
        int from = row.applyAsInt(first + c + k);
        int run = 1;
        while (k + run < n && row.applyAsInt(first + c + k + run) == from + run) {
          run++;
        }
        tensors.rows(tensor, from, run, strip, k * rows);
        k += run;
      }
      for (int r = 0; r < rows; r++) {
        int out = at + r * count + c;
        for (int k = 0; k < n; k++) {
          to[out + k] = scale * strip[k * rows + r];
        }
      }
    }
  }

  private void heads(String tensor, int rows, int first, int count, float[] to, int at) {
    int width = StoredTensors.width(tensors.shape(tensor));
    float[] head = new float[rows * width];
    for (int h = first / width; h * width < first + count; h++) {
      tensors.rows(tensor, h * rows, rows, head, 0);
      int from = Math.max(first, h * width);
      int end = Math.min(first + count, (h + 1) * width);
      for (int r = 0; r < rows; r++) {
        System.arraycopy(
            head, r * width + from - h * width, to, at + r * count + from - first, end - from);
      }
    }
  }
}
