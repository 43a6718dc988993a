package refrain.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.data.Batch;
import refrain.data.Bpe;
import refrain.data.DataSource;
import refrain.data.DataSpec;
import refrain.data.KnownWindows;
import refrain.data.MatchCopyOracle;
import refrain.data.NgramTables;
import refrain.data.RandomOffsetCopy;
import refrain.data.Rng;
import refrain.data.TextSource;
import refrain.data.TokenizerFiles;
import refrain.store.AtomicFiles;
import refrain.store.Json;

/** {@code refrain data}: what there is to learn from, before anything learns. */
@Command(
    name = "data",
    description = "Look at data, and train tokenizers.",
    subcommands = {DataCommand.Stats.class, DataCommand.Tokenizer.class})
final class DataCommand extends Subcommand {
  /** {@code refrain data stats}: the match-and-copy oracle. */
  @Command(
      name = "stats",
      description = {
        "How much there is to copy: how often the current token came before in the context, how"
            + " often its earlier successor is right, and the nats per token that an ideal copier"
            + " saves over n-gram baselines."
      })
  static final class Stats extends Subcommand {
    private static final int LANGUAGE_CONTEXT = 64;
    private static final int TEXT_CONTEXT = 256;

    @Parameters(arity = "1..*", paramLabel = "DATA", description = DataNames.EXPECTED + ".")
    private List<String> words = new ArrayList<>();

    @Option(names = "--vocab", description = "Tokens of a text's BPE (${DEFAULT-VALUE}).")
    private int vocab = 512;

    @Option(names = "--lenient", description = "Replace bytes that are not UTF-8.")
    private boolean lenient;

    @Option(
        names = "--context",
        description = "Tokens of context (256 for text, 64 for a language, 128 for copies).")
    private @Nullable Integer context;

    @Option(names = "--sequences", description = "Sequences measured (${DEFAULT-VALUE}).")
    private int sequences = 512;

    @Option(
        names = "--baseline-tokens",
        description = "Training tokens that the baselines count (${DEFAULT-VALUE}).")
    private int baselineTokens = 8_000_000;

