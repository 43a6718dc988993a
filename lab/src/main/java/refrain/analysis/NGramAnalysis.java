package refrain.analysis;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import refrain.data.BigramRestarts;
import refrain.intervene.HeadId;
import refrain.probe.Definition;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Metrics;

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
      List<HeadId> heads = inductionHeads(run);
      NovelNgrams.report(run, stream, sets, out);
      BigramHome.report(run, language, heads, out);
      PartsWithoutHeads.report(run, language, requireNonNull(sets.get("language")), heads, out);
    }
    return out;
  }

  /** Heads whose prefix-matching score at the last probe is that of formed heads. */
  static List<HeadId> inductionHeads(Subject run) {
    MetricsRow last =
        run.metrics().rows().stream()
            .filter(row -> row.values().containsKey(Metrics.ICL))
            .reduce((a, b) -> b)
            .orElseThrow();
    double bar =
        Math.max(
            Formation.DEFAULT.threshold(),
            Formation.TIMES_CHANCE * last.value(Metrics.PREFIX_MATCHING_CHANCE));
    List<HeadId> heads = new ArrayList<>();
    for (HeadId head : HeadId.all(run.model())) {
      if (last.value("pm.L" + head.layer() + "H" + head.head()) >= bar) {
        heads.add(head);
      }
    }
    return heads;
  }
}
