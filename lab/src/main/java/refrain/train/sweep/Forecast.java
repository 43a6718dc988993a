package refrain.train.sweep;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import refrain.data.Batch;
import refrain.data.Iid;
import refrain.data.Rng;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.train.AdamW;
import refrain.train.EngineKind;
import refrain.train.Engines;
import refrain.train.RunSpec;

/**
 * What runs will take, before they run: counted from their sizes, and times from a speed that is
 * measured here in about a second. A run may end earlier than its last step.
 */
public final class Forecast {
  private static final long WINDOW_NANOS = 100_000_000;

  /** Where other programs keep the cores busy the first passes take long to be compiled. */
  private static final long LONGEST_NANOS = 20_000_000_000L;

  private static final int WINDOWS = 8;
  private static final int ALIKE = 4;
  private static final int MOST_SEQUENCES = 4;

  /** A forward pass costs a third of a step, which goes backward through two products for one. */
  private static final double FORWARD = 1.0 / 3;

  private final Map<EngineKind, Double> speeds = new EnumMap<>(EngineKind.class);

  /**
   * Measures one core's speed on the largest of the models that memory has room for.
   *
   * @param specs whose times will be asked for
   */
  public Forecast(List<RunSpec> specs) {
    long heap = Runtime.getRuntime().maxMemory();
    for (EngineKind kind : specs.stream().map(RunSpec::engine).distinct().toList()) {
      specs.stream()
          .filter(s -> s.engine() == kind && AtOnce.bytes(s) < heap / 2.0)
          .max(Comparator.comparingDouble(Forecast::operationsPerToken))
          .ifPresent(s -> speeds.put(kind, speed(s)));
    }
  }

  /** Numbers in the model. */
  public static long parameters(RunSpec spec) {
    return Layout.of(spec.model()).length();
  }

  /** Tokens that all its steps predict. */
  public static double tokens(RunSpec spec) {
    return (double) spec.tokensPerStep() * (spec.steps() - spec.begins());
  }

  /**
   * Seconds on one core, probes included; NaN: no model of its kind fits into memory here.
   *
   * @param from steps that have been taken
   */
  public double seconds(RunSpec spec, long from) {
    double left = Math.max(0, spec.steps() - Math.max(from, spec.begins()));
    double probes = Math.ceil(left / spec.probing().every());
    double sequences =
        spec.probing().sequences() + (double) spec.probing().measures().repeatedSequences();
    double tokens = left * spec.tokensPerStep() + probes * sequences * spec.context() * FORWARD;
    return tokens * operationsPerToken(spec) / speeds.getOrDefault(spec.engine(), Double.NaN);
  }

  /**
   * Multiplications and additions of a step for each token: 6 a weight of a product, and
   * attention's six products over the pairs of positions.
   */
  private static double operationsPerToken(RunSpec spec) {
    ModelSpec m = spec.model();
    double embedding = m.tied() ? 0 : (double) m.dVocab() * m.dModel();
    double heads = (double) m.nHeads() * m.dHead();
    return 6 * (parameters(spec) - embedding) + 6 * heads * (spec.context() + 1) * m.nLayers();
  }

  /** Operations a second of one core, by its processor time: what else goes on does not count. */
  private static double speed(RunSpec spec) {
    ModelSpec model = spec.model();
    Parameters parameters = Parameters.init(model, 0);
    float[] gradient = new float[parameters.arena().length];
    AdamW adam = new AdamW(spec.optimizer(), gradient.length, 1);
    int sequences = Math.min(spec.batch(), MOST_SEQUENCES);
    Batch batch = new Iid(model.dVocab(), 0).open().next(Rng.of(1), sequences, spec.context());
    double fastest = Double.POSITIVE_INFINITY;
    try (Transformer engine = Engines.create(spec.engine(), model, 1)) {
      long end = System.nanoTime() + LONGEST_NANOS;
      int alike = 0;
      // The first passes are interpreted, then compiled: measured until they get no faster.
      for (int window = 0; window < WINDOWS || alike < ALIKE; window++) {
        long begun = processorNanos();
        int steps = 0;
        do {
          engine.gradient(parameters, batch, Plan.NONE, gradient);
          adam.step(parameters.arena(), gradient, 0);
          steps++;
        } while (processorNanos() - begun < WINDOW_NANOS && System.nanoTime() < end);
        double each = (processorNanos() - begun) * 1e-9 / steps;
        alike = each < .95 * fastest ? 0 : alike + 1;
        fastest = Math.min(fastest, each);
        if (System.nanoTime() > end) {
          break;
        }
      }
    }
    return operationsPerToken(spec) * sequences * spec.context() / fastest;
  }

  private static long processorNanos() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return threads.isCurrentThreadCpuTimeSupported()
        ? threads.getCurrentThreadCpuTime()
        : System.nanoTime();
  }
}
