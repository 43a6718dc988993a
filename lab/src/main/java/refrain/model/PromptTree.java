package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Token sequences that begin alike, each beginning held once. A row is a token behind one certain
 * beginning, so its activations are those of every sequence that begins so. Rows lie in {@link
 * Branch}es: all that come after the same row, up to where they part again.
 *
 * <p>The last token of a sequence is predicted and read by nothing; it has no row.
 */
public final class PromptTree {
  /** Longest stretch of a branch: what a row sees of its own stretch is not computed in blocks. */
  private static final int STRETCH = 16;

  /** What is read of a sequence: what its model says of the tokens from one on. */
  private record Asked(int[] rows, int[] targets) {}

  /**
   * Rows that continue the same beginning, several stretches of tokens side by side.
   *
   * @param first row
   * @param path the rows of the beginning, in the order of positions
   * @param stretches rows of each stretch
   */
  record Branch(int first, int[] path, int[] stretches) {
    int rows() {
      return Arrays.stream(stretches).sum();
    }
  }

  private static final class Node {
    final int token;
    final Map<Integer, Node> next = new LinkedHashMap<>();
    int row = -1;

    Node(int token) {
      this.token = token;
    }
  }

  private final List<Branch> branches = new ArrayList<>();
  private final List<Asked> asked = new ArrayList<>();
  private final int[] tokens;
  private final int[] positions;
  private final int[] read;
  private int rows;

  /**
   * @param sequences of two tokens or more
   * @param from of each sequence the first token whose loss is wanted, 1 or more
   */
  public PromptTree(List<int[]> sequences, int[] from) {
    Map<Integer, Node> roots = new LinkedHashMap<>();
    List<Node[]> ways = new ArrayList<>();
    int nodes = 0;
    for (int[] sequence : sequences) {
      Map<Integer, Node> next = roots;
      Node[] way = new Node[sequence.length - 1];
      for (int i = 0; i < way.length; i++) {
        Node known = next.get(sequence[i]);
        if (known == null) {
          known = new Node(sequence[i]);
          next.put(sequence[i], known);
          nodes++;
        }
        way[i] = known;
        next = known.next;
      }
      ways.add(way);
    }
    tokens = new int[nodes];
    positions = new int[nodes];
    lay(new int[0], roots);
    boolean[] wanted = new boolean[nodes];
    for (int s = 0; s < ways.size(); s++) {
      int first = from[s];
      Node[] way = ways.get(s);
      int[] at = new int[way.length + 1 - first];
      for (int i = 0; i < at.length; i++) {
        at[i] = way[first + i - 1].row;
        wanted[at[i]] = true;
      }
      int[] sequence = sequences.get(s);
      asked.add(new Asked(at, Arrays.copyOfRange(sequence, first, sequence.length)));
    }
    int[] all = new int[nodes];
    int n = 0;
    for (int row = 0; row < nodes; row++) {
      if (wanted[row]) {
        all[n++] = row;
      }
    }
    read = Arrays.copyOf(all, n);
  }

  /** Gives rows to what comes after a beginning, then to what comes after each of its stretches. */
  private void lay(int[] path, Map<Integer, Node> next) {
    int first = rows;
    List<Node> ends = new ArrayList<>();
    int[] stretches = new int[next.size()];
    for (Node node : next.values()) {
      Node end = node;
      int n = 1;
      place(end, path.length);
      while (n < STRETCH && end.next.size() == 1) {
        end = end.next.values().iterator().next();
        place(end, path.length + n++);
      }
      stretches[ends.size()] = n;
      ends.add(end);
    }
    branches.add(new Branch(first, path, stretches));
    int at = first;
    for (int s = 0; s < stretches.length; s++) {
      if (!ends.get(s).next.isEmpty()) {
        int[] longer = Arrays.copyOf(path, path.length + stretches[s]);
        for (int i = 0; i < stretches[s]; i++) {
          longer[path.length + i] = at + i;
        }
        lay(longer, ends.get(s).next);
      }
      at += stretches[s];
    }
  }

  private void place(Node node, int position) {
    node.row = rows;
    tokens[rows] = node.token;
    positions[rows++] = position;
  }

  /** Beginnings of sequences, each counted once. */
  public int rows() {
    return rows;
  }

  /** The row of each token of a sequence, but for those before the first that is asked of. */
  public int[] rowsOf(int sequence) {
    return asked.get(sequence).rows().clone();
  }

  public int token(int row) {
    return tokens[row];
  }

  public int position(int row) {
    return positions[row];
  }

  List<Branch> branches() {
    return branches;
  }

  /** Rows whose prediction is wanted, upwards. */
  int[] read() {
    return read;
  }

  int longest() {
    return Arrays.stream(positions).max().orElse(-1) + 1;
  }

  int widest() {
    return branches.stream().mapToInt(Branch::rows).max().orElse(0);
  }

  /**
   * What a model says of the tokens that were asked of.
   *
   * @param losses nats, [sequence][token]
   * @param first whether each of them is the most likely one, of each sequence
   */
  public record Said(float[][] losses, boolean[] first) {
    /** The loss of all tokens of a sequence that were asked of, together. */
    public double sum(int sequence) {
      double sum = 0;
      for (float loss : losses[sequence]) {
        sum += loss;
      }
      return sum;
    }
  }

  /** The targets that are asked of a row, in the order in which it is read. */
  int[][] targets() {
    int[] place = places();
    List<List<Integer>> byRow = new ArrayList<>();
    for (int i = 0; i < read.length; i++) {
      byRow.add(new ArrayList<>());
    }
    for (Asked each : asked) {
      for (int i = 0; i < each.rows().length; i++) {
        byRow.get(place[each.rows()[i]]).add(each.targets()[i]);
      }
    }
    return byRow.stream()
        .map(list -> list.stream().mapToInt(t -> t).distinct().toArray())
        .toArray(int[][]::new);
  }

  private int[] places() {
    int[] place = new int[rows];
    for (int i = 0; i < read.length; i++) {
      place[read[i]] = i;
    }
    return place;
  }

  /**
   * What was said, by sequence.
   *
   * @param logits of the targets of each row that is read
   * @param most the greatest logit of each such row
   * @param total the logarithm of the sum of exponentials of each such row's logits
   */
  Said said(int[][] targets, float[][] logits, float[] most, double[] total) {
    int[] place = places();
    float[][] losses = new float[asked.size()][];
    boolean[] first = new boolean[asked.size()];
    for (int s = 0; s < losses.length; s++) {
      Asked each = asked.get(s);
      losses[s] = new float[each.rows().length];
      first[s] = true;
      for (int i = 0; i < losses[s].length; i++) {
        int at = place[each.rows()[i]];
        float logit = logits[at][index(targets[at], each.targets()[i])];
        losses[s][i] = (float) (total[at] - logit);
        first[s] &= logit >= most[at];
      }
    }
    return new Said(losses, first);
  }

  private static int index(int[] list, int value) {
    int i = 0;
    while (list[i] != value) {
      i++;
    }
    return i;
  }
}
