package refrain.analysis.explore;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Measured;
import refrain.analysis.OnDisk;
import refrain.analysis.instrument.IclReading;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.Change;
import refrain.analysis.measure.InterventionWords;
import refrain.analysis.measure.Placebo;
import refrain.analysis.measure.Removal;
import refrain.analysis.measure.Retarget;
import refrain.analysis.measure.Verdict;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.TokenNames;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.intervene.SharedPass;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.View;

/**
 * What a model in one state makes of one text, as it is and under interventions, and beside that
 * the placebo: the same interventions on as many other heads of the same layers.
 *
 * @param step updates done
 * @param tokens those that are read, and behind them the one that follows, where it is known
 * @param names of the tokens
 * @param positions T, how many are read
 * @param before [T] loss of predicting token t + 1 from 0..t, nats; NaN where that is not known
 * @param after the same under the interventions
 * @param others [T] the mean of the same over the sets of the placebo; empty: there is none
 * @param change of the mean loss and of the ICL score of this text, after minus before, nats; an
 *     ICL score that the text is too short for is NaN
 * @param icl the text's ICL score as the model is, nats; NaN where the text is too short
 * @param position whose next token is shown
 * @param next the likeliest tokens there before and after, the chosen ones and the one that
 *     follows, by probability before
 * @param placebo the same on other heads, on this text
 * @param rank of the change of the loss among those of the placebo, 1: none of theirs is larger;
 *     null: there is no placebo
 * @param interventions those that were made, in words; an oracle is called one
 * @param oracle whether one of them is told where to act by the tokens
 * @param notes what could not be had or was done beside, a sentence each
 * @param patterns [head][T (T + 1) / 2] attention, row by row of the lower triangle: before
 * @param patternsAfter the same under the interventions
 */
