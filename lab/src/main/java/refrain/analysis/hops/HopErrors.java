package refrain.analysis.hops;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;

/**
 * Whether a model knows which of several places is meant. The last hop leads to the nearest place
 * behind its token before the one it begins at. Who passes on what that one had found knows it; who
 * looks for the token anew, from where the answer is asked for, sees all places behind it, and the
 * more different tokens stand there, the more there is to take for the answer.
 */
final class HopErrors {
  static final Declarations ALL = new Declarations("this project");

  private static final int FEW = 1;
  private static final int MANY = 4;

  private static final Quantity ACCURACY_FEW =
      ALL.probability("hop.accuracy.few", "answers right, few others in question")
          .is(
              "hop.accuracy at the places where at most "
                  + FEW
                  + " token but the answer stands behind the token k - 1 hops away, up to the place;"
                  + " NaN: nowhere");
  private static final Quantity ACCURACY_MANY =
      ALL.probability("hop.accuracy.many", "answers right, many others in question")
          .is("the same where " + MANY + " or more different ones do");
  private static final Quantity SOUGHT =
      ALL.probability("hop.error.behind", "wrong answers that stand behind the token sought")
          .is("share of wrong answers that are one of these other tokens; NaN: none is wrong");
  private static final Quantity CHANCE =
      ALL.probability("hop.error.behind.chance", "the same of a token drawn from all wrong ones")
          .is("mean of (number of these other tokens) / (V - 1), at the same places");

  private HopErrors() {}

  /**
   * @param answers the most likely token at each place
   */
  static Findings of(Asked asked, int[] answers, int vocab) {
    int[] right = new int[2];
    int[] all = new int[2];
    int wrong = 0;
    double behind = 0;
    double chance = 0;
    for (int n = 0; n < answers.length; n++) {
      Asked.Place place = asked.places().get(n);
      int answer = asked.token(place, place.path().length - 1);
      Set<Integer> others = others(asked, place);
      boolean correct = answers[n] == answer;
      if (others.size() <= FEW || others.size() >= MANY) {
        int group = others.size() <= FEW ? 0 : 1;
        all[group]++;
        right[group] += correct ? 1 : 0;
      }
      if (!correct) {
        wrong++;
        behind += others.contains(answers[n]) ? 1 : 0;
        chance += others.size() / (vocab - 1.0);
      }
    }
    return new Findings()
        .put(ACCURACY_FEW, (double) right[0] / all[0])
        .put(ACCURACY_MANY, (double) right[1] / all[1])
        .put(SOUGHT, behind / wrong)
        .put(CHANCE, chance / wrong);
  }

  /** Tokens but the answer that stand behind the token one hop short of it, up to the place. */
  private static Set<Integer> others(Asked asked, Asked.Place place) {
    int[] x = asked.tokens()[place.sequence()];
    int hops = place.path().length - 1;
    int sought = asked.token(place, hops - 1);
    Set<Integer> others = new HashSet<>();
    IntStream.rangeClosed(1, place.at())
        .filter(i -> x[i - 1] == sought)
        .forEach(i -> others.add(x[i]));
    others.remove(asked.token(place, hops));
    return others;
  }
}
