package refrain.analysis;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import refrain.data.BigramRestarts;
import refrain.model.HeadId;
import refrain.probe.Definition;

/**
 * Distance from n-gram tables over training, and what lies beyond them. On the bigram language all
 * parts; on other data only the distances, which need nothing but the metrics.
 */
final class NGramAnalysis implements Analysis {
  @Override
  public int version() {
    return 5;
  }

  @Override
  public List<Definition> definitions() {
    return Stream.of(
            NgramStages.definitions(),
            NovelNgrams.definitions(),
            BigramHome.definitions(),
            PartsWithoutHeads.definitions())
        .flatMap(List::stream)
        .toList();
  }

  @Override
  public Findings of(Subject run) {
    Findings out = new Findings();
    NgramStages.report(run.metrics(), out);
    if (run.spec().data() instanceof BigramRestarts language && run.steps().length > 0) {
      long steps = run.curves().steps()[run.curves().last()];
      TrainingStream stream = TrainingStream.of(run.spec(), run.data(), steps);
      Map<String, TwiceSequences> sets = NovelNgrams.sets(language, stream, run.spec().context());
      List<HeadId> heads = InductionSet.of(run.metrics(), run.model()).heads();
      NovelNgrams.report(run, stream, sets, out);
      BigramHome.report(run, language, heads, out);
      PartsWithoutHeads.report(run, language, requireNonNull(sets.get("language")), heads, out);
    }
    return out;
  }
}
