package refrain.study;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import refrain.study.Verdict.Ruling;

/**
 * How many claims of one kind came out in which way.
 *
 * @param all how many there are
 * @param rulings how many of each, in the order of {@link Ruling}; none of what did not come out
 */
public record Tally(Claim.Kind kind, int all, Map<Ruling, Integer> rulings) {
  static Tally of(Claim.Kind kind, List<Verdict> verdicts) {
    Map<Ruling, Integer> rulings = new EnumMap<>(Ruling.class);
    int all = 0;
    for (Verdict verdict : verdicts) {
      if (verdict.claim().kind() == kind) {
        rulings.merge(verdict.ruling(), 1, Integer::sum);
        all++;
      }
    }
    return new Tally(kind, all, rulings);
  }

  public int of(Ruling ruling) {
    return rulings.getOrDefault(ruling, 0);
  }

  /** Such as "12 primary claims: 9 hold, 1 undecided, 2 paper refuted". */
  public String words() {
    List<String> parts = new ArrayList<>();
    rulings.forEach((ruling, n) ->
        parts.add(n + " " + (ruling == Ruling.HOLDS && n > 1 ? "hold" : ruling.words())));
    String claims = all + " " + kind.words() + (all == 1 ? " claim" : " claims");
    return parts.isEmpty() ? claims : claims + ": " + String.join(", ", parts);
  }
}
