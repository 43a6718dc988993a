package refrain.data;

import refrain.base.Default;

/**
 * Natural source code: Java library sources, or the JDK's own (see {@link JavaSources}), behind a
 * byte-level BPE trained on them.
 *
 * @param vocab V; 512 is the vocabulary at which induction heads form on a laptop
 * @param splitSeed which documents are for evaluation
 * @param replicate 0: those; else others, in the tokens of 0
 * @param split how documents are kept together; finding near-copies takes a minute once, and then a
 *     third as many windows of the evaluation part are known from training
 */
public record CodeText(
    @Default("512") int vocab,
    @Default("0") long splitSeed,
    @Default("0") long replicate,
    @Default("DOCUMENTS") Split split)
    implements DataSpec {
  public CodeText {
    Require.between("code", "vocab", 257, 65_536, vocab);
  }

  @Override
  public TextSource open() {
    EncodedCorpus corpus = CorpusCache.standard().get(JavaSources.find(), vocab, splitSeed, split);
    return new TextSource("code", replicate == 0 ? corpus : corpus.splitAnew(replicate));
  }

  @Override
  public CodeText replicate(int n) {
    return new CodeText(vocab, splitSeed, replicate + n, split);
  }
}