public record Pass(
    long step,
    int[] tokens,
    List<String> names,
    int positions,
    float[] before,
    float[] after,
    float[] others,
    Removal change,
    double icl,
    int position,
    List<Next> next,
    Placebo placebo,
    @Nullable Integer rank,
    List<String> interventions,
    boolean oracle,
    List<String> notes,
    @JsonIgnore float[][] patterns,
    @JsonIgnore float[][] patternsAfter) {

  /** Sequences of the evaluation set beside a text whose means or resampled values are wanted. */
  private static final int BESIDE = 31;

  /** Tokens that can be chosen at once. */
  private static final int MOST_CHOSEN = 100;

  private static final int MOST_TOP = 1000;

  /**
   * What is asked.
   *
   * @param text to read
   * @param interventions to make, none: before and after are the same
   * @param position whose next token is shown; null: the last one
   * @param top how many of the likeliest tokens
   * @param chosen tokens to show beside them
   * @param placebos sets of other heads at most: all there are, or so many different ones drawn by
   *     a fixed seed
   */
  public record Asked(
      AskedText text,
      @Default("[]") List<Intervention> interventions,
      @Default("null") @Nullable Integer position,
      @Default("10") int top,
      @Default("[]") List<Integer> chosen,
      @Default("12") int placebos) {
    public Asked {
      interventions = List.copyOf(interventions);
      chosen = List.copyOf(chosen);
      RefrainException.require(
          top >= 1 && top <= MOST_TOP, "top is %s, expected 1 to %s", top, MOST_TOP);
      RefrainException.require(
          chosen.size() <= MOST_CHOSEN,
          "chosen: has %s tokens, expected at most %s",
          chosen.size(),
          MOST_CHOSEN);
      RefrainException.require(
          placebos >= 0 && placebos <= Placebo.MOST,
          "placebos is %s, expected 0 to %s",
          placebos,
          Placebo.MOST);
    }

    /** The last position, ten likeliest tokens. */
    public Asked(AskedText text, List<Intervention> interventions) {
      this(text, interventions, null, 10, List.of(), 12);
    }
  }

  /**
   * One token that may come next.
   *
   * @param token its id
   * @param name what it is called
   * @param follows whether it is the one that does
   * @param before its probability as the model is
   * @param after under the interventions
   * @param placebo under each set of the placebo
   */
  public record Next(
      int token, String name, boolean follows, double before, double after, double[] placebo) {}

  /** What is kept of one pass over the text. */
  private record Seen(float[] losses, double[] probabilities, float[][] patterns) {}

  static Pass of(
      Measured run,
      TokenNames names,
      ModelState model,
      Map<HeadId, Verdict> verdicts,
      long step,
      Asked asked) {
    ModelSpec spec = model.spec();
    ReadText text = ReadText.of(run, asked.text());
    int position = position(asked, text);
    if (!asked.chosen().isEmpty()) {
      ReadText.checkTokens(run, asked.chosen(), "chosen");
    }
    Interventions.of(spec, asked.interventions()); // refuses what the model has not
    asked.interventions().forEach(Pass::checkSource);
    List<String> notes = new ArrayList<>();
    List<Intervention> on = Intervention.at((int) step, asked.interventions());
    asked.interventions().stream()
        .filter(off -> !on.contains(off))
        .forEach(off ->
            notes.add(InterventionWords.words(off) + " is off at step " + step + ": not made"));
    Retarget.Others others =
        on.isEmpty() || asked.placebos() == 0
            ? new Retarget.Others(
                List.of(), true, on.isEmpty() ? "nothing is changed" : "none was asked for")
            : Retarget.others(spec, on, asked.placebos());
    List<List<Intervention>> lists = new ArrayList<>(List.of(List.of(), on));
    others.sets().forEach(other -> lists.add(Retarget.on(on, other)));
    boolean needsOthers = on.stream().anyMatch(Pass::needsOthers);
    if (needsOthers) {
      notes.add(
          "means and resampled values are of this text and "
              + BESIDE
              + " sequences of the evaluation set, cut to its length");
    }
    Batch batch = text.batch(run, needsOthers ? BESIDE : 0);
    SharedPass shared =
        SharedPass.of(
            model.engine(),
            model.parameters(),
            batch,
            model.own(),
            lists.stream().flatMap(List::stream).distinct().toList(),
            model.donors());
    List<Seen> seen = new ArrayList<>();
    for (int k = 0; k < lists.size(); k++) {
      Plan plan = k == 0 ? shared.own() : shared.own().then(shared.plan(lists.get(k)));
      seen.add(
          k == 1 && on.isEmpty() ? seen.getFirst() : see(model, batch, plan, text, position, k));
    }
    Seen before = seen.get(0);
    Seen after = seen.get(1);
    boolean whole = text.positions() == run.context() && text.hasTarget(text.positions() - 1);
    if (!whole && !(run instanceof OnDisk)) {
      notes.add(
          "an ICL score needs a text of all "
              + run.context()
              + " positions and the token behind them");
    }
    Removal change = change(run, whole, before, after, text);
    Placebo placebo =
        others.none().isEmpty()
            ? new Placebo(
                IntStream.range(0, others.sets().size())
                    .mapToObj(k ->
                        Placebo.Set.of(
                            List.copyOf(others.sets().get(k).values()),
                            verdicts,
                            change(run, whole, before, seen.get(k + 2), text)))
                    .toList(),
                others.all(),
                "")
            : Placebo.none(others.none());
    return new Pass(
        step,
        text.tokens(),
        Arrays.stream(text.tokens()).mapToObj(names::name).toList(),
        text.positions(),
        before.losses,
        after.losses,
        mean(seen.subList(2, seen.size())),
        change,
        whole ? icl(run, before) : Double.NaN,
        position,
        next(asked, names, text, position, seen),
        placebo,
        placebo.summary(change, c -> c.loss().mean(), true).map(Placebo.Summary::rank).orElse(null),
        on.stream().map(InterventionWords::words).toList(),
        on.stream().anyMatch(Intervention::isOracle),
        notes,
        before.patterns,
        after.patterns);
  }

  private static int position(Asked asked, ReadText text) {
    Integer position = asked.position();
    int at = position == null ? text.positions() - 1 : position;
    RefrainException.require(
        at >= 0 && at < text.positions(),
        "position is %s, expected 0 to %s",
        at,
        text.positions() - 1);
    return at;
  }

  private static boolean needsOthers(Intervention intervention) {
    return intervention.takes() instanceof Source.Mean
        || intervention.takes() instanceof Source.Resample;
  }

  /** A name in a question must not lead to files. */
  static void checkSource(Intervention intervention) {
    Source source = intervention.takes();
    RefrainException.require(
        !(source instanceof Source.Input || source instanceof Source.Checkpoint),
        "%s: takes its values from another text or model; expected zero, mean, clean or resample as"
            + " the source",
        InterventionWords.words(intervention));
  }

  private static Removal change(
      Measured run, boolean whole, Seen before, Seen after, ReadText text) {
    double[] losses = {mean(before, text), mean(after, text)};
    double[] icl = {whole ? icl(run, before) : Double.NaN, whole ? icl(run, after) : Double.NaN};
    return new Removal(single(losses), single(icl));
  }

  /** One sequence has no standard error. */
  private static Change single(double[] pair) {
    return Change.between(new double[] {pair[0]}, new double[] {pair[1]});
  }

  private static double mean(Seen seen, ReadText text) {
    return IntStream.range(0, text.positions())
        .filter(text::hasTarget)
        .mapToDouble(t -> seen.losses[t])
        .average()
        .orElse(Double.NaN);
  }

  /** At each position; empty of none. */
  private static float[] mean(List<Seen> sets) {
    float[] mean = new float[sets.isEmpty() ? 0 : sets.getFirst().losses.length];
    for (int t = 0; t < mean.length; t++) {
      double sum = 0;
      for (Seen set : sets) {
        sum += set.losses[t];
      }
      mean[t] = (float) (sum / sets.size());
    }
    return mean;
  }

  private static double icl(Measured run, Seen seen) {
    return IclReading.of(new float[][] {seen.losses}, run.iclIndices()).icl();
  }

  /**
   * @param k which of the passes; of the first two the patterns are kept
   */
  private static Seen see(
      ModelState model, Batch batch, Plan plan, ReadText text, int position, int k) {
    ModelSpec spec = model.spec();
    float[][] patterns = new float[k < 2 ? spec.nLayers() * spec.nHeads() : 0][];
    double[] probabilities = new double[spec.dVocab()];
    Set<HookPoint> points = new LinkedHashSet<>(Set.of(HookPoint.of(HookKind.LOGITS)));
    for (int layer = 0; layer < spec.nLayers() && k < 2; layer++) {
      points.add(HookPoint.of(HookKind.PATTERN, layer));
    }
    float[][] losses =
        model.losses(
            batch,
            plan,
            Observer.of(
                points,
                (sequence, point, view) -> {
                  if (sequence > 0) {
                    return;
                  }
                  if (point.kind() == HookKind.LOGITS) {
                    softmax(view.toArray(), position * spec.dVocab(), probabilities);
                  } else {
                    triangles(view, point.layer() * spec.nHeads(), patterns);
                  }
                }));
    float[] own = losses[0].clone();
    for (int t = 0; t < own.length; t++) {
      own[t] = text.hasTarget(t) ? own[t] : Float.NaN;
    }
    return new Seen(own, probabilities, patterns);
  }

  /** The probabilities that some logits of an array give. */
  static void softmax(float[] logits, int from, double[] into) {
    double most = Double.NEGATIVE_INFINITY;
    for (int v = 0; v < into.length; v++) {
      most = Math.max(most, logits[from + v]);
    }
    double sum = 0;
    for (int v = 0; v < into.length; v++) {
      into[v] = Math.exp(logits[from + v] - most);
      sum += into[v];
    }
    for (int v = 0; v < into.length; v++) {
      into[v] /= sum;
    }
  }

  /** Of all heads of a layer, [head, T, T]. */
  private static void triangles(View view, int firstHead, float[][] into) {
    float[] all = view.toArray();
    int heads = view.shape()[0];
    int n = view.shape()[1];
    for (int h = 0; h < heads; h++) {
      float[] triangle = new float[n * (n + 1) / 2];
      for (int query = 0; query < n; query++) {
        System.arraycopy(all, (h * n + query) * n, triangle, query * (query + 1) / 2, query + 1);
      }
      into[firstHead + h] = triangle;
    }
  }

  private static List<Next> next(
      Asked asked, TokenNames names, ReadText text, int position, List<Seen> seen) {
    int follows = text.hasTarget(position) ? text.tokens()[position + 1] : -1;
    double[] before = seen.get(0).probabilities;
    double[] after = seen.get(1).probabilities;
    return Stream.of(
            top(before, asked.top()),
            top(after, asked.top()),
            asked.chosen(),
            follows < 0 ? List.<Integer>of() : List.of(follows))
        .flatMap(List::stream)
        .distinct()
        .sorted(Comparator.comparingDouble((Integer t) -> -before[t]).thenComparing(t -> t))
        .map(token ->
            new Next(
                token,
                names.name(token),
                token == follows,
                before[token],
                after[token],
                seen.stream().skip(2).mapToDouble(other -> other.probabilities[token]).toArray()))
        .toList();
  }

  /** The indices of the largest numbers, largest first; of equal ones the lower index. */
  static List<Integer> top(double[] values, int count) {
    Comparator<Integer> order =
        Comparator.comparingDouble((Integer i) -> values[i]).thenComparing(i -> -i);
    PriorityQueue<Integer> most = new PriorityQueue<>(order);
    for (int i = 0; i < values.length; i++) {
      if (most.size() < count || values[i] > values[most.element()]) {
        most.add(i);
      }
      if (most.size() > count) {
        most.remove();
      }
    }
    return most.stream().sorted(order.reversed()).toList();
  }

  /**
   * Attention as bytes for a film: round(255 sqrt(p)), head after head.
   *
   * @param intervened whether under the interventions
   * @param heads by their places among all
   */
  public byte[] patternBytes(boolean intervened, int... heads) {
    float[][] from = intervened ? patternsAfter : patterns;
    byte[] bytes = new byte[heads.length * positions * (positions + 1) / 2];
    int at = 0;
    for (int head : heads) {
      for (float p : from[head]) {
        bytes[at++] = (byte) Math.round(255 * Math.sqrt(Math.clamp(p, 0f, 1f)));
      }
    }
    return bytes;
  }
}
