package refrain.watch;

/** The median of the last values, kept sorted: a step costs a search and a move. */
final class SlidingMedian {
  private static final double MAD_TO_SD = 1.4826;

  private final double[] sorted;
  private final double[] inOrder;
  private int size;
  private int next;

  SlidingMedian(int window) {
    sorted = new double[window];
    inOrder = new double[window];
  }

  /** Adds a finite value; the oldest goes where the window is full. */
  void add(double value) {
    if (size < sorted.length) {
      int at = place(value, size);
      System.arraycopy(sorted, at, sorted, at + 1, size - at);
      sorted[at] = value;
      size++;
    } else {
      int out = place(inOrder[next], size);
      int in = place(value, size);
      if (in > out) {
        System.arraycopy(sorted, out + 1, sorted, out, in - 1 - out);
        sorted[in - 1] = value;
      } else {
        System.arraycopy(sorted, in, sorted, in + 1, out - in);
        sorted[in] = value;
      }
    }
    inOrder[next] = value;
    next = next + 1 == inOrder.length ? 0 : next + 1;
  }

  /** The first index whose value is not below. */
  private int place(double value, int count) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sorted[middle] < value) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  int size() {
    return size;
  }

  /** NaN where there is nothing yet. */
  double median() {
    return size == 0 ? Double.NaN : (sorted[(size - 1) / 2] + sorted[size / 2]) / 2;
  }

  /** Of values whose sizes were added, the standard deviation, as their median has it. */
  double sd() {
    return MAD_TO_SD * median();
  }

  void clear() {
    size = 0;
    next = 0;
  }
}
