package refrain.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import refrain.base.RefrainException;
import refrain.store.Json;

/**
 * How often the interval of each statistic holds the truth, and how often a test says yes where it
 * should not, on simulated runs of known truth; {@code JudgeCalibration} beside the tests writes
 * it.
 *
 * @param rows a statistic, a kind of values, a number of them and a level each
 */
public record Coverage(List<Row> rows) {
  private static final String FILE = "/refrain/study/coverage.json";

  /**
   * One simulation.
   *
   * @param statistic what is estimated
   * @param values how single values are distributed
   * @param n seeds; of a direction, variants
   * @param simulations so many
   * @param level of the interval, such as .95
   * @param covered share of intervals that hold the truth; of {@link Statistic#EVERY_SEED} the less
   *     of what is right in the two cases below
   * @param above share that lie wholly above it: how often a claim "at least" with its bar at the
   *     truth would hold; of {@link Statistic#EVERY_SEED} with its bar at the worst seed's truth
   * @param below share that lie wholly below it: the same of "at most"; of {@link
   *     Statistic#EVERY_SEED} how often a claim would be refuted with its bar at every seed's truth
   */
  public record Row(
      Statistic statistic,
      String values,
      int n,
      int simulations,
      double level,
      double covered,
      double above,
      double below) {}

  public Coverage {
    rows = List.copyOf(rows);
  }

  /** The table that comes with the program. */
  public static Coverage load() {
    try (InputStream in = Coverage.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("the build left out " + FILE);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Json.read(Json.parse(text, FILE), Coverage.class, FILE);
    } catch (IOException e) {
      throw RefrainException.disk(FILE + ": cannot be read", e);
    }
  }
}
