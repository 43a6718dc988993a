package refrain.analysis;

import java.util.Map;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.probe.Definition;

/** Every number that some analysis gives, by its name. */
public final class Quantities {
  private Quantities() {}

  /**
   * The number of that name.
   *
   * @throws RefrainException when no analysis gives it; the message has the nearest names
   */
  public static Definition number(String key) {
    Map<String, Definition> all = AnalysisKind.quantities();
    Definition found = all.get(key);
    if (found == null) {
      throw RefrainException.badInput(
          "no quantity '" + key + "'; the nearest names are " + Names.nearest(key, all.keySet()));
    }
    return found;
  }
}
