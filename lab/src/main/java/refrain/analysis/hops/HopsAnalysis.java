package refrain.analysis.hops;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.data.KHop;
import refrain.stats.Crossing;

/**
 * How many hops a model goes on {@link KHop}, which layer reads which, and through which inputs.
 * Empty for runs on other data.
 */
public final class HopsAnalysis extends Analysis {
  static final Declarations ALL = new Declarations("this project; Sanford, Hsu and Telgarsky 2024");

  /** About 4,000 tokens are enough for shares within .03. */
  private static final int SEQUENCES = 256;

  /** What is kept of every edge of every layer grows with this. */
  private static final int ON_EDGES = 32;

  private static final List<Integer> HOPS =
      IntStream.rangeClosed(0, HopSwaps.MOST).boxed().toList();

  private static final Quantity ACCURACY_ERROR =
      ALL.probability("hop.accuracy.error", "standard error of hop.accuracy")
          .is("sqrt(p (1 - p) / places)");
  private static final Quantity ACCURACY =
      ALL.probability("hop.accuracy", "answers right")
          .error(ACCURACY_ERROR)
          .is(
              "share of places of 256 evaluation sequences where the most likely token is the one k"
                  + " hops away; places: positions at which the tokens 0 to k hops away all exist and"
                  + " differ");
  private static final Quantity LOSS =
      ALL.nats("hop.loss", "loss on the answer")
          .is("mean of -ln p(token k hops away), same places");
  private static final Family<Integer, Quantity> READS =
      Family.of(
          HOPS,
          hop ->
              ALL.probability("hop.reads." + hop, "answers " + hop + " hops away")
                  .is(
                      "share of the same places where the most likely token is the one so many hops away"));
  private static final Quantity STEP =
      ALL.steps("hop.step", "step at which half of the answers are right")
          .is(
              "hop.accuracy at the checkpoints reaches .5 from below for three in a row, on the line"
                  + " from the one before; NaN: never");
  private static final SeriesQuantity STEPS = ALL.axis("curve.hop.steps", "of the checkpoints");
  private static final SeriesQuantity CURVE =
      ALL.series("curve.hop", "answers right over training", "probability")
          .is("hop.accuracy at each checkpoint");

  public HopsAnalysis() {
    super(AnalysisKind.HOPS, 1, ALL, HopErrors.ALL, HopSwaps.ALL, HopEdges.ALL);
  }

  @Override
  public Findings of(Subject run) {
    if (!(run.spec().data() instanceof KHop language)) {
      return new Findings();
    }
    Asked asked = Asked.of(run.evaluation(SEQUENCES).tokens(), language.vocab(), language.hops());
    double[] steps = Arrays.stream(run.states()).mapToDouble(step -> step).toArray();
    List<ModelState> states = Arrays.stream(run.states()).mapToObj(run::state).toList();
    double[] curve =
        states.stream().mapToDouble(state -> accuracy(state, asked, language.hops())).toArray();
    long seed = run.spec().seeds().evaluation();
    return of(run.last(), asked, language, seed)
        .putAll(HopSwaps.overTraining(states, asked.oneEach(), language.hops(), seed))
        .put(STEP, Crossing.above(steps, curve, 0.5))
        .put(STEPS, steps)
        .put(CURVE, curve);
  }

  /** The findings of one state. */
  static Findings of(ModelState model, Asked asked, KHop language, long seed) {
    int hops = language.hops();
    Findings found = new Findings();
    if (asked.isEmpty()) {
      return found;
    }
    float[][] logits = Answering.logits(model, asked, model.plan(asked.batch(), List.of()));
    int n = logits.length;
    for (int hop = 0; hop <= Math.min(hops, HopSwaps.MOST); hop++) {
      found.put(READS.of(hop), share(logits, asked, hop));
    }
    double right = share(logits, asked, hops);
    double loss = 0;
    for (int i = 0; i < n; i++) {
      loss += Answering.loss(logits[i], asked.token(asked.places().get(i), hops)) / n;
    }
    int[][] few = Arrays.copyOf(asked.tokens(), Math.min(ON_EDGES, asked.tokens().length));
    return found
        .put(ACCURACY, right)
        .put(ACCURACY_ERROR, Math.sqrt(right * (1 - right) / n))
        .put(LOSS, loss)
        .putAll(
            HopErrors.of(
                asked, Arrays.stream(logits).mapToInt(Answering::best).toArray(), language.vocab()))
        .putAll(HopSwaps.of(model, asked.oneEach(), hops, right, seed))
        .putAll(HopEdges.of(model, Asked.of(few, language.vocab(), hops), right));
  }

  private static double accuracy(ModelState model, Asked asked, int hops) {
    return share(Answering.logits(model, asked, model.plan(asked.batch(), List.of())), asked, hops);
  }

  private static double share(float[][] logits, Asked asked, int hop) {
    long right =
        IntStream.range(0, logits.length)
            .filter(i -> Answering.best(logits[i]) == asked.token(asked.places().get(i), hop))
            .count();
    return (double) right / logits.length;
  }
}
