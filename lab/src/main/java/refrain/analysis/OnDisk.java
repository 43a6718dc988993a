package refrain.analysis;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Document;
import refrain.data.Speeches;
import refrain.data.TokenNames;
import refrain.intervene.Donors;
import refrain.model.FusedTransformer;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.pretrained.Found;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.token.ModelTokenizer;
import refrain.probe.IclIndices;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;

/**
 * A pretrained model in memory, as measures and pages read it. It has one state, which is called
 * step 0, and no text of its own: it reads English that comes with the program, which it has
 * probably seen before.
 *
 * <p>Its weights take memory twice, as they are and as the kernels want them: 8 bytes each. Not
 * thread-safe; to be closed.
 */
public final class OnDisk implements Measured, AutoCloseable {
  /** Positions of a text at most: attention of all heads, and logits, are kept of each. */
  public static final int MOST_POSITIONS = 256;

  /** Pairs of sequences behind a verdict: 2,020 positions of the paper's sequences. */
  public static final int PAIRS = 10;

  private static final int SCORED = 16;
  private static final long BYTES_A_WEIGHT = 2 * Float.BYTES;

  /** For activations, tokenizer and program. */
  private static final long BESIDE = 256L << 20;

  private final String name;
  private final Found found;
  private final Parameters parameters;
  private final ModelTokenizer tokenizer;
  private final OptionalInt start;
  private final Transformer engine;
  private final TokenPool pool;
  private int @Nullable [][] windows;

  private OnDisk(
      String name,
      Found found,
      Parameters parameters,
      ModelTokenizer tokenizer,
      OptionalInt start,
      int threads) {
    this.name = name;
    this.found = found;
    this.parameters = parameters;
    this.tokenizer = tokenizer;
    this.start = start;
    this.engine = FusedTransformer.ofConstant(parameters.spec(), threads);
    this.pool = pool(tokenizer, parameters.spec().dVocab(), start);
  }

  /**
   * Reads all weights of a model, which may be closed after that.
   *
   * @param name what it is called
   * @param threads for forward passes; results do not depend on it
   * @throws RefrainException of kind BAD_INPUT when it has no tokenizer, or more weights than java
   *     may have memory for
   */
  public static OnDisk of(ModelOnDisk disk, String name, int threads) {
    ModelOnDisk model = disk.within(MOST_POSITIONS);
    checkMemory(disk.found().place().toString(), model.weights());
    ModelTokenizer tokenizer = disk.requireTokenizer();
    return new OnDisk(name, disk.found(), model.parameters(), tokenizer, disk.start(), threads);
  }

  /** Refuses so many weights where this java may not have room for them. */
  public static void checkMemory(String place, long weights) {
    checkMemory(place, weights, Runtime.getRuntime().maxMemory());
  }

  /** Refuses so many weights where java may not have room for them. */
  static void checkMemory(String place, long weights, long most) {
    long needed = BYTES_A_WEIGHT * weights + BESIDE;
    if (needed > most) {
      throw RefrainException.badInput(
          "%s: has %s million weights, which take %s GB of memory; java may use %s GB; where the"
              + " machine has more, give it with REFRAIN_JAVA_OPTS=-Xmx%sg",
          place,
          weights / 1_000_000,
          gigabytes(needed),
          gigabytes(most),
          needed / 1_000_000_000 + 1);
    }
  }

