package refrain.analysis.hops;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Plan;
import refrain.model.Recording;

/**
 * Which layer reads which hop: in one layer the values at the position that some hops lead to are
 * those that the model has there when it reads the same sequence with all tokens renamed. Whoever
 * passes on what stands there (its token, or what that position itself has retrieved) answers with
 * the renamed answer; all else of the pass, attention included, is the sequence's own.
 */
final class HopSwaps {
  static final Declarations ALL = new Declarations("this project; Geiger et al. 2021");

  /** Hops that are declared; of more, the nearest. */
  static final int MOST = 8;

  private static final List<Integer> HOPS = IntStream.rangeClosed(1, MOST).boxed().toList();

  private static final Family<Integer, Family<Integer, Quantity>> SWAP =
      declared(hop ->
          ALL.probability(
                  "hop.swap." + hop, "answers swapped with the values " + hop + " hops away")
              .ofEachLayer(
                  "share of one place a sequence where the most likely token becomes the renamed"
                      + " answer when the layer's values at the position so many hops away are"
                      + " those under renamed tokens (t -> t + c mod V, c drawn anew in each"
                      + " sequence); of places that were answered right"));
  private static final Family<Integer, Quantity> ELSEWHERE =
      ALL.probability("hop.swap.elsewhere", "answers moved by the values elsewhere")
          .ofEachLayer(
              "share of the same places where the most likely token is another than before when these"
                  + " values are swapped at a position drawn uniformly from those before it that no hop"
                  + " leads to");
  private static final Family<Integer, Quantity> LAYER =
      declared(hop ->
          ALL.number("hop.layer." + hop, "layer that reads " + hop + " hops away", "layer")
              .is(
                  "the layer from 1 on with the largest hop.swap."
                      + hop
                      + "; NaN: none reaches .5. Layer 0 has nothing to match with"));
  private static final Quantity PASSED =
      ALL.number("hop.passed", "hops that pass as values", "hops")
          .is("hops from 1 to k for which hop.layer exists");
  private static final Quantity JUMP =
      ALL.number("hop.jump", "most hops that a layer makes at once", "hops")
          .is(
              "the largest difference between neighbours among 0 and the hops from 1 to k for which"
                  + " hop.layer exists, if k is among them: 1 where each layer reads one hop away, 2"
                  + " where one reads what the token two hops away has retrieved; NaN: k is not among"
                  + " them, or fewer than half of the places are answered right");
  private static final Quantity CHAIN =
      ALL.pure("hop.chain", "one hop a layer")
          .is(
              "1 where hop.layer falls strictly from hop 1 to hop k and each exists, else 0; NaN:"
                  + " fewer than half of the places are answered right");

  private static final Quantity FAR =
      ALL.probability("hop.swap.far", "answers swapped with the values k hops away")
          .is("hop.swap.k in the layer from 1 on where it is largest");
  private static final Quantity FAR_ELSEWHERE =
      ALL.probability("hop.swap.far.elsewhere", "answers moved there by the values elsewhere")
          .is("hop.swap.elsewhere in the layer from 1 on where that is largest");

  private static final SeriesQuantity AT_FIRST =
      ALL.series("curve.hop.first", "answers swapped by layer 1, k hops away", "probability")
          .is(
              "share of one place a sequence that is answered right and becomes the renamed answer, as in"
                  + " hop.swap.k of layer 1, at each checkpoint: what it finds passes as a value."
                  + " Empty: fewer than three layers or two hops");
  private static final SeriesQuantity AT_LAST =
      ALL.series("curve.hop.last", "answers swapped by the last layer, k hops away", "probability")
          .is("the same of the last layer: it looks for what was found before");

  private HopSwaps() {}

  private static <Q> Family<Integer, Q> declared(Function<Integer, Q> of) {
    return Family.of(HOPS, of);
  }

