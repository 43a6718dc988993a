package refrain.data;

import refrain.base.Default;

/**
 * Natural English: the State of the Union addresses (see {@link Speeches}), behind a byte-level BPE
 * trained on them.
 *
 * @param vocab V
 * @param splitSeed which documents are for evaluation
 * @param replicate 0: those; else others, in the tokens of 0
 * @param split how documents are kept together
 */
public record EnglishText(
    @Default("512") int vocab,
    @Default("0") long splitSeed,
    @Default("0") long replicate,
    @Default("DOCUMENTS") Split split)
    implements DataSpec {
  public EnglishText {
    Require.between("english", "vocab", 257, 65_536, vocab);
  }

  @Override
  public TextSource open() {
    EncodedCorpus corpus = CorpusCache.standard().get(new Speeches(), vocab, splitSeed, split);
    return new TextSource("english", replicate == 0 ? corpus : corpus.splitAnew(replicate));
  }

  @Override
  public EnglishText replicate(int n) {
    return new EnglishText(vocab, splitSeed, replicate + n, split);
  }
}
