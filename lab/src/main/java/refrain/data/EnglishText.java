package refrain.data;

import refrain.base.Default;

/**
 * Natural English: the State of the Union addresses (see {@link Speeches}), behind a byte-level BPE
 * trained on them.
 *
 * @param vocab V
 * @param splitSeed which documents are for evaluation
 */
public record EnglishText(@Default("512") int vocab, @Default("0") long splitSeed)
    implements DataSpec {
  public EnglishText {
    Require.between("english", "vocab", 257, 65_536, vocab);
  }

  @Override
  public TextSource open() {
    return new TextSource("english", CorpusCache.standard().get(new Speeches(), vocab, splitSeed));
  }
}
