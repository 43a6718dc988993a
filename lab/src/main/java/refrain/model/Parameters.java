package refrain.model;

import java.util.Arrays;
import refrain.base.RefrainException;

/** All parameters of a model in one arena of floats. Not thread-safe while it is being written. */
public final class Parameters {
  private final ModelSpec spec;
  private final Layout layout;
  private final float[] arena;

  private Parameters(ModelSpec spec, Layout layout, float[] arena) {
    this.spec = spec;
    this.layout = layout;
    this.arena = arena;
  }

  /** Every parameter 0. */
  public static Parameters zeros(ModelSpec spec) {
    Layout layout = Layout.of(spec);
    return new Parameters(spec, layout, new float[layout.length()]);
  }

  /** The parameters that {@code spec.init()} gives under this seed. */
  public static Parameters init(ModelSpec spec, long seed) {
    Parameters p = zeros(spec);
    Initializer.fill(p, seed);
    return p;
  }

  public ModelSpec spec() {
    return spec;
  }

  public Layout layout() {
    return layout;
  }

  /** The arena itself, not a copy: the optimiser and the engines write and read it in place. */
  public float[] arena() {
    return arena;
  }

  public Parameters copy() {
    return new Parameters(spec, layout, arena.clone());
  }

  /** The values of one parameter in logical row-major order. */
  public float[] get(String name) {
    return read(layout.get(name), arena);
  }

  /** Reads one parameter out of any array laid out like this arena (a gradient, a moment). */
  public static float[] read(Parameter p, float[] arena) {
    float[] out = new float[p.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = arena[p.at(i)];
    }
    return out;
  }

  /** Writes one parameter, in logical row-major order, into any array laid out like this arena. */
  public static void write(Parameter p, float[] values, float[] arena) {
    if (values.length != p.size()) {
      throw RefrainException.badInput(
          "parameter '%s' has shape %s = %s numbers, found %s",
          p.name(), Arrays.toString(p.shape()), p.size(), values.length);
    }
    for (int i = 0; i < values.length; i++) {
      arena[p.at(i)] = values[i];
    }
  }
}
