package refrain.analysis.ngrams;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.Writes;
import refrain.analysis.instrument.Writes.Kind;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.RelabelledBigrams;
import refrain.data.Rng;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

/**
 * Where the bigram table is: which parts' writes into the last stream ({@link Writes}) bring the
 * predictions near it where nothing repeats. What a part holds is asked both ways, of the model
 * without its write (lost) and with no other part's (kept), since two parts may hold the same.
 *
 * <p>The carriers are the fewest parts that a greedy search finds on one half of the walks; all
 * numbers are of the other half.
 */
final class TableHome {
  static final Declarations ALL =
      new Declarations(
          "this project, against n-grams; Elhage et al. 2021, zero-layer transformers");

  private static final int SEQUENCES = 512;
  private static final long SEED = 17;
  private static final int RANDOM_SETS = 20;

  /** Of the table on the half that carriers are searched on; on the other they keep a bit less. */
  private static final double ENOUGH = 0.9;

  /** A model that knows less of it has no table whose parts could be told. */
  private static final double LEAST_KNOWN = 0.1;

  private static final String WALKS =
      " on "
          + SEQUENCES / 2
          + " walks in the language up to where a restart could begin (the margin)";

  private static final Quantity KL =
      ALL.nats("home.kl", "divergence from the true table")
          .is("mean KL(table of the language || model)" + WALKS);
  private static final Quantity KL_NONE =
      ALL.nats("home.kl.none", "divergence from the true table of a model that does not see tokens")
          .is("home.kl where every part writes its mean over sequences at each position");
  private static final Quantity KNOWN =
      ALL.pure("home.known", "share of the table that is known")
          .is("1 - home.kl / mean KL(table || all tokens equally likely)");
  private static final Quantity KNOWN_RELABELLED =
      ALL.pure("home.known.relabelled", "share of a relabelled table that is known")
          .is(
              "home.known of the same table with its tokens permuted, another permutation for each"
                  + " walk");

  private static final Sides DIRECT = new Sides("direct", "the direct path from token to logits");
  private static final Sides MATCHING =
      new Sides("matching", "all heads of prefix matching .2 and three times uniform attention's");
  private static final Sides OTHERS = new Sides("others", "all other heads");
  private static final Sides MLPS = new Sides("mlps", "all MLPs");
  private static final Sides CARRIERS =
      new Sides(
          "carriers",
          "the parts (direct path, heads, MLPs) that were added one by one, each time the one with"
              + " which the others' writes are needed least, until home.kept was "
              + ENOUGH
              + " on as many other walks");
  private static final Sides RANDOM =
      new Sides(
          "random",
          "up to "
              + RANDOM_SETS
              + " other sets of as many parts as the carriers, the mean over sets");

  private static final Quantity COUNT =
      ALL.number("home.carriers", "carriers of the table", "parts")
          .is("how many carriers there are");
  private static final Quantity PARTS =
      ALL.number("home.parts", "parts that write", "parts")
          .is("direct path, heads and MLPs of the model");
  private static final Quantity OF_MATCHING =
      ALL.number("home.carriers.matching", "matching heads among the carriers", "heads")
          .is("how many of the carriers are matching heads");
  private static final Quantity OF_DIRECT =
      ALL.pure("home.carriers.direct", "the direct path is a carrier").is("1 or 0");
  private static final Family<HeadId, Quantity> LOST_HEAD =
      ALL.pure("home.lost", "share of the table lost with the head's write")
          .ofEachHead("home.lost of the head alone");

  /** What is declared of a set of parts. */
  private static final class Sides {
    private final Quantity kept;
    private final Quantity lost;

    Sides(String name, String words) {
      this.kept =
          ALL.pure("home." + name + ".kept", "share of the table kept with " + shorter(name))
              .is(
                  "1 - (home.kl where all parts but these write their mean - home.kl) /"
                      + " (home.kl.none - home.kl); these: "
                      + words);
      this.lost =
          ALL.pure("home." + name + ".lost", "share of the table lost without " + shorter(name))
              .is(
                  "(home.kl where these write their mean - home.kl) / (home.kl.none - home.kl);"
                      + " these: "
                      + words);
    }

    private static String shorter(String name) {
      return switch (name) {
        case "direct" -> "the direct path";
        case "matching" -> "the matching heads";
        case "others" -> "the other heads";
        case "mlps" -> "the MLPs";
        case "random" -> "as many parts at random";
        default -> "the carriers";
      };
    }
  }

  /** Walks and the writes on them. */
  private static final class Half {
    private final KnownWalks walks;
    private final Writes writes;
    private final List<Part> all;
    private final double intact;
    private final double none;

    Half(ModelState model, KnownWalks walks) {
      this.walks = walks;
      this.writes = new Writes(model, walks.batch());
      this.all = Part.all(model.spec());
      this.intact = kl(List.of());
      this.none = kl(all);
    }

