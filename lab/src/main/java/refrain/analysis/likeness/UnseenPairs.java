package refrain.analysis.likeness;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.data.Rng;
import refrain.data.Translations;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.RepeatedSequences;

/**
 * Translation of words between two languages that a model never saw them translated between, after
 * pairs of other words that say which languages are meant; and by which heads.
 */
final class UnseenPairs {
  static final Declarations ALL = new Declarations("this project; Olsson et al. 2022, Argument 4");

  private static final int SEQUENCES = 256;
  private static final int SHOTS = 8;
  private static final long SEED = 53;

  private static final String SHOWN =
      "share of samples in which the right translation is the most likely token, after 8 pairs"
          + " between languages 0 and 1";
  private static final Quantity SEEN =
      ALL.probability("translation.seen", "accuracy, pairs that training had").is(SHOWN);
  private static final Quantity UNSEEN =
      ALL.probability("translation.unseen", "accuracy, pairs that training never had").is(SHOWN);
  private static final Quantity WORD =
      ALL.probability("translation.unseen.word", "accuracy of the unseen word in any language")
          .is(
              "share of samples whose most likely token is the word that asks, in another language,"
                  + " after 8 pairs");
  private static final Quantity ZERO =
      ALL.probability("translation.zero", "accuracy without pairs before it")
          .is("translation.unseen with the word alone");
  private static final Quantity GAIN =
      ALL.nats("translation.gain", "what the pairs before give an unseen one")
          .is("mean log probability of the right translation after 8 pairs - without any");
  private static final Quantity REMOVED =
      ALL.pure(
              "translation.removed",
              "share of the gain of unseen pairs removed with the literal heads")
          .is(
              "1 - translation.gain with heads zeroed under clean patterns / intact; "
                  + LiteralHeads.HALF_OF);
  private static final Quantity REMOVED_OTHERS =
      ALL.pure(
              "translation.removed.others",
              "share of the gain of unseen pairs removed with the other heads of the layer")
          .is("translation.removed of the layer's other half");
  private static final Quantity RANKS =
      ALL.pure("translation.ranks", "rank correlation of the heads' effects on unseen pairs")
          .is(
              "Spearman's, over all heads: what copying of repeated random tokens loses without"
                  + " each, and what translation.gain does");
  private static final Quantity MOST_PM =
      ALL.probability("translation.most.pm", "prefix matching of the head that unseen pairs need")
          .is("of the head without which translation.gain falls most");
  private static final Quantity MOST_LAYER =
      ALL.number("translation.most.layer", "layer of the head that unseen pairs need", "layer")
          .is("of the same head, from 0");

  private final Translations language;
  private final ModelState model;
  private final int shots;
  private final int[] words = new int[SEQUENCES];
  private final int[][] seen = new int[SEQUENCES][];
  private final int[][] unseen = new int[SEQUENCES][];
  private final int[][] alone = new int[SEQUENCES][];

  UnseenPairs(Translations language, ModelState model) {
    this.language = language;
    this.model = model;
    this.shots = Math.min(SHOTS, Math.min(language.seen() - 1, (model.context() - 1) / 2));
    Rng rng = Rng.of(SEED).split("unseen pairs");
    for (int s = 0; s < SEQUENCES; s++) {
      int from = s % 2;
      int[] order = rng.sample(language.seen(), shots + 1);
      words[s] = language.seen() + rng.nextInt(language.unseen());
      seen[s] = sequence(order, from);
      order[shots] = words[s];
      unseen[s] = sequence(order, from);
      alone[s] = Arrays.copyOfRange(unseen[s], 2 * shots, 2 * shots + 2);
    }
  }

  private int[] sequence(int[] order, int from) {
    int[] x = new int[2 * order.length];
    Arrays.setAll(x, t -> language.token(order[t / 2], t % 2 == 0 ? from : 1 - from));
    return x;
  }

  static Findings of(
      Translations language, ModelState model, RepeatedSequences repeated, long seed) {
    return new UnseenPairs(language, model).of(LiteralHeads.of(model, repeated, seed));
  }

  private Findings of(LiteralHeads literal) {
    QueryReadings r = read(unseen, List.of());
    double gain = gain(List.of());
    Map<HeadId, Double> lost = LiteralHeads.lost(model, off -> gain - gain(off));
    HeadId most = LiteralHeads.most(lost);
    return new Findings()
        .put(SEEN, accuracy(seen, read(seen, List.of())))
        .put(UNSEEN, accuracy(unseen, r))
        .put(WORD, r.mean((s, q) -> isWord(r.predicted(s, q), s) ? 1 : 0))
        .put(ZERO, accuracy(alone, read(alone, List.of())))
        .put(GAIN, gain)
        .put(REMOVED, 1 - gain(literal.without(literal.best())) / gain)
        .put(REMOVED_OTHERS, 1 - gain(literal.without(literal.others())) / gain)
        .put(RANKS, literal.ranks(lost))
        .put(MOST_PM, LiteralHeads.value(literal.scores(), most))
        .put(MOST_LAYER, most.layer());
  }

  private boolean isWord(int token, int s) {
    return token % language.words() == words[s] && token != last(unseen, s, 2);
  }

  /** The token so far from the end of a sequence: 1 is the translation, 2 what asks for it. */
  private static int last(int[][] tokens, int s, int back) {
    return tokens[s][tokens[s].length - back];
  }

  private QueryReadings read(int[][] tokens, List<Intervention> off) {
    return model.read(tokens, QueryReadings.oneEach(SEQUENCES, tokens[0].length - 2), off);
  }

  private static double accuracy(int[][] tokens, QueryReadings r) {
    return r.mean((s, q) -> r.predicted(s, q) == last(tokens, s, 1) ? 1 : 0);
  }

  private double gain(List<Intervention> off) {
    return logProbability(unseen, off) - logProbability(alone, off);
  }

  private double logProbability(int[][] tokens, List<Intervention> off) {
    QueryReadings r = read(tokens, off);
    return r.mean((s, q) -> r.logProbability(s, q, token -> token == last(tokens, s, 1)));
  }
}
