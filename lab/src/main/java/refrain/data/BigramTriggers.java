package refrain.data;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import refrain.base.Default;

/**
 * The bigram language with triggers (Bietti et al. 2023): a walk through a fixed bigram table, but
 * the token after a trigger is the trigger's output, which each sample draws anew. The triggers are
 * the tokens most frequent in the table's stationary distribution; outputs are uniform over the
 * other tokens. After a trigger's first occurrence its output can only be predicted by looking
 * back.
 *
 * @param vocab V
 * @param triggers how many tokens are triggers
 * @param c the entropy parameter of the table, rows softmax(c N(0, 1))
 * @param languageSeed fixes the table and with it the triggers
 */
public record BigramTriggers(
    @Default("65") int vocab,
    @Default("5") int triggers,
    @Default("1") double c,
    @Default("12345") long languageSeed)
    implements DataSpec {
  private static final String KIND = "bigram-triggers";

  public BigramTriggers {
    Require.between(KIND, "vocab", 2, 4096, vocab);
    Require.between(KIND, "triggers", 1, vocab - 1L, triggers);
    Require.between(KIND, "c", 0.0, 10.0, c);
  }

  /** The table of the walk between triggers. */
  public BigramTable table() {
    return BigramTable.random(Rng.of(languageSeed).split("bigram"), vocab, c);
  }

  /** The triggers' token ids, the most frequent first. */
  public int[] triggerTokens() {
    double[] pi = table().stationary();
    return IntStream.range(0, vocab)
        .boxed()
        .sorted(Comparator.comparingDouble((Integer a) -> -pi[a]).thenComparing(a -> a))
        .limit(triggers)
        .mapToInt(Integer::intValue)
        .toArray();
  }

  /** Of the walk between triggers. */
  @Override
  public double entropy() {
    return table().entropy();
  }

  @Override
  public BigramTriggers replicate(int n) {
    return new BigramTriggers(vocab, triggers, c, languageSeed + n);
  }

  @Override
  public DataSource open() {
    int[] slot = new int[vocab];
    Arrays.fill(slot, -1);
    int[] ids = triggerTokens();
    for (int i = 0; i < ids.length; i++) {
      slot[ids[i]] = i;
    }
    int[] others = IntStream.range(0, vocab).filter(a -> slot[a] < 0).toArray();
    BigramTable table = table();
    return DataSource.of(vocab, (rng, context) -> sample(table, slot, others, rng, context));
  }

  /**
   * @param slot the index of trigger a at a, or -1
   * @param others the tokens that are no triggers
   */
  private int[] sample(BigramTable table, int[] slot, int[] others, Rng rng, int context) {
    int[] outputs = new int[triggers];
    Arrays.setAll(outputs, i -> others[rng.nextInt(others.length)]);
    int[] x = new int[context + 1];
    x[0] = rng.nextInt(vocab);
    for (int t = 1; t <= context; t++) {
      int trigger = slot[x[t - 1]];
      x[t] = trigger >= 0 ? outputs[trigger] : table.next(x[t - 1], rng);
    }
    return x;
  }
}
