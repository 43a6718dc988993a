package refrain.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * What simulation says of the primary claims of a study that comes with the program, from the
 * numbers of other seeds: {@code studies/NAME.rates.json}, which {@code ClaimSimulation} beside the
 * tests writes.
 *
 * @param draws simulated studies behind each rate
 * @param claims a claim each
 */
public record Rates(int draws, List<Rate> claims) {
  private static final Rates NONE = new Rates(0, List.of());

  /**
   * How a claim fares in two worlds, at the first step of Holm's procedure.
   *
   * @param claim its id
   * @param fingerprint of what was simulated: {@link Rates#fingerprint}
   * @param n seeds a draw
   * @param level at which it is judged
   * @param caught share of draws in which the claim or its control does not pass although all but
   *     the claim is as it was: {@link Claim#otherwise}
   * @param controlFails share in which the control does not pass although the claim is true; null:
   *     it has none
   * @param power share in which the claim holds at the effect of the other seeds
   * @param least seeds from 8 to 40 with which that is .9 or more; null: more
   */
  public record Rate(
      String claim,
      String fingerprint,
      int n,
      double level,
      double caught,
      @Nullable Double controlFails,
      double power,
      @Nullable Integer least) {
    /** As {@link #controlFails}; NaN where there is none. */
    public double control() {
      return controlFails == null ? Double.NaN : controlFails;
    }

    /** Such as "There it does not hold in 99.8 %; power 95.1 % at n = 12, 90 % from 10 seeds.". */
    public String words() {
      String control =
          controlFails == null
              ? ""
              : "; its control fails in " + percent(controlFails) + " where the claim is true";
      return "There it does not hold in "
          + percent(caught)
          + control
          + "; power "
          + percent(power)
          + " at n = "
          + n
          + (least == null ? ", 90 % beyond 40 seeds" : ", 90 % from " + least + " seeds")
          + ".";
    }

    private static String percent(double share) {
      return String.format(Locale.ROOT, "%.1f %%", 100 * share);
    }
  }

  public Rates {
    claims = List.copyOf(claims);
  }

  /** What is kept beside a study's file in the program; none where nothing is. */
  public static Rates of(Study study) {
    String file = study.name() + ".rates.json";
    try (InputStream in = Rates.class.getResourceAsStream("/studies/" + file)) {
      return in == null
          ? NONE
          : Json.read(
              Json.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), file),
              Rates.class,
              file);
    } catch (IOException e) {
      throw RefrainException.disk("studies/" + file + ": cannot be read", e);
    }
  }

  /** The rates of a claim; empty where none were simulated of it as it stands now. */
  public Optional<Rate> of(Claim claim) {
    return claims.stream()
        .filter(r -> r.claim().equals(claim.id()) && r.fingerprint().equals(fingerprint(claim)))
        .findFirst();
  }

  /** Of what a simulation depends on: tests, bars, the paper's own, the false world and n. */
  static String fingerprint(Claim c) {
    ObjectNode of = (ObjectNode) Json.tree(c);
    of.retain("test", "control", "paper", "otherwise", "seeds");
    return Json.hash(of);
  }
}