  private static String gigabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f", bytes * 1e-9);
  }

  /** What random tokens are drawn from: all that stand for text, or all of its vocabulary. */
  public static TokenPool pool(ModelOnDisk model) {
    int vocab = model.spec().dVocab();
    return model
        .tokenizer()
        .map(tokenizer -> pool(tokenizer, vocab, model.start()))
        .orElseGet(() -> {
          TokenPool all = TokenPool.all(vocab);
          OptionalInt start = model.start();
          return start.isPresent() ? all.withStart(start.getAsInt()) : all;
        });
  }

  /** All tokens that stand for text. */
  private static TokenPool pool(ModelTokenizer tokenizer, int vocab, OptionalInt start) {
    int[] tokens =
        IntStream.range(0, Math.min(vocab, tokenizer.vocab()))
            .filter(token -> tokenizer.sign(token) == null && tokenizer.bytes(token).length > 0)
            .toArray();
    String words = "the " + tokens.length + " tokens that stand for text";
    TokenPool pool = new TokenPool(tokens, TokenPool.NO_START, words, _ -> Optional.empty());
    return start.isPresent() ? pool.withStart(start.getAsInt()) : pool;
  }

  /** The beginning of the English that comes with the program, longer than any text read of it. */
  public static String english() {
    List<String> first = new ArrayList<>();
    new Speeches()
        .forEach(document -> {
          if (first.isEmpty()) {
            byte[] text = document.text();
            first.add(new String(text, 0, Math.min(text.length, 16 * MOST_POSITIONS), UTF_8));
          }
        });
    return first.getFirst();
  }

  /** What it is called. */
  public String name() {
    return name;
  }

  /** What lies on disk. */
  public Found found() {
    return found;
  }

  public Parameters parameters() {
    return parameters;
  }

  /**
   * The tokens of a text as the model reads one, with those that belong around every text; where
   * that is none, the one that begins texts.
   *
   * @throws RefrainException of kind BAD_INPUT where the text has no token, too many, or one that
   *     the model has no embedding of
   */
  public int[] tokens(String text) {
    int[] tokens = tokenizer.encodeWhole(text);
    if (tokens.length == 0 && start.isPresent()) {
      tokens = new int[] {start.getAsInt()};
    }
    if (tokens.length == 0 || tokens.length > context()) {
      throw RefrainException.badInput(
          "the text has %s tokens of %s, expected 1 to %s", tokens.length, name, context());
    }
    for (int token : tokens) {
      RefrainException.require(
          token < model().dVocab(),
          "%s: its tokenizer gives token %s, and its vocabulary has 0 to %s: they are not of one"
              + " model",
          name,
          token,
          model().dVocab() - 1);
    }
    return tokens;
  }

  /** The tokens of a document, however many. */
  public int[] tokensOf(byte[] text) {
    return tokenizer.encodeWhole(new String(text, UTF_8));
  }

  @Override
  public ModelSpec model() {
    return parameters.spec();
  }

  @Override
  public int context() {
    return model().nCtx();
  }

  @Override
  public ProbeSpec probe() {
    return ProbeSpec.DEFAULT;
  }

  @Override
  public int readable() {
    return SCORED;
  }

  @Override
  public Batch evaluation(int sequences) {
    int[][] known = windows;
    if (known == null || known.length < sequences) {
      known = cut(tokenizer, Math.max(SCORED, sequences), context() + 1);
      windows = known;
    }
    return Batch.of(Arrays.copyOf(known, sequences));
  }

  /**
   * English that comes with the program in the tokens of a model, windows of so many tokens.
   *
   * @throws RefrainException where there are not so many
   */
  public static List<List<Integer>> windows(ModelTokenizer tokenizer, int count, int length) {
    return Arrays.stream(cut(tokenizer, count, length))
        .map(window -> Arrays.stream(window).boxed().toList())
        .toList();
  }

  /** One window a document, from its beginning, as long as there are; then those that follow. */
  private static int[][] cut(ModelTokenizer tokenizer, int count, int length) {
    List<Document> documents = new ArrayList<>();
    new Speeches().forEach(documents::add);
    List<int[]> windows = new ArrayList<>();
    int characters = 16 * length; // no tokenizer has longer tokens on average
    for (int d = 0; d < documents.size() && windows.size() < count; d++) {
      byte[] text = documents.get(d).text();
      String begin = new String(text, 0, Math.min(text.length, characters), UTF_8);
      int[] tokens = tokenizer.encodeWhole(begin);
      if (tokens.length > length) { // the last token may be half a word
        windows.add(Arrays.copyOf(tokens, length));
      }
    }
    RefrainException.require(
        windows.size() == count,
        "there are %s sequences of English, not %s",
        windows.size(),
        count);
    return windows.toArray(int[][]::new);
  }

  @Override
  public Batch scored() {
    return evaluation(SCORED);
  }

  @Override
  public int pairs() {
    return PAIRS;
  }

  @Override
  public RepeatedSequences repeated(int examples) {
    return RepeatedSequences.draw(pool, probe().seed(), examples, context());
  }

  @Override
  public IclIndices iclIndices() {
    return IclIndices.forContext(context());
  }

  @Override
  public TokenNames tokenNames() {
    return TokenNames.of(tokenizer);
  }

  @Override
  public ModelState state(long step, Parameters of) {
    return new ModelState(engine, of, List.of(), Donors.NONE, context(), () -> pool);
  }

  @Override
  public ModelState state(long step) {
    return state(step, parameters);
  }

  @Override
  public ProbeSuite suite(ProbeSpec probe) {
    return suite(probe, evaluation(probe.patternSequences()));
  }

  @Override
  public ProbeSuite suite(ProbeSpec probe, Batch text) {
    return new ProbeSuite(model(), probe, text, pool, List.of());
  }

  @Override
  public void close() {
    engine.close();
  }
}
