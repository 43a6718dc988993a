package refrain.intervene;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;

/**
 * A moment of training: how many steps were taken. In files it is that number, or {@code
 * {formationOf: RUN}}: the step at which the induction heads of another run had formed. Such a one
 * is looked up where a run's configuration is put together, and kept with the step that was found.
 *
 * @param step steps taken; {@link #UNKNOWN}: not looked up yet
 * @param formationOf the folder of the run that it was found in; null: it was given
 */
public record Moment(int step, @Nullable String formationOf) {
  public static final String FORMATION_OF = "formationOf";
  public static final String STEP = "step";

  /** The step of a formation that was not looked up. */
  public static final int UNKNOWN = -1;

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  static final Moment START = new Moment(0, null);

  public Moment {
    if (step < 0 && formationOf == null) {
      throw RefrainException.badInput(
          "a step of training is %s, expected 0 or more, or {formationOf: RUN}", step);
    }
  }

  /** As it stands in a file. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  static Moment of(JsonNode written) {
    if (!written.isObject()) {
      return new Moment(step(written), null);
    }
    for (String name : written.propertyNames()) {
      if (!name.equals(FORMATION_OF) && !name.equals(STEP)) {
        throw wrong(written);
      }
    }
    JsonNode run = written.get(FORMATION_OF);
    JsonNode step = written.get(STEP);
    if (run == null || run.asString("").isBlank()) {
      throw wrong(written);
    }
    return new Moment(step == null ? UNKNOWN : step(step), run.asString(""));
  }

  private static int step(JsonNode written) {
    String text = written.asString("");
    if (!NUMBER.matcher(text).matches()) {
      throw wrong(written);
    }
    return Integer.parseInt(text);
  }

  private static RefrainException wrong(JsonNode written) {
    return RefrainException.badInput(
        "expected a number of steps or {formationOf: RUN}, found %s", written);
  }

  @JsonValue
  Object written() {
    if (formationOf == null) {
      return step;
    }
    Map<String, Object> both = new LinkedHashMap<>();
    if (isKnown()) {
      both.put(STEP, step);
    }
    both.put(FORMATION_OF, formationOf);
    return both;
  }

  /** Whether it is a number of steps, and not another run's formation. */
  @JsonIgnore
  public boolean isGiven() {
    return formationOf == null;
  }

  /** So many steps later. */
  Moment later(int steps) {
    return new Moment(step + steps, null);
  }

  boolean isKnown() {
    return step != UNKNOWN;
  }

  @Override
  public String toString() {
    return formationOf == null ? "" + step : step + " (formation of " + formationOf + ")";
  }
}
