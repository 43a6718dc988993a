package refrain.data;

/**
 * Natural source code: Java library sources, or the JDK's own (see {@link JavaSources}), behind a
 * byte-level BPE trained on them.
 *
 * @param vocab V; 512 is the vocabulary at which induction heads form on a laptop
 * @param splitSeed which documents are for evaluation
 */
public record CodeText(int vocab, long splitSeed) implements DataSpec {
  public CodeText {
    Require.between("code", "vocab", 257, 65_536, vocab);
  }

  /** V 512. */
  public static CodeText defaults() {
    return new CodeText(512, 0);
  }

  @Override
  public TextSource open() {
    return new TextSource("code", CorpusCache.standard().get(JavaSources.find(), vocab, splitSeed));
  }
}
