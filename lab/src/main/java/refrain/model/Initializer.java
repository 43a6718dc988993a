package refrain.model;

import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/**
 * Draws the initial parameters. Each tensor has a stream of its own, so that adding one variant's
 * tensor leaves the others' values as they were.
 */
final class Initializer {
  private Initializer() {}

  static void fill(Parameters p, long seed) {
    ModelSpec spec = p.spec();
    for (Parameter q : p.layout().all()) {
      RandomGenerator g =
          RandomGeneratorFactory.of("L64X128MixRandom")
              .create(seed * 0x9E3779B97F4A7C15L ^ hash(q));
      for (int i = 0; i < q.size(); i++) {
        p.arena()[q.at(i)] = (float) draw(spec, q, g);
      }
    }
  }

  private static long hash(Parameter q) {
    long h = 1125899906842597L;
    for (int i = 0; i < q.name().length(); i++) {
      h = 31 * h + q.name().charAt(i);
    }
    return h;
  }

  private static double draw(ModelSpec spec, Parameter q, RandomGenerator g) {
    int d = spec.dModel();
    return switch (q.role()) {
      case W_E -> embedStd(spec) * g.nextGaussian();
      case W_POS -> positionStd(spec.positions()) * g.nextGaussian();
      case NORM_W -> 1;
      case NORM_B, B_Q, B_K, B_V, B_O, ALPHA -> 0;
      case W_Q, W_K, W_V, W_U, W_IN, W_GATE -> linear(spec.init(), d, g);
      case W_O -> linear(spec.init(), spec.nHeads() * spec.dHead(), g);
      case W_OUT -> linear(spec.init(), spec.dMlp(), g);
      case B_IN -> bias(spec.init(), d, g);
      case B_OUT -> bias(spec.init(), spec.dMlp(), g);
    };
  }

  private static double embedStd(ModelSpec spec) {
    if (spec.init().embedStd() > 0) {
      return spec.init().embedStd();
    }
    return spec.norm() == Norm.NONE ? 1 / Math.sqrt(spec.dModel()) : 0.02;
  }

  private static double positionStd(Positions positions) {
    return switch (positions) {
      case Positions.Shortformer(double std) -> std;
      case Positions.Learned(double std) -> std;
      default -> throw new IllegalStateException("no position table under " + positions);
    };
  }

  private static double linear(Init init, int fanIn, RandomGenerator g) {
    return switch (init.scheme()) {
      case FAN_IN_UNIFORM -> (2 * g.nextDouble() - 1) / Math.sqrt(fanIn);
      case NORMAL -> init.std() * g.nextGaussian();
    };
  }

  private static double bias(Init init, int fanIn, RandomGenerator g) {
    return init.scheme() == Init.Scheme.NORMAL ? 0 : (2 * g.nextDouble() - 1) / Math.sqrt(fanIn);
  }
}
