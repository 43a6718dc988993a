package refrain.data;

import refrain.base.Default;

/**
 * Natural source code: Java library sources, or the JDK's own (see {@link JavaSources}), behind a
 * byte-level BPE trained on them.
 *
 * @param vocab V; 512 is the vocabulary at which induction heads form on a laptop
 * @param splitSeed which documents are for evaluation
 */
public record CodeText(@Default("512") int vocab, @Default("0") long splitSeed)
    implements DataSpec {
  public CodeText {
    Require.between("code", "vocab", 257, 65_536, vocab);
  }

  @Override
  public TextSource open() {
    return new TextSource("code", CorpusCache.standard().get(JavaSources.find(), vocab, splitSeed));
  }
}
