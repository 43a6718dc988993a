package refrain.analysis;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.NormTreatment;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.train.Formation;

/**
 * The induction heads of a model, found as everywhere by prefix matching on repeated random tokens:
 * those that pass the bar of {@link Formation}. They are found on one kind of sequence and then
 * watched on another.
 */
final class MatchingHeads {
  /** Random sets that the induction heads are compared with, each of their size. */
  private static final int RANDOM_SETS = 10;

  private final Map<HeadId, Double> scores = new LinkedHashMap<>();
  private final List<HeadId> heads;
  private final HeadId best;
  private final RepeatedSequences repeated;

  /**
   * Finds the heads.
   *
   * @param pool what random tokens are drawn from
   * @param seed of the draw
   * @param examples of repeated random tokens
   */
  MatchingHeads(ModelReader model, TokenPool pool, long seed, int examples) {
    ProbeSpec probe =
        new ProbeSpec(
            null, seed, examples, 1, NormTreatment.FOLDED, 1, List.of(MeasureKind.PREFIX_MATCHING));
    this.repeated = RepeatedSequences.draw(pool, seed, examples, model.parameters().spec().nCtx());
    ProbeSuite suite = new ProbeSuite(model.parameters().spec(), probe, repeated.batch(), pool);
    Measurements found =
        suite.measure(
            model.engine(),
            model.parameters(),
            batch -> model.plan(batch, List.of()),
            MeasureKind.Depth.CHEAP);
    for (HeadId head : HeadId.all(model.parameters().spec())) {
      scores.put(head, found.value("pm." + head));
    }
    this.best = first(scores::get);
    double bar =
        Math.max(Formation.DEFAULT.threshold(), Formation.TIMES_CHANCE * found.value("pm.uniform"));
    this.heads = scores.keySet().stream().filter(h -> score(h) >= bar).toList();
  }

  /** Whether any head passed the bar. */
  boolean formed() {
    return !heads.isEmpty();
  }

  /** The heads that passed the bar; where none did, the one that came nearest. */
  List<HeadId> heads() {
    return formed() ? heads : List.of(best);
  }

  /** A head's prefix-matching score. */
  double score(HeadId head) {
    return requireNonNull(scores.get(head));
  }

  /** The head for which a number is largest, the first of several. */
  HeadId first(ToDoubleFunction<HeadId> number) {
    return scores.keySet().stream()
        .max(
            Comparator.comparingDouble(number)
                .thenComparing(h -> -h.layer())
                .thenComparing(h -> -h.head()))
        .orElseThrow();
  }

  /** Sets of as many other heads as there are induction heads, or of all others where fewer. */
  List<List<HeadId>> randomSets() {
    List<HeadId> others = scores.keySet().stream().filter(h -> !heads().contains(h)).toList();
    int size = Math.min(heads().size(), others.size());
    Rng rng = Rng.of(4).split("random sets");
    List<List<HeadId>> sets = new ArrayList<>();
    for (int i = 0; i < RANDOM_SETS && size > 0; i++) {
      int[] drawn = rng.sample(others.size(), size);
      List<HeadId> set = new ArrayList<>();
      for (int d : drawn) {
        set.add(others.get(d));
      }
      sets.add(set);
    }
    return sets;
  }

  /** The pattern-preserving zero ablation of some heads (Olsson et al. 2022, Argument 3). */
  static List<Intervention> ablation(List<HeadId> set) {
    List<Intervention> all = new ArrayList<>();
    set.forEach(head -> all.add(Intervention.zero(Site.of(head))));
    all.add(new Intervention.FreezePatterns(List.of(), Source.CLEAN));
    return all;
  }

  /** A number under the ablation of each random set, the mean; NaN where there is no other head. */
  double overRandomSets(ToDoubleFunction<List<Intervention>> number) {
    return randomSets().stream()
        .mapToDouble(set -> number.applyAsDouble(ablation(set)))
        .average()
        .orElse(Double.NaN);
  }

  /**
   * How much less is lost on repeated random tokens from the second block on, nats: what the model
   * gains by copying.
   */
  double copying(ModelReader model, List<Intervention> more) {
    Batch batch = repeated.batch();
    double first = 0;
    double again = 0;
    for (float[] losses : model.losses(batch, more)) {
      first += mean(losses, 0, repeated.block());
      again += mean(losses, repeated.block() + 1, losses.length);
    }
    return (first - again) / batch.size();
  }

  private static double mean(float[] losses, int from, int to) {
    double sum = 0;
    for (int t = from; t < to; t++) {
      sum += losses[t];
    }
    return sum / (to - from);
  }
}
