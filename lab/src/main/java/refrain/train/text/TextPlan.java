package refrain.train.text;

import java.nio.file.Path;
import java.util.stream.Collectors;
import refrain.base.RefrainException;
import refrain.data.Split;
import refrain.data.TextCorpus;
import refrain.data.TextFiles;
import refrain.data.TextFormat;
import refrain.data.TextSource;
import refrain.probe.IclIndices;
import refrain.store.CheckpointSchedule;
import refrain.train.Probing;
import refrain.train.RunSpec;

/**
 * Chooses a run for a text: the vocabulary, so that each token is met often; the longest context of
 * which the evaluation part holds eight windows; and as many steps as the base has, but no more
 * than go through the text twenty times.
 */
public final class TextPlan {
  /** More passes teach a model the text by heart. */
  static final int MOST_PASSES = 20;

  private static final int WINDOWS = 8;
  private static final int SHORTEST = 32;
  private static final int FEWEST_STEPS = 20;
  private static final int PROBES = 40;
  private static final int CHECKPOINTS = 20;

  private TextPlan() {}

  /**
   * The run.
   *
   * @param lenient replaces bytes that are not UTF-8 by U+FFFD
   * @param base whose layers, optimiser and length are taken
   * @throws RefrainException when there is no text, or too little for a training and an evaluation
   *     part; it says how much there is
   */
  public static RunSpec of(Path path, boolean lenient, RunSpec base) {
    TextFiles files =
        new TextFiles(
            path.toString(), 512, lenient, 0, null, Split.GROUPS, TextFormat.DOCUMENTS, null);
    TextCorpus corpus = files.corpus();
    if (corpus.documents() == 0) {
      throw RefrainException.badInput(
          "%s: holds no text; expected files that end in .txt, .md or .jsonl%s",
          path, skipped(corpus).isEmpty() ? ", found none" : ", found only " + skipped(corpus));
    }
    TextFiles data = files.withVocab(vocab(corpus.bytes()));
    TextSource source = data.open(corpus);
    int context = context(path, corpus, source, base.context());
    int batch = Math.max(1, (int) (base.tokensPerStep() / context));
    double pass = source.trainTokens() / ((double) batch * context);
    int steps = (int) Math.clamp((long) Math.ceil(MOST_PASSES * pass), FEWEST_STEPS, base.steps());
    return base.with(
        s -> s.name = name(path),
        s -> s.data = data,
        s -> s.model = s.model.with(m -> m.nCtx = context, m -> m.dVocab = source.vocab()),
        s -> s.context = context,
        s -> s.batch = batch,
        s -> s.steps = steps,
        s ->
            s.optimizer =
                s.optimizer.withSchedule(
                    Math.min(base.optimizer().warmup(), steps / 5),
                    base.optimizer().decay(),
                    base.optimizer().finalFraction()),
        s -> s.probing = probing(base, context, steps),
        s -> s.checkpoints = CheckpointSchedule.every(Math.max(1, steps / CHECKPOINTS)));
  }

  private static int vocab(long bytes) {
    return bytes >= 200_000 ? 512 : bytes >= 50_000 ? 384 : 320;
  }

  private static int context(Path path, TextCorpus corpus, TextSource source, int longest) {
    int found = source.evaluationTokens();
    int context = longest;
    while (context > SHORTEST && found < WINDOWS * (context + 1)) {
      context = Math.max(SHORTEST, context / 2);
    }
    int needed = WINDOWS * (context + 1);
    if (found < needed || source.trainTokens() <= needed) {
      throw RefrainException.badInput(
          "%s: has too little text to train on and to evaluate with: %s bytes in %s document%s are"
              + " %s tokens, of which %s for evaluation, at least %s of those are needed; give about"
              + " %s kB of text",
          path,
          corpus.bytes(),
          corpus.documents(),
          corpus.documents() == 1 ? "" : "s",
          source.trainTokens() + found,
          found,
          needed,
          Math.max(12, (int) Math.ceil(corpus.bytes() * 1.2 * needed / Math.max(1, found) / 1e3)));
    }
    return context;
  }

  private static Probing probing(RunSpec base, int context, int steps) {
    Probing own = base.probing();
    int every = Math.clamp(steps / PROBES, 1, own.every());
    return new Probing(
        every,
        5 * every,
        own.sequences(),
        context == base.context()
            ? own.measures()
            : own.measures().withIcl(IclIndices.forContext(context)));
  }

  private static String name(Path path) {
    String file = String.valueOf(path.toAbsolutePath().normalize().getFileName());
    String name = file.replaceFirst("(?i)\\.(txt|md|markdown|jsonl)$", "");
    return name.isBlank() ? "text" : name;
  }

  /** The files that were left out, such as {@code 2 .png, 1 empty}; empty: none. */
  static String skipped(TextCorpus corpus) {
    return corpus.skipped().entrySet().stream()
        .map(each -> each.getValue() + " " + each.getKey())
        .collect(Collectors.joining(", "));
  }
}
