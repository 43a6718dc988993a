package refrain.data;

import java.io.InputStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * The user's own text (see {@link TextCorpus}), behind a byte-level BPE trained on it or given.
 *
 * @param path a folder or a file of UTF-8, or {@code -}: standard input, read to its end once; a
 *     run on standard input can be resumed only when the same text is given again
 * @param vocab V of the tokenizer that is trained
 * @param lenient replaces bytes that are not UTF-8 by U+FFFD instead of failing
 * @param splitSeed which documents are for evaluation
 * @param tokenizer a {@code tokenizer.json} to use; null: one is trained on the training part
 * @param split how documents are kept together
 * @param format which files are read, and what is a document
 * @param fingerprint which text and tokenizer it is; null: what is there when the run begins, which
 *     is filled in then
 */
public record TextFiles(
    String path,
    @Default("512") int vocab,
    @Default("false") boolean lenient,
    @Default("0") long splitSeed,
    @Default("null") @Nullable String tokenizer,
    @Default("GROUPS") Split split,
    @Default("FILES") TextFormat format,
    @Default("null") @Nullable TextFingerprint fingerprint)
    implements DataSpec {
  /** The path that stands for standard input. */
  public static final String STANDARD_INPUT = "-";

  private static final int DEFAULT_VOCAB = 512;
  private static final int LARGEST_VOCAB = 65_536;

  public TextFiles {
    Require.between("text", "vocab", 257, LARGEST_VOCAB, vocab);
  }

  /** Text of which nothing else is asked. */
  public TextFiles(String path, int vocab, boolean lenient) {
    this(path, vocab, lenient, 0, null, Split.GROUPS, TextFormat.FILES, null);
  }

  /**
   * The text that the fingerprint says, or whatever is there. Where that text was read before, it
   * is taken from the cache, and is there also when its files are gone.
   *
   * @throws RefrainException when it cannot be read or is another one
   */
  @Override
  public TextSource open() {
    TextFingerprint wanted = fingerprint;
    if (wanted == null) {
      return open(corpus());
    }
    String given = tokenizer == null ? null : wanted.tokenizer();
    byte[] key = CorpusCache.key(wanted.documents(), vocab, splitSeed, split, given);
    Optional<EncodedCorpus> kept =
        CorpusCache.standard()
            .find("text", key)
            .filter(found -> found.tokenizer().fingerprint().equals(wanted.tokenizer()));
    if (kept.isPresent()) {
      return new TextSource(path, kept.get());
    }
    TextCorpus corpus = corpus();
    if (!corpus.fingerprint().equals(wanted.documents())) {
      throw RefrainException.badInput(
          "%s: is not the text that data.fingerprint says: its documents have the SHA-256 %s,"
              + " expected %s; put the text back as it was",
          path, corpus.fingerprint(), wanted.documents());
    }
    TextSource source = open(corpus);
    String found = source.tokenizer().fingerprint();
    if (!found.equals(wanted.tokenizer())) {
      throw RefrainException.badInput(
          "%s: is not the tokenizer that data.fingerprint says: its SHA-256 is %s, expected %s; set"
              + " data.tokenizer to the one that the run began with, which lies in its folder",
          tokenizer == null ? path : tokenizer, found, wanted.tokenizer());
    }
    return source;
  }

  /** Whatever is there, which has been read already. */
  public TextSource open(TextCorpus corpus) {
    Bpe given = given();
    byte[] key =
        CorpusCache.key(
            corpus.fingerprint(),
            given == null ? vocab : given.vocab(),
            splitSeed,
            split,
            given == null ? null : given.fingerprint());
    return new TextSource(
        path,
        CorpusCache.standard()
            .get("text", key, () -> EncodedCorpus.encode(corpus, vocab, splitSeed, split, given)));
  }

  private @Nullable Bpe given() {
    if (tokenizer == null) {
      return null;
    }
    Bpe given;
    try {
      given = TokenizerFiles.read(Path.of(tokenizer));
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("data text: tokenizer '" + tokenizer + "' is not a path", e);
    }
    int found = given.vocab();
    RefrainException.require(
        found <= LARGEST_VOCAB,
        "%s: has %s tokens, expected at most %s",
        tokenizer,
        found,
        LARGEST_VOCAB);
    RefrainException.require(
        vocab == found || vocab == DEFAULT_VOCAB,
        "data text: vocab is %s, but the tokenizer %s has %s tokens; leave data.vocab out",
        vocab,
        tokenizer,
        found);
    return given;
  }

  /** The same with the fingerprint of the text that is there now, where it has none. */
  @Override
  public TextFiles pinned() {
    if (fingerprint != null) {
      return this;
    }
    TextCorpus corpus = corpus();
    TextSource source = open(corpus);
    return new TextFiles(
        path,
        tokenizer == null ? vocab : source.vocab(),
        lenient,
        splitSeed,
        tokenizer,
        split,
        format,
        new TextFingerprint(corpus.fingerprint(), source.tokenizer().fingerprint()));
  }

  /** The same of whatever text is there, or of a given one. */
  public TextFiles withFingerprint(@Nullable TextFingerprint other) {
    return new TextFiles(path, vocab, lenient, splitSeed, tokenizer, split, format, other);
  }

  /** The same behind a tokenizer of so many tokens. */
  public TextFiles withVocab(int other) {
    return new TextFiles(path, other, lenient, splitSeed, tokenizer, split, format, fingerprint);
  }

  /** The same behind the tokenizer of that file. */
  public TextFiles withTokenizer(String file) {
    return new TextFiles(path, vocab, lenient, splitSeed, file, split, format, fingerprint);
  }

  /** As a run said it that recorded no fingerprint. */
  public TextFiles unrecorded() {
    return new TextFiles(
        path, vocab, lenient, splitSeed, null, Split.DOCUMENTS, TextFormat.FILES, null);
  }

  /** The documents that are there now. */
  public TextCorpus corpus() {
    if (path.equals(STANDARD_INPUT)) {
      return StandardInput.read(lenient);
    }
    try {
      return TextCorpus.of(Path.of(path), lenient, format);
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("data text: path '" + path + "' is not a path", e);
    }
  }

  /** Standard input can be read once, and is asked for more often. */
  private static final class StandardInput {
    private static final Map<InputStream, TextCorpus> READ = new WeakHashMap<>();

    static synchronized TextCorpus read(boolean lenient) {
      return READ.computeIfAbsent(System.in, in -> TextCorpus.of("standard input", in, lenient));
    }
  }
}
