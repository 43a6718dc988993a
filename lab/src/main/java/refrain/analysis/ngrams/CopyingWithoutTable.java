package refrain.analysis.ngrams;

import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Writes;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.BigramTable;
import refrain.data.RelabelledBigrams;
import refrain.data.Rng;

/**
 * Copying of random tokens when the table's carriers write nothing but their mean, and copying of
 * tokens that never or hardly ever follow each other.
 */
final class CopyingWithoutTable {
  static final Declarations ALL = new Declarations("this project, against n-grams");

  private static final int SEQUENCES = 128;
  private static final long SEED = 18;

  /** Of the successors of each token, least likely first, those that rare blocks are made of. */
  private static final int RAREST = 8;

  private static final String TWICE =
      " of blocks of independent uniform tokens said twice, tokens from the third on, "
          + SEQUENCES
          + " sequences";

  private static final Quantity GAIN =
      ALL.nats("home.copy.gain", "what repetition gives on random tokens")
          .is("mean loss at the first saying minus that at the second" + TWICE);
  private static final Quantity AGAIN =
      ALL.nats("home.copy.again", "loss on random tokens said again")
          .is("mean loss at the second saying" + TWICE);
  private static final Quantity LEFT_CARRIERS = left("carriers", "the table's carriers");
  private static final Quantity LEFT_DIRECT = left("direct", "the direct path");
  private static final Quantity LEFT_NAMED = left("named", "all parts but the matching heads");
  private static final Quantity LEFT_MATCHING = left("matching", "the matching heads");
  private static final Quantity LEFT_RANDOM =
      ALL.pure("home.copy.left.random", "share of copying left without as many parts at random")
          .is("home.copy.left of each set of home.random, the mean over sets");
  private static final Quantity AGAIN_CARRIERS =
      ALL.nats("home.copy.again.carriers", "loss on random tokens said again without the carriers")
          .is("home.copy.again where the table's carriers write their mean");
  private static final Quantity RARE_MASS =
      ALL.pure("home.rare.mass", "how likely the rare pairs are")
          .is(
              "mean over tokens of the probability of the least likely V / "
                  + RAREST
                  + " successors together, over 1 / "
                  + RAREST);
  private static final Quantity RARE_FIRST =
      ALL.nats("home.rare.first", "loss on rare pairs said first")
          .is(
              "mean loss at the first saying of blocks in which each token is followed by one of"
                  + " the V / "
                  + RAREST
                  + " least likely to follow it");
  private static final Quantity RARE_AGAIN =
      ALL.nats("home.rare.again", "loss on rare pairs said again")
          .is("mean loss at their second saying");
  private static final Quantity RARE_SHARE =
      ALL.pure("home.rare.share", "copying of rare pairs against likely ones")
          .is(
              "(ln V - home.rare.again) / (ln V - loss at the second saying of walks in the"
                  + " language): how far either comes below knowing nothing");
  private static final Quantity WALK_AGAIN =
      ALL.nats("home.walk.again", "loss on walks in the language said again")
          .is("mean loss at the second saying of walks in the language");

  private static Quantity left(String name, String words) {
    return ALL.pure("home.copy.left." + name, "share of copying left without " + words)
        .is("home.copy.gain where these write their mean, over home.copy.gain");
  }

  private final RelabelledBigrams language;
  private final ModelState model;
  private final int context;
  private final List<Part> matching;
  private final TableHome home;

  CopyingWithoutTable(
      ModelState model,
      RelabelledBigrams language,
      int context,
      List<Part> matching,
      TableHome home) {
    this.model = model;
    this.language = language;
    this.context = context;
    this.matching = matching;
    this.home = home;
  }

  Findings findings() {
    Rng rng = Rng.of(SEED);
    TwiceSequences uniform =
        TwiceSequences.uniform(language.vocab(), rng.split("uniform"), SEQUENCES, context);
    Writes writes = new Writes(model, uniform.batch());
    float[][] intact = writes.losses(List.of());
    double gain = uniform.first(intact) - uniform.again(intact);
    BigramTable table = language.table();
    int choices = Math.max(1, language.vocab() / RAREST);
    TwiceSequences rare =
        TwiceSequences.rare(table, choices, rng.split("rare"), SEQUENCES, context);
    float[][] rareLosses = model.losses(rare.batch(), List.of());
    RelabelledBigrams plain =
        new RelabelledBigrams(
            language.vocab(),
            language.c(),
            1,
            language.never(),
            0,
            language.margin(),
            language.languageSeed());
    TwiceSequences walks =
        TwiceSequences.language(plain.open(), rng.split("walks"), SEQUENCES, context);
    double walkAgain = walks.again(model.losses(walks.batch(), List.of()));
    double nothing = Math.log(language.vocab());
    List<Part> carriers = home.carriers();
    return new Findings()
        .put(GAIN, gain)
        .put(AGAIN, uniform.again(intact))
        .put(LEFT_CARRIERS, left(writes, uniform, carriers, gain))
        .put(LEFT_DIRECT, left(writes, uniform, List.of(Part.DIRECT), gain))
        .put(
            LEFT_NAMED,
            matching.isEmpty()
                ? Double.NaN
                : left(
                    writes,
                    uniform,
                    Part.all(model.spec()).stream().filter(p -> !matching.contains(p)).toList(),
                    gain))
        .put(LEFT_MATCHING, left(writes, uniform, matching, gain))
        .put(
            LEFT_RANDOM,
            home.others().stream()
                .mapToDouble(set -> left(writes, uniform, set, gain))
                .average()
                .orElse(Double.NaN))
        .put(
            AGAIN_CARRIERS,
            carriers.isEmpty() ? Double.NaN : uniform.again(writes.losses(carriers)))
        .put(RARE_MASS, mass(table, choices))
        .put(RARE_FIRST, rare.first(rareLosses))
        .put(RARE_AGAIN, rare.again(rareLosses))
        .put(RARE_SHARE, (nothing - rare.again(rareLosses)) / (nothing - walkAgain))
        .put(WALK_AGAIN, walkAgain);
  }

  private static double left(
      Writes writes, TwiceSequences twice, Collection<Part> off, double gain) {
    if (off.isEmpty()) {
      return Double.NaN;
    }
    float[][] losses = writes.losses(off);
    return (twice.first(losses) - twice.again(losses)) / gain;
  }

  private static double mass(BigramTable table, int choices) {
    int v = table.vocab();
    double sum = 0;
    for (int a = 0; a < v; a++) {
      int from = a;
      sum +=
          IntStream.range(0, v)
              .mapToDouble(b -> table.probability(from, b))
              .sorted()
              .limit(choices)
              .sum();
    }
    return sum / v / (choices / (double) v);
  }
}