    @Option(names = "--seed", description = "Of the sequences (${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    /** One entry of the output. */
    record Entry(
        String name,
        DataSpec data,
        int vocab,
        MatchCopyOracle.Result oracle,
        @Nullable Text text) {}

    /**
     * What is known of a text only.
     *
     * @param windows of the evaluation part that were measured
     * @param windowsInTraining those of them that stand in the training part too
     * @param copies documents that have copies or near-copies; counted in the user's own text only
     * @param groups that those form
     * @param cut what is to be said of those that do not lie on one side of the split
     */
    record Text(
        int trainTokens,
        int evaluationTokens,
        int windows,
        int windowsInTraining,
        int copies,
        int groups,
        List<String> cut) {
      static Text of(TextSource source, Batch evaluation) {
        return new Text(
            source.trainTokens(),
            source.evaluationTokens(),
            evaluation.size(),
            KnownWindows.count(source, evaluation),
            source.copies(),
            source.groupsOfCopies(),
            source.cut());
      }
    }

    @Override
    public void run() {
      positive("--context", context == null ? 1 : context);
      positive("--sequences", sequences);
      positive("--baseline-tokens", baselineTokens);
      if (words.stream().allMatch(DataNames::language)) {
        refuseBeside(String.join(", ", words), "whose tokens are no text", "--vocab");
      }
      if (words.stream().noneMatch(DataNames::own)) {
        refuseBeside(String.join(", ", words), "which is no text of yours", "--lenient");
      }
      List<Entry> entries = new ArrayList<>();
      for (String word : words) {
        entries.add(measure(word));
        if (!json) {
          print(entries.getLast());
        }
      }
      if (json) {
        out().println(Json.pretty(entries));
      }
    }

    private Entry measure(String word) {
      DataSpec spec = DataNames.spec(word, vocab, lenient);
      DataSource source = spec.open();
      int length = context != null ? context : defaultContext(spec, source);
      NgramTables tables =
          NgramTables.of(source, Rng.of(seed).split("baselines"), baselineTokens, length);
      Batch evaluation = source.evaluation(seed, sequences, length);
      return new Entry(
          word,
          spec,
          source.vocab(),
          MatchCopyOracle.measure(tables, evaluation),
          source instanceof TextSource text ? Text.of(text, evaluation) : null);
    }

    private static int defaultContext(DataSpec spec, DataSource source) {
      if (source instanceof TextSource) {
        return TEXT_CONTEXT;
      }
      return spec instanceof RandomOffsetCopy ? 2 * LANGUAGE_CONTEXT : LANGUAGE_CONTEXT;
    }

    private void print(Entry entry) {
      MatchCopyOracle.Result oracle = entry.oracle;
      print(
          "%s: V %d, %d sequences of context %d",
          entry.name, entry.vocab, oracle.sequences(), oracle.context());
      print("  the current token occurred before     %5.1f %%", 100 * oracle.occurred());
      print("  its latest earlier successor is right %5.1f %%", 100 * oracle.recentRight());
      print("  its most frequent successor is right  %5.1f %%", 100 * oracle.majorityRight());
      print("  %-9s %10s %13s %7s %7s", "baseline", "nats/token", "with copying", "saved", "w");
      for (MatchCopyOracle.Saving saving : oracle.savings()) {
        print(
            "  %-9s %10.3f %13.3f %7.3f %7.3f",
            saving.baseline().name().toLowerCase(Locale.ROOT),
            saving.nats(),
            saving.natsWithCopy(),
            saving.saved(),
            saving.copyWeight());
      }
      Text text = entry.text;
      if (text != null) {
        print(
            "  %d tokens for training, %d for evaluation; of %d evaluation windows %d stand in the"
                + " training part too (%.0f %%)",
            text.trainTokens,
            text.evaluationTokens,
            text.windows,
            text.windowsInTraining,
            100.0 * text.windowsInTraining / text.windows);
        if (text.copies > 0) {
          print(
              "  %d documents have copies or near-copies, in %d group%s",
              text.copies, text.groups, text.groups == 1 ? "" : "s");
        }
        text.cut.forEach(sentence -> print("  %s", sentence));
      }
    }
  }

  /** {@code refrain data tokenizer}. */
  @Command(
      name = "tokenizer",
      description = "Tokenizers of text.",
      subcommands = TrainTokenizer.class)
  static final class Tokenizer extends Subcommand {}

  /** {@code refrain data tokenizer train}. */
  @Command(
      name = "train",
      description = {
        "Train a byte-level BPE and write Hugging Face's tokenizer.json: on the training part of the"
            + " text, so it is the tokenizer of a run on that text with data.vocab as here."
      })
  static final class TrainTokenizer extends Subcommand {
    @Parameters(
        paramLabel = "TEXT",
        description = "code, english, a file or folder of UTF-8, or - for standard input.")
    private String word = "";

    @Option(names = "--vocab", description = "Tokens, 257 to 65536 (${DEFAULT-VALUE}).")
    private int vocab = 512;

    @Option(names = "--lenient", description = "Replace bytes that are not UTF-8.")
    private boolean lenient;

    @Option(names = "--out", paramLabel = "FILE", description = "Written (${DEFAULT-VALUE}).")
    private Path file = Path.of("tokenizer.json");

    @Override
    public void run() {
      AtomicFiles.expectPlace(file);
      DataNames.requireText(word);
      if (!DataNames.own(word)) {
        refuseBeside(word, "which is UTF-8", "--lenient");
      }
      if (DataNames.spec(word, vocab, lenient).open() instanceof TextSource source) {
        Bpe bpe = source.tokenizer();
        AtomicFiles.writeString(file, TokenizerFiles.toJson(bpe));
        print("%s: %d tokens, byte-level BPE of %s", file, bpe.vocab(), word);
      }
    }
  }
}
