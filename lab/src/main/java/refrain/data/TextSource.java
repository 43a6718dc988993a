package refrain.data;

import java.util.Arrays;
import java.util.List;
import refrain.base.RefrainException;

/**
 * Sequences of a text: windows of T + 1 tokens that start anywhere in the training part, uniformly;
 * for evaluation, in the evaluation part. Documents lie one after the other, each behind an
 * end-of-text token, so a window may hold the end of one and the beginning of the next.
 */
public final class TextSource implements DataSource {
  private final String name;
  private final EncodedCorpus corpus;

  TextSource(String name, EncodedCorpus corpus) {
    this.name = name;
    this.corpus = corpus;
  }

  @Override
  public int vocab() {
    return corpus.tokenizer().vocab();
  }

  /** The tokenizer: given, or trained on the training part. */
  public Bpe tokenizer() {
    return corpus.tokenizer();
  }

  /** Documents that have copies or near-copies among the others; 0 where nobody looked. */
  public int copies() {
    return corpus.copies().documents();
  }

  /** The groups that those form; each lies on one side of the split, but for {@link #cut}. */
  public int groupsOfCopies() {
    return corpus.copies().groups();
  }

  /** A sentence for each group of copies that is too large to lie on one side of the split. */
  public List<String> cut() {
    return corpus.copies().cut();
  }

  public int trainTokens() {
    return corpus.train().length;
  }

  public int evaluationTokens() {
    return corpus.evaluation().length;
  }

  /** A copy of the training part's ids [from, to). */
  public int[] train(int from, int to) {
    return window(corpus.train(), from, to - from);
  }

  @Override
  public Batch next(Rng rng, int batch, int context) {
    return windows(corpus.train(), "training", rng, batch, context);
  }

  @Override
  public Batch evaluation(long seed, int batch, int context) {
    Rng rng = Rng.of(seed).split("evaluation");
    return windows(corpus.evaluation(), "evaluation", rng, batch, context);
  }

  private Batch windows(char[] ids, String part, Rng rng, int batch, int context) {
    if (ids.length <= context) {
      throw RefrainException.badInput(
          "%s: the %s part has %d tokens, a window of context %d needs %d; give more text or a"
              + " smaller context",
          name, part, ids.length, context, context + 1);
    }
    int[][] tokens = new int[batch][];
    Arrays.setAll(tokens, i -> window(ids, rng.nextInt(ids.length - context), context + 1));
    return Batch.of(tokens);
  }

  private static int[] window(char[] ids, int start, int length) {
    int[] x = new int[length];
    Arrays.setAll(x, t -> ids[start + t]);
    return x;
  }
}
