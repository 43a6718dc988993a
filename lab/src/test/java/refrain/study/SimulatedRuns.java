package refrain.study;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.store.Json;

/** A study whose runs are two numbers each, for tests of what is made of them: x and y. */
final class SimulatedRuns {
  /** The quantities that stand for x and y; any two would do. */
  static final String X = "dose.bias";

  static final String Y = "dose.vocab";

  static final String PLACEBO = "date.grad.tau";

  static final String GIVEN = "dose.c";

  private final Map<String, Double> values = new HashMap<>();
  private final List<Variant> variants = new ArrayList<>();

  /** Adds a variant with an x a seed and no y; null: that run has not ended. */
  SimulatedRuns with(String variant, @Nullable Double... x) {
    add(variant, x.length);
    for (int seed = 0; seed < x.length; seed++) {
      put(variant, seed, X, x[seed]);
      put(variant, seed, Y, x[seed] == null ? null : Double.NaN);
    }
    return this;
  }

  /** Adds a variant whose runs have both. */
  SimulatedRuns with(String variant, double[] x, double[] y) {
    add(variant, x.length);
    for (int seed = 0; seed < x.length; seed++) {
      put(variant, seed, X, x[seed]);
      put(variant, seed, Y, y[seed]);
    }
    return this;
  }

  /** The same with a placebo and a clock. */
  SimulatedRuns with(String variant, double[] x, double[] y, double[] placebo, double[] given) {
    with(variant, x, y);
    for (int seed = 0; seed < x.length; seed++) {
      put(variant, seed, PLACEBO, placebo[seed]);
      put(variant, seed, GIVEN, given[seed]);
    }
    return this;
  }

  private void add(String variant, int seeds) {
    variants.add(
        new Variant(
            variant, "tiny", Json.object(), seeds, null, Variant.Settled.AT_END, List.of()));
  }

  private void put(String variant, int seed, String quantity, @Nullable Double value) {
    if (value != null) {
      values.put(Study.label(variant, seed) + quantity, value);
    }
  }

  Judge judge(Claim... claims) {
    return judge(study(claims));
  }

  Judge judge(Study study) {
    return new Judge(study, (variant, seed, name) -> values.get(Study.label(variant, seed) + name));
  }

  Study study(Claim... claims) {
    return new Study(
        "s",
        "t",
        99,
        0,
        Varies.ALL,
        0,
        0,
        List.of(),
        List.copyOf(variants),
        List.of(claims),
        Map.of());
  }

  /** Of its runs, without a study, with so many draws of bootstraps. */
  Judge judge(int draws) {
    Map<String, List<Integer>> seeds = new HashMap<>();
    variants.forEach(v ->
        seeds.put(
            v.name(), IntStream.range(0, Objects.requireNonNull(v.seeds())).boxed().toList()));
    return new Judge(
        List.of(),
        0,
        v -> Objects.requireNonNull(seeds.get(v)),
        (variant, seed, name) -> values.get(Study.label(variant, seed) + name),
        draws);
  }

  /** All variants, x alone. */
  Test ofX(Statistic statistic, Bar bar) {
    return x(names(), statistic, bar);
  }

  /** All variants, y on x. */
  Test ofBoth(Statistic statistic, Bar bar) {
    return both(names(), statistic, bar);
  }

  static Test x(List<String> variants, Statistic statistic, Bar bar) {
    return new Test(variants, X, null, null, null, null, Compare.VALUE, statistic, bar);
  }

  static Test both(List<String> variants, Statistic statistic, Bar bar) {
    return new Test(variants, X, Y, null, null, null, Compare.VALUE, statistic, bar);
  }

  static Test coupling(List<String> variants, Bar bar) {
    return new Test(variants, X, Y, null, PLACEBO, GIVEN, Compare.VALUE, Statistic.COUPLING, bar);
  }

  /** So many names. */
  static List<String> named(int variants) {
    return IntStream.range(0, variants).mapToObj(v -> "v" + v).toList();
  }

  private List<String> names() {
    return variants.stream().map(Variant::name).toList();
  }

  static Bar atLeast(double at) {
    return new Bar(Bar.Side.AT_LEAST, at, 0);
  }

  static Bar atMost(double at) {
    return new Bar(Bar.Side.AT_MOST, at, 0);
  }

  static Bar within(double at, double around) {
    return new Bar(Bar.Side.WITHIN, at, around);
  }
}
