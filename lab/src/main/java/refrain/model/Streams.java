package refrain.model;

import java.util.Arrays;
import refrain.tensor.Mat;

/**
 * Sequences that go through a model together, layer by layer: their residual streams one below the
 * other, and what the layer's heads made of them. Made by {@link LayerStream}.
 */
public final class Streams {
  /** [rows, d_model] the residual stream where the present layer begins. */
  final Mat x;

  /** [rows, head d_head] the mix of values of the present layer. */
  final Mat z;

  /** First row of each sequence, and where the next one would begin. */
  private int[] first = {0};

  private int count;

  Streams(ModelSpec spec, int rows) {
    x = Mat.allocate(rows, spec.dModel());
    z = Mat.allocate(rows, spec.nHeads() * spec.dHead());
  }

  /** Sequences. */
  public int size() {
    return count;
  }

  /** Positions of a sequence. */
  public int context(int sequence) {
    return first[sequence + 1] - first[sequence];
  }

  /** The row of a sequence's first position. */
  int row(int sequence) {
    return first[sequence];
  }

  /** Rows in use. */
  int rows() {
    return first[count];
  }

  /** Room for another sequence; its number. */
  int add(int context) {
    int end = rows() + context;
    if (end > x.rows) {
      throw new IllegalStateException(end + " rows, expected at most " + x.rows);
    }
    first = Arrays.copyOf(first, count + 2);
    first[++count] = end;
    return count - 1;
  }

  /** Another sequence that is at present as one of these (or of others) is; its number. */
  public int add(Streams from, int sequence) {
    int added = add(from.context(sequence));
    copy(from.x, from.row(sequence), x, row(added), context(added));
    copy(from.z, from.row(sequence), z, row(added), context(added));
    return added;
  }

  private static void copy(Mat from, int row, Mat to, int at, int rows) {
    System.arraycopy(from.data, from.at(row), to.data, to.at(at), rows * from.row);
  }

  /** Forgets all sequences from one on. */
  public void truncate(int size) {
    count = size;
    first = Arrays.copyOf(first, size + 1);
  }

  /** Forgets the first sequences; the others move up. */
  public void removeFirst(int sequences) {
    int gone = first[sequences];
    for (Mat m : new Mat[] {x, z}) {
      System.arraycopy(m.data, m.at(gone), m.data, m.origin, (rows() - gone) * m.row);
    }
    first = Arrays.stream(first, sequences, count + 1).map(row -> row - gone).toArray();
    count -= sequences;
  }

  /** One head's z, [T, d_head]. */
  public float[] headOutput(int sequence, int head, int dHead) {
    float[] out = new float[context(sequence) * dHead];
    for (int t = 0; t < context(sequence); t++) {
      System.arraycopy(z.data, z.at(row(sequence) + t) + head * dHead, out, t * dHead, dHead);
    }
    return out;
  }

  /**
   * Puts the same values in place of a head's z at every position.
   *
   * @param value [d_head]
   */
  public void setHeadOutput(int sequence, int head, float[] value) {
    for (int t = 0; t < context(sequence); t++) {
      int at = z.at(row(sequence) + t) + head * value.length;
      System.arraycopy(value, 0, z.data, at, value.length);
    }
  }

  /** x of a sequence minus what another array holds, [T, d_model]. */
  public void subtract(int sequence, float[] what) {
    for (int t = 0; t < context(sequence); t++) {
      int at = x.at(row(sequence) + t);
      for (int i = 0; i < x.columns; i++) {
        x.data[at + i] -= what[t * x.columns + i];
      }
    }
  }
}
