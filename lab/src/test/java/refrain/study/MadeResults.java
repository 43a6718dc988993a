package refrain.study;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Curves;
import refrain.analysis.Declared;
import refrain.analysis.Findings;
import refrain.analysis.NamedPattern;
import refrain.analysis.Quantities;
import refrain.analysis.Quantity;
import refrain.analysis.RunSummary;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.train.Formation;

/** A study's results as its folder would give them, from numbers that a test writes down. */
public final class MadeResults {
  private MadeResults() {}

  /** A variant of two seeds at most, or more, that was never run. */
  public static Variant variant(String name, int seeds) {
    return new Variant(name, "tiny", Json.object(), seeds, null, Variant.Settled.AT_END, List.of());
  }

  /** An argument of which nothing but its name is known. */
  public static Argument argument(String id, @Nullable String number, String title) {
    return Argument.named(id, number, title);
  }

  /** A claim about a mean. */
  public static Claim claim(String id, String argument, Test test) {
    return claim(id, argument, "R0", "Sentence of " + id + ".", test, null, 1, "why");
  }

  /** An exploratory claim that the paper says nothing of. */
  public static Claim claim(
      String id,
      String argument,
      String data,
      String sentence,
      Test test,
      @Nullable Test control,
      int seeds,
      String why) {
    return new Claim(
        id,
        argument,
        data,
        sentence,
        Claim.Kind.EXPLORATORY,
        test,
        control,
        seeds,
        null,
        null,
        Seen.NOTHING,
        List.of(),
        why);
  }

  /** The mean of a number of one variant, to be at least something. */
  public static Test mean(String variant, String quantity, double atLeast) {
    return new Test(
        List.of(variant),
        quantity,
        null,
        null,
        null,
        null,
        Compare.VALUE,
        Statistic.MEAN,
        new Bar(Bar.Side.AT_LEAST, atLeast, 0));
  }

  public static Study study(List<Argument> arguments, List<Variant> variants, List<Claim> claims) {
    return new Study(
        "made", "A made study", 9, 0, Varies.ALL, 0, 0, arguments, variants, claims, Map.of());
  }

  /** Every run has ended, with what {@code found} says and curves that never form a head. */
  public static StudyResults of(Study study, Function<Study.Cell, Found> found) {
    List<StudyResults.Run> runs = new ArrayList<>();
    for (Study.Cell cell : study.cells()) {
      Curves curves = curves(cell.seed());
      RunSummary summary =
          RunSummary.of(
              cell.variant().name(),
              cell.seed(),
              cell.id(),
              curves,
              Formation.DEFAULT,
              cell.spec().steps(),
              cell.spec().probing().sequences(),
              1);
      runs.add(
          new StudyResults.Run(
              cell, List.of(), curves, summary, found.apply(cell).kinds, pattern()));
    }
    return new StudyResults(study, study.cells(), runs, Optional.empty());
  }

  /** Every number and series that is declared, made up for a run. */
  public static Found anything(Study.Cell cell) {
    SplittableRandom random = new SplittableRandom(cell.label().hashCode());
    Found found = new Found();
    for (Declared declared : Quantities.all()) {
      String key = declared.key();
      double value = 2 + random.nextDouble();
      if (key.endsWith(".HEAD") || key.endsWith(".LAYER")) {
        continue;
      }
      if (declared instanceof Quantity) {
        found.put(key, value);
      } else {
        found.put(key, 0, 1, value);
      }
    }
    return found;
  }

  /** What was found of a run, by names that analyses declare. */
  public static final class Found {
    private final Map<AnalysisKind, Findings> kinds = new EnumMap<>(AnalysisKind.class);

    /** A number, among what the analysis found that gives it: that is where the judge looks. */
    public Found put(String key, double value) {
      of(AnalysisKind.giving(key)).put(Quantities.number(key), value);
      return this;
    }

    public Found put(String key, double... series) {
      of(AnalysisKind.SUMMARY).put(Quantities.series(key), series);
      return this;
    }

    private Findings of(AnalysisKind kind) {
      return kinds.computeIfAbsent(kind, any -> new Findings());
    }
  }

  /** Three probes at steps 0, 10 and 20; the ICL score is the seed, minus a tenth of the step. */
  private static Curves curves(int seed) {
    return new Curves(
        new long[] {0, 10, 20},
        new double[] {0, 640, 1280},
        new double[] {5, 4, 3},
        IntStream.of(0, 10, 20).mapToDouble(step -> seed - step / 10.0).toArray(),
        new double[] {0, .1, .1},
        .03,
        new double[] {.1, .2, .3},
        new double[][] {{9, 9}, {8, 7}, {6, 5}});
  }

  private static Optional<NamedPattern> pattern() {
    double[] attention = new double[49];
    attention[4 * 7 + 2] = 1;
    return Optional.of(
        new NamedPattern(
            new HeadPattern(20, 1, 2, 3, new int[] {9, 1, 2, 3, 1, 2, 3}, attention),
            List.of("lu", "de", "fi", "go", "de", "fi", "go")));
  }
}