  /**
   * @param asked one place a sequence
   * @param right the share of places that are answered right, of all
   */
  static Findings of(ModelState model, Asked asked, int hops, double right, long seed) {
    Findings found = new Findings();
    if (asked.isEmpty()) {
      return found;
    }
    Swap swap = new Swap(model, asked, seed);
    int layers = model.spec().nLayers();
    int far = Math.min(hops, MOST);
    double[][] share = new double[far + 1][layers];
    double[] elsewhere = new double[layers];
    for (int layer = 0; layer < layers; layer++) {
      for (int hop = 1; hop <= far; hop++) {
        int at = hop;
        share[hop][layer] = swap.renamed(layer, place -> place.path()[at]);
        found.put(SWAP.of(hop).of(layer), share[hop][layer]);
      }
      elsewhere[layer] = swap.movedElsewhere(layer);
      found.put(ELSEWHERE.of(layer), elsewhere[layer]);
    }
    return found
        .put(FAR, share[far][best(share[far])])
        .put(FAR_ELSEWHERE, elsewhere[best(elsewhere)])
        .putAll(order(share, right));
  }

  /** Which layer reads k hops away, over training. */
  static Findings overTraining(List<ModelState> states, Asked asked, int hops, long seed) {
    boolean several = hops > 1 && hops <= MOST && states.getFirst().spec().nLayers() > 2;
    if (!several || asked.isEmpty()) {
      return new Findings().put(AT_FIRST).put(AT_LAST);
    }
    double[] first = new double[states.size()];
    double[] last = new double[states.size()];
    for (int i = 0; i < first.length; i++) {
      ModelState model = states.get(i);
      Swap swap = new Swap(model, asked, seed);
      first[i] = swap.followed(1, place -> place.path()[hops]);
      last[i] = swap.followed(model.spec().nLayers() - 1, place -> place.path()[hops]);
    }
    return new Findings().put(AT_FIRST, first).put(AT_LAST, last);
  }

  /**
   * What the shares say of the order of layers.
   *
   * @param share of hops 1 to k, [hop, layer]
   */
  static Findings order(double[][] share, double right) {
    Findings found = new Findings();
    boolean falls = true;
    int passed = 0;
    int jump = 0;
    int farthest = 0;
    double before = Double.POSITIVE_INFINITY;
    for (int hop = 1; hop < share.length; hop++) {
      int best = best(share[hop]);
      boolean reads = share[hop][best] >= 0.5;
      if (reads) {
        passed++;
        jump = Math.max(jump, hop - farthest);
        farthest = hop;
      }
      falls &= reads && best < before;
      before = best;
      found.put(LAYER.of(hop), reads ? best : Double.NaN);
    }
    boolean answers = right >= 0.5;
    boolean whole = answers && farthest == share.length - 1;
    return found
        .put(PASSED, passed)
        .put(JUMP, whole ? jump : Double.NaN)
        .put(CHAIN, !answers ? Double.NaN : falls ? 1 : 0);
  }

  private static int best(double[] byLayer) {
    return IntStream.range(1, byLayer.length)
        .reduce((a, b) -> byLayer[b] > byLayer[a] ? b : a)
        .orElse(0);
  }

  /** The two readings of a batch, and passes between them. */
  private static final class Swap {
    private final ModelState model;
    private final Asked asked;
    private final Plan own;
    private final int[] shift;
    private final int[] elsewhere;
    private final int[] answer;
    private final float[][][] change;

