package refrain.data;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import refrain.base.Default;

/**
 * The category task of Olsson et al. 2022, Argument 4: lines "x y : label" and an end of line,
 * where x is a month or a colour word and y an animal or a fruit word. The label, 0 to 3, depends
 * on the pair of categories alone, through a one-to-one mapping that each sample draws anew; so it
 * can only be read off earlier lines. No pair of words comes twice in a sample, so no line can be
 * copied as it is.
 *
 * <p>Tokens: {@code words} months, colours, animals and fruit in this order, then the labels, ':'
 * and the end of line. A share of the samples are {@link RepeatedTokens} instead: they make
 * ordinary induction heads form in the same model.
 *
 * <p>Nothing but the labels tells which words belong together, and the label stands apart from what
 * decides it. Without help no model learnt the task in 8M tokens; so a further share of the samples
 * are easy: they keep to one word of each category, drawn for the sample, and their label depends
 * on the first word alone or on the second alone. In natural text categories show in what words
 * stand beside each other; a last share are lists, whose words keep to one category for ten words
 * or so.
 *
 * <p>In a sample of lines only labels count for the training loss: words are random.
 *
 * @param words of each category
 * @param colon whether ':' stands before the label, as in the paper; else the label follows y
 * @param easy the share of easy samples
 * @param repeats the share of samples of repeated random tokens; with four in ten ordinary
 *     induction heads had not formed after 32M tokens
 * @param lists the share of lists
 */
public record CategoryTask(
    @Default("12") int words,
    @Default("false") boolean colon,
    @Default("0.1") double easy,
    @Default("0.6") double repeats,
    @Default("0.15") double lists)
    implements DataSpec {
  private static final String KIND = "category-task";

  /** Month or colour, and animal or fruit. */
  public static final int KINDS = 2;

  /** Pairs of categories, and labels. */
  public static final int LABELS = KINDS * KINDS;

  public CategoryTask {
    Require.between(KIND, "words", 2, 256, words);
    Require.between(KIND, "easy", 0.0, 1.0, easy);
    Require.between(KIND, "repeats", 0.0, 1.0, repeats);
    Require.between(KIND, "lists", 0.0, 1.0, lists);
    Require.between(KIND, "easy + repeats + lists", 0.0, 1.0, easy + repeats + lists);
  }

  /** V. */
  public int vocab() {
    return label(LABELS) + 2;
  }

  /** The token of a label; {@code label(0)} is the number of words. */
  public int label(int i) {
    return 2 * KINDS * words + i;
  }

  /** Tokens in a line: x, y, perhaps ':', label, end. */
  public int line() {
    return colon ? 5 : 4;
  }

  /** Where in a line the token stands that the label follows: ':' or y. */
  public int asks() {
    return colon ? 2 : 1;
  }

  /** The token ':'; there is one whether it is used or not. */
  public int colonToken() {
    return label(LABELS);
  }

  /** The token at the end of each line. */
  public int end() {
    return label(LABELS) + 1;
  }

  /** Which pair of categories two words are of, 0, ..., LABELS - 1. */
  public int pair(int x, int y) {
    return x / words * KINDS + (y / words - KINDS);
  }

  /** One sample of lines, of so many tokens. */
  public int[] lines(Rng rng, int length) {
    int[] mapping = rng.permutation(LABELS);
    Set<Integer> seen = new HashSet<>();
    int[] sample = new int[length];
    for (int start = 0; start < length; start += line()) {
      int x;
      int y;
      do {
        x = rng.nextInt(KINDS * words);
        y = KINDS * words + rng.nextInt(KINDS * words);
      } while (!seen.add(x * vocab() + y));
      put(sample, start, x, y, label(mapping[pair(x, y)]));
    }
    return sample;
  }

  /**
   * One easy sample, of so many tokens: lines of one word of each category, whose label depends on
   * the first word alone or on the second alone.
   */
  public int[] easyLines(Rng rng, int length) {
    int[] word = new int[2 * KINDS];
    Arrays.setAll(word, k -> k * words + rng.nextInt(words));
    int[] mapping = rng.permutation(LABELS);
    boolean first = rng.nextInt(2) == 0;
    int[] sample = new int[length];
    for (int start = 0; start < length; start += line()) {
      int kind = rng.nextInt(KINDS);
      int other = rng.nextInt(KINDS);
      put(sample, start, word[kind], word[KINDS + other], label(mapping[first ? kind : other]));
    }
    return sample;
  }

  /** One list, of so many tokens: words of a category, which changes one time in ten. */
  public int[] list(Rng rng, int length) {
    return Lists.draw(rng, 2 * KINDS, words, length);
  }

  private void put(int[] sample, int start, int x, int y, int label) {
    int[] line =
        colon ? new int[] {x, y, colonToken(), label, end()} : new int[] {x, y, label, end()};
    System.arraycopy(line, 0, sample, start, Math.min(line.length, sample.length - start));
  }

  @Override
  public DataSource open() {
    return new WithRepeats(KIND, vocab(), repeats, this::check)
        .andCounted((rng, u, context) -> {
          if (u < repeats + lists) {
            return WithRepeats.Counted.everywhere(list(rng, context + 1));
          }
          boolean isEasy = u < repeats + lists + easy;
          return new WithRepeats.Counted(
              isEasy ? easyLines(rng, context + 1) : lines(rng, context + 1),
              t -> t % line() == asks());
        });
  }

  private void check(int context) {
    int lines = (context + line()) / line();
    int pairs = KINDS * words * KINDS * words;
    Require.contextAtLeast(KIND, line(), context, "a line");
    Require.contextAtMost(
        KIND, pairs / 2 * line(), lines * line(), "half of the pairs of words, each in a line");
  }
}
