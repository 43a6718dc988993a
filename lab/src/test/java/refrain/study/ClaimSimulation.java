package refrain.study;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import refrain.Repository;
import refrain.store.Json;
import refrain.study.Rates.Rate;

/**
 * How the primary claims of a study fare in the world in which they are true and in the one in
 * which they are false ({@link Worlds}), at the first step of Holm's procedure over them. Run by
 * hand:
 *
 * <ul>
 *   <li>{@code pilot FOLDER}: writes what the primary claims need of a study that was run on old
 *       seeds to {@code lab/src/test/resources/refrain/study/NAME.pilot.csv};
 *   <li>{@code rates NAME}: from that writes {@code studies/NAME.rates.json}, which reports show.
 * </ul>
 */
final class ClaimSimulation {
  private static final int DRAWS = 1000;

  /** Of bootstraps inside of a draw: only their standard deviation is used. */
  private static final int RESAMPLES = 200;

  private static final double POWER = 0.9;
  private static final int FEWEST = 8;
  private static final int MOST = 40;

  private ClaimSimulation() {}

  public static void main(String[] args) throws IOException {
    if (args.length != 2) {
      throw new IllegalArgumentException("expected 'pilot FOLDER' or 'rates NAME'");
    }
    if (args[0].equals("pilot")) {
      StudyResults results = new StudyFolder(Path.of(args[1])).read(new StudyListener() {});
      Files.write(pilot(results.study().name()), PilotNumbers.lines(results));
    } else {
      Study study = Study.named(args[1]);
      PilotNumbers numbers = PilotNumbers.read(pilot(study.name()));
      Rates rates = of(study, numbers, DRAWS);
      rates.claims().forEach(r -> System.out.println(r.claim() + ": " + r.words()));
      Files.writeString(
          Repository.ROOT.resolve("studies/" + study.name() + ".rates.json"), Json.pretty(rates));
    }
  }

  static Path pilot(String study) {
    return Repository.ROOT.resolve("lab/src/test/resources/refrain/study/" + study + ".pilot.csv");
  }

  static Rates of(Study study, PilotNumbers numbers, int draws) {
    List<Claim> primary = study.claims().stream().filter(Claim::primary).toList();
    double level = Evidence.USUAL / Math.max(1, primary.size());
    List<Rate> rates = new ArrayList<>();
    for (Claim claim : primary) {
      rates.add(rate(claim, numbers, level, draws));
    }
    return new Rates(draws, rates);
  }

  static Rate rate(Claim claim, PilotNumbers numbers, double level, int draws) {
    Worlds worlds = new Worlds(claim, numbers);
    boolean seeds = claim.test().statistic().overSeeds();
    int arms = seeds ? 1 : claim.test().variants().size();
    int n = Math.ceilDiv(claim.seeds(), arms);
    double holds = claimed(worlds, n, draws, w -> w.p() <= level);
    Double control =
        claim.control() == null ? null : claimed(worlds, n, draws, w -> controlP(w) > level);
    Random random = new Random(2);
    int passes = 0;
    for (int i = 0; i < draws; i++) {
      passes += worlds.otherwise(n, random, RESAMPLES).p() <= level ? 1 : 0;
    }
    return new Rate(
        claim.id(),
        Rates.fingerprint(claim),
        n,
        level,
        1 - passes / (double) draws,
        control,
        holds,
        least(worlds, level, draws));
  }

  private static double controlP(Weighed weighed) {
    return weighed.control() == null ? 0 : weighed.control().p();
  }

  private static double claimed(Worlds worlds, int n, int draws, Predicate<Weighed> of) {
    Random random = new Random(1);
    int yes = 0;
    for (int i = 0; i < draws; i++) {
      yes += of.test(worlds.claimed(n, random, RESAMPLES)) ? 1 : 0;
    }
    return yes / (double) draws;
  }

  /** By halving, since more seeds have more power. */
  private static @Nullable Integer least(Worlds worlds, double level, int draws) {
    int low = FEWEST;
    int high = MOST + 1;
    while (low < high) {
      int n = (low + high) / 2;
      boolean enough = claimed(worlds, n, draws, w -> w.pSoFar() <= level) >= POWER;
      high = enough ? n : high;
      low = enough ? low : n + 1;
    }
    return low > MOST ? null : low;
  }
}
