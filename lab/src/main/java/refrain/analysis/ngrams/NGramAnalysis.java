package refrain.analysis.ngrams;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.data.BigramRestarts;
import refrain.model.HeadId;

/**
 * Distance from the true n-gram tables over training, and what lies beyond them. On the bigram
 * language, whose tables are known; on other data there is nothing to find.
 */
public final class NGramAnalysis extends Analysis {
  public NGramAnalysis() {
    super(
        AnalysisKind.N_GRAMS,
        6,
        NgramStages.ALL,
        NovelNgrams.ALL,
        BigramHome.ALL,
        PartsWithoutHeads.ALL);
  }

  @Override
  public Findings of(Subject run) {
    BigramRestarts language = run.spec().data() instanceof BigramRestarts r ? r : null;
    Findings out = NgramStages.of(run, language);
    if (language != null && run.steps().length > 0) {
      long steps = run.curves().steps()[run.curves().last()];
      TrainingStream stream = TrainingStream.of(run.spec(), run.data(), steps);
      Map<String, TwiceSequences> sets = NovelNgrams.sets(language, stream, run.spec().context());
      List<HeadId> heads = Heads.of(run.metrics(), run.model()).matching();
      TwiceSequences walks = requireNonNull(sets.get("language"));
      out.putAll(NovelNgrams.of(run, stream, sets))
          .putAll(BigramHome.of(run, language, heads))
          .putAll(PartsWithoutHeads.of(run, language, walks, heads));
    }
    return out;
  }
}
