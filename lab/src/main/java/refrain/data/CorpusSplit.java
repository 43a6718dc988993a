package refrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import refrain.base.Printable;

/**
 * Which text of a corpus is for training and which for evaluation, about a twentieth.
 *
 * <p>A document is for evaluation when a hash of its text and the split seed falls in the lowest
 * twentieth: adding or reordering documents moves no other. At least one document and never all are
 * for evaluation; of a corpus that is a single document the last twentieth is.
 *
 * <p>By {@link Split#GROUPS} a group of copies and near-copies lies where the one of its texts with
 * the lowest hash would. A group over a fifth of the text is too much for the evaluation part, and
 * is cut: of each of its documents the last twentieth is for evaluation, so that copies are cut in
 * the same place. Where its documents are shorter than 2,000 bytes on average, too short for that,
 * they are placed each by itself, equal ones together.
 *
 * @param train texts, in the order of the corpus
 * @param evaluation texts, in the order of the corpus
 * @param copies the documents that have copies or near-copies
 * @param groups how many groups they form
 * @param cut a sentence for each group of several documents that was cut
 * @param group which texts belong together: a number for each, those for training first; empty
 *     where each stands alone
 */
record CorpusSplit(
    List<byte[]> train,
    List<byte[]> evaluation,
    int copies,
    int groups,
    List<String> cut,
    List<Integer> group) {
  private static final int EVALUATION_SHARE = 20;
  private static final int LARGEST_SHARE = 5;
  private static final int CUTTABLE = 2_000;
  private static final int NAMED = 3;

  private enum Side {
    TRAIN,
    EVALUATION,
    BOTH
  }

  /** Documents that lie on one side, by their indices, with the place of a hash in [0, 1). */
  private record Group(List<Integer> members, double place) {}

  /**
   * Splits documents.
   *
   * @param documents one or more
   */
  static CorpusSplit of(List<Document> documents, long seed, Split split) {
    return new Splitting(documents, seed).split(split);
  }

  static double place(byte[] text, long seed) {
    return place(bits(text), seed);
  }

  static double place(long bits, long seed) {
    return (Rng.mix(bits ^ Rng.mix(seed)) >>> 11) * 0x1.0p-53;
  }

  /**
   * Which of several documents are for evaluation: those in the lowest twentieth of places, at
   * least one and never all. Of equal places all or none.
   */
  static boolean[] lowestTwentieth(double[] places) {
    double[] sorted = Arrays.stream(places).distinct().sorted().toArray();
    int lowest = (int) Arrays.stream(sorted).filter(p -> p * EVALUATION_SHARE < 1).count();
    int evaluations =
        Math.clamp(lowest, Math.min(1, sorted.length - 1), Math.max(0, sorted.length - 1));
    boolean[] chosen = new boolean[places.length];
    for (int i = 0; i < places.length; i++) {
      chosen[i] = evaluations > 0 && places[i] <= sorted[evaluations - 1];
    }
    return chosen;
  }

  private static long bits(byte[] text) {
    byte[] hash = Sha256.of(text);
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits = bits << 8 | (hash[i] & 0xFF);
    }
    return bits;
  }

  private static final class Splitting {
    private final List<Document> documents;
    private final long seed;
    private final long[] bits;
    private final Side[] sides;
    private final List<String> cut = new ArrayList<>();

    Splitting(List<Document> documents, long seed) {
      this.documents = documents;
      this.seed = seed;
      this.bits = documents.stream().mapToLong(document -> bits(document.text())).toArray();
      this.sides = new Side[documents.size()];
    }

    CorpusSplit split(Split split) {
      int[] group = new int[documents.size()];
      Arrays.setAll(group, i -> i);
      if (split == Split.GROUPS) {
        group = NearCopies.groups(documents.stream().map(Document::text).toList());
      }
      List<Group> groups = groups(group);
      List<Group> several = groups.stream().filter(g -> g.members.size() > 1).toList();
      boolean single = documents.size() == 1;
      if (split == Split.GROUPS || single) {
        groups = withoutTooLarge(groups);
      }
      place(groups, Arrays.asList(sides).contains(Side.BOTH));
      List<byte[]> train = new ArrayList<>();
      List<byte[]> evaluation = new ArrayList<>();
      List<Integer> together = new ArrayList<>();
      List<Integer> evaluated = new ArrayList<>();
      for (int d = 0; d < sides.length; d++) {
        byte[] text = documents.get(d).text();
        int end =
            switch (sides[d]) {
              case TRAIN -> text.length;
              case EVALUATION -> 0;
              case BOTH -> cut(text);
            };
        if (addPart(train, text, 0, end, single)) {
          together.add(group[d]);
        }
        if (addPart(evaluation, text, end, text.length, single)) {
          evaluated.add(group[d]);
        }
      }
      together.addAll(evaluated);
      return new CorpusSplit(
          train,
          evaluation,
          several.stream().mapToInt(g -> g.members.size()).sum(),
          several.size(),
          cut,
          several.isEmpty() ? List.of() : together);
    }

    /** No document of no text, but a single one has its two parts even where one is empty. */
    private static boolean addPart(
        List<byte[]> part, byte[] text, int from, int to, boolean always) {
      return (to > from || always) && part.add(Arrays.copyOfRange(text, from, to));
    }

    private List<Group> groups(int[] group) {
      Map<Integer, List<Integer>> members = new TreeMap<>();
      for (int d = 0; d < group.length; d++) {
        members.computeIfAbsent(group[d], any -> new ArrayList<>()).add(d);
      }
      return members.values().stream().map(this::group).toList();
    }

    private Group group(List<Integer> members) {
      // Not the lowest place: the more members, the lower it would be.
      long lowest = members.stream().mapToLong(d -> bits[d]).min().orElseThrow();
      return new Group(members, CorpusSplit.place(lowest, seed));
    }

    private long bytes(List<Integer> members) {
      return members.stream().mapToLong(d -> documents.get(d).text().length).sum();
    }

    /** The groups that are placed whole; the others are cut here. */
    private List<Group> withoutTooLarge(List<Group> groups) {
      long all = groups.stream().mapToLong(g -> bytes(g.members)).sum();
      List<Group> whole = new ArrayList<>();
      for (Group group : groups) {
        long bytes = bytes(group.members);
        if (bytes * LARGEST_SHARE <= all) {
          whole.add(group);
          continue;
        }
        List<Group> alike = alike(group.members);
        boolean cuttable = bytes / group.members.size() >= CUTTABLE || alike.size() == 1;
        for (Group part : cuttable ? List.of(group) : alike) {
          if (bytes(part.members) * LARGEST_SHARE > all) {
            part.members.forEach(d -> sides[d] = Side.BOTH);
          } else {
            whole.add(part);
          }
        }
        if (group.members.size() > 1) {
          cut.add(sentence(group.members, 100.0 * bytes / all, cuttable));
        }
      }
      return whole;
    }

    /** Documents of equal texts together. */
    private List<Group> alike(List<Integer> members) {
      Map<Long, List<Integer>> equal = new HashMap<>();
      members.forEach(d -> equal.computeIfAbsent(bits[d], any -> new ArrayList<>()).add(d));
      return equal.values().stream()
          .map(this::group)
          .sorted(Comparator.comparingInt(g -> g.members.getFirst()))
          .toList();
    }

    private String sentence(List<Integer> members, double percent, boolean cuttable) {
      List<String> names =
          members.stream().limit(NAMED).map(d -> Printable.line(documents.get(d).name())).toList();
      return String.format(
              Locale.ROOT,
              "%d documents (%s%s) are copies or near-copies of one another and %.0f %% of the text, too"
                  + " much for one side of the split: ",
              members.size(),
              String.join(", ", names),
              members.size() > NAMED ? ", ..." : "",
              percent)
          + (cuttable
              ? "each is cut, and its last twentieth is for evaluation"
              : "equal ones lie on one side, but much of the evaluation part is known from training");
    }

    private void place(List<Group> groups, boolean hasEvaluation) {
      List<Group> byPlace = new ArrayList<>(groups);
      byPlace.sort(
          Comparator.comparingDouble(Group::place).thenComparingInt(g -> g.members.getFirst()));
      int lowest = (int) groups.stream().filter(g -> g.place * EVALUATION_SHARE < 1).count();
      int evaluations =
          hasEvaluation ? lowest : Math.clamp(lowest, 1, Math.max(1, groups.size() - 1));
      for (int i = 0; i < byPlace.size(); i++) {
        Side side = i < evaluations ? Side.EVALUATION : Side.TRAIN;
        byPlace.get(i).members.forEach(d -> sides[d] = side);
      }
    }

    /** The end of the part for training, never inside a code point. */
    private static int cut(byte[] text) {
      int cut = text.length - text.length / EVALUATION_SHARE;
      while (cut < text.length && (text[cut] & 0xC0) == 0x80) {
        cut++;
      }
      return cut;
    }
  }
}
