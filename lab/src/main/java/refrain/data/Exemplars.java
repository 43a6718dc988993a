package refrain.data;

import java.util.Arrays;
import java.util.stream.IntStream;
import refrain.base.Default;

/**
 * Exemplars and labels, for an isolated A whose likeness to an earlier A* is known: a sample draws
 * a few classes and a label for each, and lists "exemplar label" pairs. Which exemplars are of a
 * class is the same in all samples and has to be learnt in the weights; which label a class has is
 * known from the context alone. Pairs are drawn independently of each other, so nothing but the
 * exemplar itself tells which pair before it matches: no run of matches leads up to it.
 *
 * <p>Tokens: exemplars (class * subclasses + subclass) * members + member, then the labels. Samples
 * are of three kinds:
 *
 * <ul>
 *   <li>pairs: {@code active} classes of those with labels, each with a label drawn uniformly; a
 *       subclass has another, drawn uniformly, with probability {@code noise}. Only labels count
 *       for the training loss: exemplars are random. In each sample every class lacks its first
 *       exemplar or its last, so that these two never meet.
 *   <li>repeats: {@link RepeatedTokens} over all tokens, which make ordinary induction heads form.
 *   <li>lists: exemplars of one class, any class, which changes one time in ten. The last {@code
 *       unlabelled} classes are in no pair, so that lists alone tell which exemplars belong to
 *       them.
 * </ul>
 *
 * <p>In a language that is {@code shuffled} exemplars are dealt anew to the classes in each sample,
 * with labels and without them apart: tokens come as often and labels repeat as often, and no two
 * exemplars are ever alike.
 *
 * @param classes how many
 * @param subclasses of each class
 * @param members exemplars of each subclass
 * @param unlabelled how many classes are never in a pair, the last ones
 * @param labels how many
 * @param active classes in a sample of pairs: 1 / active of the context is of the class that is
 *     asked for
 * @param noise probability that a subclass has a label of its own in a sample
 * @param repeats the share of samples of repeated random tokens; with three in ten, and two in ten
 *     lists, ordinary induction heads had not formed after 8M tokens
 * @param lists the share of lists
 * @param shuffled whether exemplars are dealt anew in each sample
 */
public record Exemplars(
    @Default("16") int classes,
    @Default("2") int subclasses,
    @Default("2") int members,
    @Default("4") int unlabelled,
    @Default("16") int labels,
    @Default("4") int active,
    @Default("0") double noise,
    @Default("0.7") double repeats,
    @Default("0.1") double lists,
    @Default("false") boolean shuffled)
    implements DataSpec {
  private static final String KIND = "exemplars";

  public Exemplars {
    Require.between(KIND, "classes", 2, 1024, classes);
    Require.between(KIND, "subclasses", 2, 16, subclasses);
    Require.between(KIND, "members", 2, 16, members);
    Require.between(KIND, "unlabelled", 0, classes - 2, unlabelled);
    Require.between(KIND, "labels", 2, 1024, labels);
    Require.between(KIND, "active", 1, classes - unlabelled, active);
    Require.between(KIND, "noise", 0.0, 1.0, noise);
    Require.between(KIND, "repeats", 0.0, 1.0, repeats);
    Require.between(KIND, "lists", 0.0, 1.0, lists);
    Require.between(KIND, "repeats + lists", 0.0, 1.0, repeats + lists);
  }

  /** Exemplars of a class. */
  public int size() {
    return subclasses * members;
  }

  /** The token of a label; {@code label(0)} is the number of exemplars. */
  public int label(int i) {
    return classes * size() + i;
  }

  /** V. */
  public int vocab() {
    return label(labels);
  }

  /** Classes that come in pairs. */
  public int labelled() {
    return classes - unlabelled;
  }

  /** One sample of pairs, of so many tokens. */
  public int[] pairs(Rng rng, int length) {
    int[] dealt = dealt(rng, labelled());
    int[] chosen = rng.sample(labelled(), active);
    int[][] own = new int[active][subclasses];
    int[] from = new int[active];
    for (int k = 0; k < active; k++) {
      int common = rng.nextInt(labels);
      for (int s = 0; s < subclasses; s++) {
        own[k][s] = rng.nextDouble() < noise ? rng.nextInt(labels) : common;
      }
      from[k] = rng.nextInt(2);
    }
    int[] sample = new int[length];
    for (int t = 0; t < length; t += 2) {
      int k = rng.nextInt(active);
      int member = from[k] + rng.nextInt(size() - 1);
      sample[t] = dealt[chosen[k] * size() + member];
      if (t + 1 < length) {
        sample[t + 1] = label(own[k][member / members]);
      }
    }
    return sample;
  }

  /** One list, of so many tokens. */
  public int[] list(Rng rng, int length) {
    int[] dealt = dealt(rng, classes);
    return Arrays.stream(Lists.draw(rng, classes, size(), length)).map(i -> dealt[i]).toArray();
  }

  /** The exemplar at each place of the first classes. */
  private int[] dealt(Rng rng, int ofClasses) {
    int n = ofClasses * size();
    return shuffled ? rng.permutation(n) : IntStream.range(0, n).toArray();
  }

  @Override
  public DataSource open() {
    return new WithRepeats(
            KIND, vocab(), repeats, context -> Require.contextAtLeast(KIND, 2, context, "a pair"))
        .andCounted((rng, u, context) ->
            u < repeats + lists
                ? WithRepeats.Counted.everywhere(list(rng, context + 1))
                : new WithRepeats.Counted(pairs(rng, context + 1), t -> t % 2 == 0));
  }
}