    private double kl(Collection<Part> off) {
      return walks.divergence(writes.logits(off));
    }

    double lost(Collection<Part> parts) {
      return (kl(parts) - intact) / (none - intact);
    }

    double kept(Collection<Part> parts) {
      return 1 - lost(all.stream().filter(part -> !parts.contains(part)).toList());
    }
  }

  private final ModelSpec spec;
  private final List<Part> matching;
  private final List<Part> all;
  private final Half measured;
  private final boolean known;
  private final List<Part> carriers;
  private final List<List<Part>> others;

  /**
   * @param matching the heads that match
   */
  TableHome(ModelState model, RelabelledBigrams language, List<Part> matching) {
    this.spec = model.spec();
    this.matching = matching;
    this.all = Part.all(spec);
    KnownWalks walks = KnownWalks.of(language, Rng.of(SEED).split("walks"), SEQUENCES);
    Half searched = new Half(model, walks.part(0, SEQUENCES / 2));
    this.measured = new Half(model, walks.part(SEQUENCES / 2, SEQUENCES));
    this.known = share(measured, measured.walks) >= LEAST_KNOWN;
    this.carriers = known ? search(searched) : List.of();
    this.others = carriers.isEmpty() ? List.of() : different(carriers.size());
  }

  /** The parts that hold the table, none where there is none. */
  List<Part> carriers() {
    return carriers;
  }

  /** Whether the model knows a table at all. */
  boolean known() {
    return known;
  }

  /** Other sets of as many parts. */
  List<List<Part>> others() {
    return others;
  }

  private List<Part> search(Half half) {
    List<Part> found = new ArrayList<>();
    while (found.size() < all.size()) {
      Part best =
          all.stream()
              .filter(part -> !found.contains(part))
              .max(Comparator.comparingDouble(part -> half.kept(with(found, part))))
              .orElseThrow();
      found.add(best);
      if (half.kept(found) >= ENOUGH) {
        break;
      }
    }
    return List.copyOf(found);
  }

  private static List<Part> with(List<Part> some, Part one) {
    List<Part> both = new ArrayList<>(some);
    both.add(one);
    return both;
  }

  /** Draws sets of a size that are not the carriers; fewer where chance finds the same again. */
  private List<List<Part>> different(int size) {
    Rng rng = Rng.of(SEED).split("sets");
    return IntStream.range(0, RANDOM_SETS)
        .mapToObj(
            i -> Arrays.stream(rng.sample(all.size(), size)).sorted().mapToObj(all::get).toList())
        .distinct()
        .filter(set -> !carriers.containsAll(set))
        .toList();
  }

  private static double share(Half half, KnownWalks walks) {
    return 1 - walks.divergence(half.writes.logits(List.of())) / walks.divergenceOfUniform();
  }

  Findings findings() {
    KnownWalks wrong = measured.walks.misnamed(Rng.of(SEED).split("wrong names"));
    Findings out =
        new Findings()
            .put(KL, measured.intact)
            .put(KL_NONE, measured.none)
            .put(KNOWN, share(measured, measured.walks))
            .put(KNOWN_RELABELLED, share(measured, wrong))
            .put(PARTS, (double) all.size())
            .put(COUNT, known ? carriers.size() : Double.NaN)
            .put(
                OF_MATCHING,
                known ? carriers.stream().filter(matching::contains).count() : Double.NaN)
            .put(OF_DIRECT, known ? (carriers.contains(Part.DIRECT) ? 1 : 0) : Double.NaN)
            .put(RANDOM.kept, mean(true))
            .put(RANDOM.lost, mean(false));
    put(out, DIRECT, List.of(Part.DIRECT));
    put(out, MATCHING, matching);
    put(out, OTHERS, parts(p -> p.kind() == Kind.HEAD && !matching.contains(p)));
    put(out, MLPS, parts(p -> p.kind() == Kind.MLP));
    put(out, CARRIERS, carriers);
    for (HeadId head : HeadId.all(spec)) {
      out.put(LOST_HEAD.of(head), known ? measured.lost(List.of(Part.of(head))) : Double.NaN);
    }
    return out;
  }

  private List<Part> parts(Predicate<Part> which) {
    return all.stream().filter(which).toList();
  }

  private void put(Findings out, Sides sides, List<Part> parts) {
    boolean there = known && !parts.isEmpty();
    out.put(sides.kept, there ? measured.kept(parts) : Double.NaN)
        .put(sides.lost, there ? measured.lost(parts) : Double.NaN);
  }

  private double mean(boolean kept) {
    return others.stream()
        .mapToDouble(set -> kept ? measured.kept(set) : measured.lost(set))
        .average()
        .orElse(Double.NaN);
  }
}
