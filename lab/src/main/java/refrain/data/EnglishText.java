package refrain.data;

/**
 * Natural English: the State of the Union addresses (see {@link Speeches}), behind a byte-level BPE
 * trained on them.
 *
 * @param vocab V
 * @param splitSeed which documents are for evaluation
 */
public record EnglishText(int vocab, long splitSeed) implements DataSpec {
  public EnglishText {
    Require.between("english", "vocab", 257, 65_536, vocab);
  }

  /** V 512. */
  public static EnglishText defaults() {
    return new EnglishText(512, 0);
  }

  @Override
  public TextSource open() {
    return new TextSource("english", CorpusCache.standard().get(new Speeches(), vocab, splitSeed));
  }
}
