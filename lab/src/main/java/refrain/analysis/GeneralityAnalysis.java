package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import refrain.data.CategoryTask;
import refrain.data.Families;
import refrain.data.WordPairs;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.TokenPool;

/**
 * Matching of similar tokens, categories and word pairs (Argument 4). What is measured depends on
 * the language that the run learnt; the induction heads are found on repeated random tokens and
 * then watched on what the language asks.
 */
final class GeneralityAnalysis implements Analysis {
  /** Sequences of repeated random tokens that heads are found on. */
  private static final int EXAMPLES = 20;

  @Override
  public int version() {
    return 3;
  }

  @Override
  public List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    all.add(
        define(
            "generality.heads",
            "induction heads",
            "1",
            "heads whose prefix-matching score is at least .2 and three times uniform attention's"));
    all.add(
        define(
            "generality.copying",
            "copying of repeated random tokens",
            "nats",
            "mean loss of the first block minus that of later ones"));
    all.add(
        define(
            "generality.copying.removed",
            "share of the copying of repeated random tokens that ablating the induction heads"
                + " removes",
            "1",
            "1 - generality.copying with the induction heads zeroed under clean patterns / intact"));
    all.add(
        define(
            "generality.copying.removed.random",
            "the same for random sets of as many other heads",
            "1",
            "mean over 10 random sets"));
    all.addAll(FuzzyMatching.definitions());
    all.addAll(NoisyEmbeddings.definitions());
    all.addAll(CategoryAttention.definitions());
    all.addAll(FewShot.definitions());
    return all;
  }

  private static Definition define(String key, String title, String unit, String formula) {
    return new Definition(key, title, unit, Better.NEITHER, formula, "Olsson et al. 2022");
  }

  @Override
  public Findings of(Subject run) {
    ModelReader model = ModelReader.of(run);
    int context = run.model().nCtx();
    MatchingHeads heads =
        new MatchingHeads(
            model, TokenPool.of(run.data()), run.spec().probing().measures().seed(), EXAMPLES);
    double copying = heads.copying(model, List.of());
    Findings found =
        new Findings()
            .put("generality.heads", heads.formed() ? heads.heads().size() : 0)
            .put("generality.copying", copying)
            .put(
                "generality.copying.removed",
                1 - heads.copying(model, MatchingHeads.ablation(heads.heads())) / copying)
            .put(
                "generality.copying.removed.random",
                heads.overRandomSets(set -> 1 - heads.copying(model, set) / copying));
    switch (run.spec().data()) {
      case Families families -> {
        found.putAll(new FuzzyMatching(families, context).of(model, heads));
        found.putAll(noisy(run, model, heads));
      }
      case CategoryTask task ->
          found.putAll(
              new CategoryAttention(task, context).of(model, model.with(run.parameters(0)), heads));
      case WordPairs pairs -> found.putAll(new FewShot(pairs, context).of(model, heads));
      default -> found.putAll(noisy(run, model, heads));
    }
    return found;
  }

  private static Findings noisy(Subject run, ModelReader model, MatchingHeads heads) {
    return new NoisyEmbeddings(run.spec().data(), run.model().dVocab(), run.model().nCtx())
        .of(model, heads);
  }
}
