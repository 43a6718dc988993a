package refrain.train.sweep;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import refrain.base.RefrainException;
import refrain.model.Footprint;
import refrain.model.ModelSpec;
import refrain.train.RunSpec;

/**
 * How many runs memory has room for at once: so many that also the largest ones fit side by side.
 * Those that do not even fit alone are refused when they start, so they take none.
 *
 * @param runs 1 or more
 * @param why a sentence where they are fewer than cores, "" where they are not
 * @param bytes that the largest ones take side by side, at least
 */
public record AtOnce(int runs, String why, double bytes) {
  private record Shape(ModelSpec model, int batch, int context) {}

  /**
   * @param specs of all the runs
   * @param cores how many would go on at once
   * @param heap bytes that Java may take
   */
  public static AtOnce of(List<RunSpec> specs, int cores, long heap) {
    Map<Shape, Double> known = new HashMap<>();
    List<Double> largest =
        specs.stream()
            .map(s -> new Shape(s.model(), s.batch(), s.context()))
            .map(shape -> known.computeIfAbsent(shape, AtOnce::bytes))
            .filter(bytes -> bytes <= heap)
            .sorted(Comparator.reverseOrder())
            .limit(cores)
            .toList();
    int fitting = 0;
    double sum = 0;
    while (fitting < largest.size() && (fitting == 0 || sum + largest.get(fitting) <= heap)) {
      sum += largest.get(fitting);
      fitting++;
    }
    if (fitting == largest.size()) {
      return new AtOnce(cores, "", sum);
    }
    double wanted = largest.stream().mapToDouble(Double::doubleValue).sum();
    String why =
        "%s of the runs at once instead of %s: that many need at least %s of memory, Java may take"
                .formatted(fitting, largest.size(), Footprint.size(wanted))
            + " %s; REFRAIN_JAVA_OPTS=-Xmx%sg gives it more"
                .formatted(
                    Footprint.size((double) heap), (long) Math.ceil(1.3 * wanted / (1 << 30)));
    return new AtOnce(fitting, why, sum);
  }

  /** What a run takes at least, on one thread; infinite where an array would be too long. */
  public static double bytes(RunSpec spec) {
    return bytes(new Shape(spec.model(), spec.batch(), spec.context()));
  }

  private static double bytes(Shape shape) {
    try {
      return Footprint.of(shape.model, shape.batch, shape.context, 1).bytes();
    } catch (RefrainException e) {
      return Double.POSITIVE_INFINITY; // longer than an array can be
    }
  }
}
