package refrain.data;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * The user's own text (see {@link TextCorpus}), behind a byte-level BPE trained on it.
 *
 * @param path a folder or a file of UTF-8, or {@code -}: standard input, read to its end once; a
 *     run on standard input can be resumed only when the same text is given again
 * @param vocab V
 * @param lenient replaces bytes that are not UTF-8 by U+FFFD instead of failing
 * @param splitSeed which documents are for evaluation
 */
public record TextFiles(
    String path,
    @Default("512") int vocab,
    @Default("false") boolean lenient,
    @Default("0") long splitSeed)
    implements DataSpec {
  /** The path that stands for standard input. */
  public static final String STANDARD_INPUT = "-";

  public TextFiles {
    Require.between("text", "vocab", 257, 65_536, vocab);
  }

  @Override
  public TextSource open() {
    return new TextSource(path, CorpusCache.standard().get(corpus(), vocab, splitSeed));
  }

  /** The documents. */
  public Corpus corpus() {
    if (path.equals(STANDARD_INPUT)) {
      return TextCorpus.of("standard input", System.in, lenient);
    }
    try {
      return TextCorpus.of(Path.of(path), lenient);
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("data text: path '" + path + "' is not a path", e);
    }
  }
}