    Swap(ModelState model, Asked asked, long seed) {
      this.model = model;
      this.asked = asked;
      this.own = model.plan(asked.batch(), List.of());
      Rng rng = Rng.of(seed).split("hop-swaps");
      int vocab = model.spec().dVocab();
      int n = asked.tokens().length;
      this.shift = IntStream.range(0, n).map(_ -> rng.nextInt(1, vocab)).toArray();
      this.elsewhere = new int[n];
      for (Asked.Place place : asked.places()) {
        elsewhere[place.sequence()] = offThePath(place, rng);
      }
      this.answer = answers(own);
      int[][] renamed = new int[n][];
      for (int s = 0; s < n; s++) {
        int by = shift[s];
        renamed[s] = Arrays.stream(asked.tokens()[s]).map(t -> (t + by) % vocab).toArray();
      }
      Batch other = Batch.of(renamed);
      Recording here = values(asked.batch(), own);
      Recording there = values(other, model.plan(other, List.of()));
      this.change = new float[model.spec().nLayers()][][];
      for (int layer = 0; layer < change.length; layer++) {
        HookPoint point = HookPoint.of(HookKind.V, layer);
        change[layer] = minus(there.at(point), here.at(point));
      }
    }

    /** A position before a place that no hop from it leads to; the place itself where all are. */
    private static int offThePath(Asked.Place place, Rng rng) {
      int[] others =
          IntStream.range(0, place.at())
              .filter(i -> Arrays.stream(place.path()).noneMatch(at -> at == i))
              .toArray();
      return others.length == 0 ? place.at() : others[rng.nextInt(others.length)];
    }

    private static float[][] minus(float[][] a, float[][] b) {
      float[][] out = new float[a.length][];
      for (int s = 0; s < a.length; s++) {
        out[s] = new float[a[s].length];
        for (int i = 0; i < out[s].length; i++) {
          out[s][i] = a[s][i] - b[s][i];
        }
      }
      return out;
    }

    private Recording values(Batch batch, Plan plan) {
      Recording seen = new Recording(batch.size());
      for (int layer = 0; layer < model.spec().nLayers(); layer++) {
        seen.want(HookPoint.of(HookKind.V, layer));
      }
      model.losses(batch, plan, seen);
      return seen;
    }

    private int[] answers(Plan plan) {
      return Arrays.stream(Answering.logits(model, asked, plan))
          .mapToInt(Answering::best)
          .toArray();
    }

    /** Answers with a layer's values swapped at one position of each sequence. */
    private int[] swapped(int layer, ToIntFunction<Asked.Place> at) {
      int context = asked.batch().context();
      float[][] by = new float[change[layer].length][change[layer][0].length];
      int width = by[0].length / context;
      for (Asked.Place place : asked.places()) {
        int from = at.applyAsInt(place) * width;
        int s = place.sequence();
        System.arraycopy(change[layer][s], from, by[s], from, width);
      }
      float[] asItIs = new float[context];
      Arrays.fill(asItIs, 1);
      Plan.OutputEdit edit =
          new Plan.OutputEdit(HookKind.V, layer, -1, asItIs, Plan.Values.each(by));
      return answers(own.then(new Plan(List.of(), List.of(), List.of(edit), List.of())));
    }

    private boolean right(int n) {
      Asked.Place place = asked.places().get(n);
      return answer[n] == asked.token(place, place.path().length - 1);
    }

    /** Of what is answered right. */
    double renamed(int layer, ToIntFunction<Asked.Place> at) {
      return share(follows(layer, at));
    }

    /** Of all places, those that are answered right and follow. */
    double followed(int layer, ToIntFunction<Asked.Place> at) {
      IntPredicate follows = follows(layer, at);
      long count = rightOnes().filter(follows).count();
      return (double) count / answer.length;
    }

    private IntPredicate follows(int layer, ToIntFunction<Asked.Place> at) {
      int[] now = swapped(layer, at);
      int vocab = model.spec().dVocab();
      return n -> now[n] == (answer[n] + shift[asked.places().get(n).sequence()]) % vocab;
    }

    double movedElsewhere(int layer) {
      int[] now = swapped(layer, place -> elsewhere[place.sequence()]);
      return share(n -> now[n] != answer[n]);
    }

    private double share(IntPredicate of) {
      return (double) rightOnes().filter(of).count() / rightOnes().count();
    }

    private IntStream rightOnes() {
      return IntStream.range(0, answer.length).filter(this::right);
    }
  }
}
