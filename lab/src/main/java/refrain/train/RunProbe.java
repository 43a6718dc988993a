package refrain.train;

import refrain.data.DataSource;
import refrain.data.TextSource;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.MeasureKind.Depth;
import refrain.probe.Measurements;
import refrain.probe.ProbeSuite;
import refrain.probe.TokenPool;
import refrain.store.MetricsRow;

/** The measures of a run, written into the rows of its metrics. */
final class RunProbe {
  /** Share of the vocabulary at each end of the order by frequency that counts as extreme. */
  private static final double EXTREMES = 0.05;

  private static final int COUNTED_AT_ONCE = 1 << 20;

  private final RunSpec spec;
  private final ProbeSuite suite;

  RunProbe(RunSpec spec, DataSource data) {
    this.spec = spec;
    this.suite =
        new ProbeSuite(
            spec.model(),
            spec.probing().measures(),
            data.evaluation(spec.seeds().evaluation(), spec.probing().sequences(), spec.context()),
            pool(data));
  }

  /** Random tokens of text leave out the start token and, as in the paper, the extremes. */
  private static TokenPool pool(DataSource data) {
    if (!(data instanceof TextSource text)) {
      return TokenPool.all(data.vocab());
    }
    long[] counts = new long[text.vocab()];
    for (int from = 0; from < text.trainTokens(); from += COUNTED_AT_ONCE) {
      int to = Math.min(text.trainTokens(), from + COUNTED_AT_ONCE);
      for (int token : text.train(from, to)) {
        counts[token]++;
      }
    }
    return TokenPool.byFrequency(counts, EXTREMES).withStart(text.tokenizer().endOfText());
  }

  /** Adds what the suite measures to the row of this state. */
  void measure(Transformer engine, Parameters parameters, MetricsRow row) {
    boolean thorough = spec.probing().thorough((int) row.step(), spec.steps());
    Measurements found = suite.measure(engine, parameters, thorough ? Depth.THOROUGH : Depth.CHEAP);
    found.values().forEach(row::put);
    found.series().forEach(row::put);
  }
}
