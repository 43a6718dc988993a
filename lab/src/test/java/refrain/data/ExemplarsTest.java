package refrain.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

/** Exemplars and labels against their definition, and the best predictor of a label. */
class ExemplarsTest {
  private static Exemplars pairs(int classes, int labels, int active, double noise) {
    return new Exemplars(classes, 2, 2, 1, labels, active, noise, 0, 0, false);
  }

  @Test
  void tokensAreExemplarsAndThenLabels() {
    Exemplars e = new Exemplars(5, 3, 2, 2, 7, 2, 0, .3, .2, false);
    assertThat(e.size()).isEqualTo(6);
    assertThat(e.labelled()).isEqualTo(3);
    assertThat(e.label(0)).isEqualTo(30);
    assertThat(e.vocab()).isEqualTo(37);
  }

  @Test
  void aSampleOfPairsKeepsToItsClassesAndOneLabelEach() {
    Exemplars e = pairs(7, 5, 3, 0);
    Set<Integer> seen = new HashSet<>();
    Batch batch = e.open().next(Rng.of(1), 400, 51);
    for (int s = 0; s < batch.size(); s++) {
      int[] x = batch.tokens()[s];
      Map<Integer, Integer> labels = new HashMap<>();
      Set<Integer> exemplars = new HashSet<>();
      for (int t = 0; t < x.length; t += 2) {
        assertThat(x[t + 1]).isBetween(e.label(0), e.vocab() - 1);
        assertThat(labels.merge(x[t] / 4, x[t + 1], (a, b) -> a)).isEqualTo(x[t + 1]);
        exemplars.add(x[t]);
        seen.add(x[t]);
      }
      assertThat(labels).hasSizeLessThanOrEqualTo(3);
      for (int c = 0; c < 6; c++) {
        assertThat(exemplars.contains(4 * c) && exemplars.contains(4 * c + 3)).isFalse();
      }
      // A label is the target of every even position.
      for (int t = 0; t < 51; t++) {
        assertThat(batch.weights()[s][t]).isEqualTo(t % 2 == 0 ? 1f : 0f);
      }
    }
    assertThat(seen).hasSize(24);
    assertThat(seen).allMatch(token -> token < 24);
  }

  /**
   * The best predictor of a label, which knows the classes and not the labels: P(label | pairs
   * before), by Bayes' rule over everything that a class's labels can be. The label of its own
   * subclass, where it stood before; else it counts all common labels and own labels.
   */
  private static double best(Exemplars e, int[] x, int t, int label) {
    int of = x[t] / e.size();
    int[] known = new int[e.subclasses()];
    Arrays.fill(known, -1);
    for (int k = 0; k < t; k += 2) {
      if (x[k] / e.size() == of) {
        known[x[k] % e.size() / e.members()] = x[k + 1] - e.label(0);
      }
    }
    int asked = x[t] % e.size() / e.members();
    double[] weight = new double[e.labels()];
    for (int common = 0; common < e.labels(); common++) {
      for (int answer = 0; answer < e.labels(); answer++) {
        double p = 1.0 / e.labels();
        for (int s = 0; s < known.length; s++) {
          int value = s == asked ? answer : known[s];
          boolean contradicts = s == asked && known[s] >= 0 && known[s] != answer;
          double own = e.noise() / e.labels();
          p *= contradicts ? 0 : value < 0 ? 1 : own + (value == common ? 1 - e.noise() : 0);
        }
        weight[answer] += p;
      }
    }
    return weight[label] / Arrays.stream(weight).sum();
  }

  /**
   * Nothing of the class seen: 1 / labels. The subclass seen: 1. The other one: (1 - noise)^2 ...
   */
  @Test
  void theBestPredictorHasAClosedForm() {
    Exemplars e = pairs(4, 5, 2, .3);
    int a = e.label(2);
    assertThat(best(e, new int[] {0, a}, 0, 2)).isCloseTo(.2, within(1e-12));
    assertThat(best(e, new int[] {0, a, 4, a}, 2, 2)).isCloseTo(.2, within(1e-12));
    assertThat(best(e, new int[] {0, a, 1, a}, 2, 2)).isCloseTo(1, within(1e-12));
    assertThat(best(e, new int[] {0, a, 2, a}, 2, 2)).isCloseTo(.49 + .51 / 5, within(1e-12));
    assertThat(best(e, new int[] {0, a, 2, a}, 2, 3)).isCloseTo(.51 / 5, within(1e-12));
  }

  /** Labels come as often as the best predictor says: its probabilities are calibrated. */
  @Test
  void labelsComeAsOftenAsTheBestPredictorSays() {
    Exemplars e = pairs(4, 3, 2, .4);
    Map<Long, int[]> bins = new HashMap<>();
    for (int[] x : e.open().next(Rng.of(2), 20_000, 7).tokens()) {
      for (int t = 0; t < 8; t += 2) {
        for (int label = 0; label < 3; label++) {
          int[] bin = bins.computeIfAbsent(Math.round(1e6 * best(e, x, t, label)), p -> new int[2]);
          bin[0]++;
          bin[1] += x[t + 1] == e.label(label) ? 1 : 0;
        }
      }
    }
    assertThat(bins.keySet()).contains(333333L, 1000000L, 573333L, 213333L, 0L);
    bins.forEach((p, bin) -> {
      double share = bin[1] / (double) bin[0];
      double error = Math.sqrt(p / 1e6 * (1 - p / 1e6) / bin[0]);
      assertThat(share)
          .as("%s of %s", p / 1e6, bin[0])
          .isCloseTo(p / 1e6, within(4 * error + 1e-6));
    });
  }

  @Test
  void aShuffledLanguageHasTheSameTokensAndNoClasses() {
    Exemplars e = new Exemplars(4, 2, 2, 1, 5, 2, 0, 0, 0, true);
    int[] counts = new int[e.vocab()];
    int[] met = new int[2];
    int[] agree = new int[2];
    for (int[] x : e.open().next(Rng.of(3), 10_000, 7).tokens()) {
      counts[x[0]]++;
      if (x[0] != x[2]) {
        int same = x[0] / 4 == x[2] / 4 ? 0 : 1;
        met[same]++;
        agree[same] += x[1] == x[3] ? 1 : 0;
      } else {
        assertThat(x[1]).isEqualTo(x[3]);
      }
    }
    for (int token = 0; token < 12; token++) {
      assertThat(counts[token] / 10_000.0).isCloseTo(1 / 12.0, within(.015));
    }
    assertThat(counts[12]).isZero();
    double ofClass = agree[0] / (double) met[0];
    double ofOthers = agree[1] / (double) met[1];
    assertThat(ofClass).isCloseTo(ofOthers, within(.03));
  }

  @Test
  void listsKeepToAClassForAboutTenTokensAndKnowAllClasses() {
    Exemplars e = new Exemplars(6, 2, 2, 2, 5, 2, 0, 0, 1, false);
    Batch batch = e.open().next(Rng.of(4), 300, 99);
    int changes = 0;
    Set<Integer> seen = new HashSet<>();
    for (int[] x : batch.tokens()) {
      for (int t = 0; t < 99; t++) {
        seen.add(x[t]);
        changes += x[t] / 4 == x[t + 1] / 4 ? 0 : 1;
      }
    }
    assertThat(changes / (300.0 * 99)).isCloseTo(.1 * 5 / 6, within(.005));
    assertThat(seen).hasSize(24);
    assertThat(batch.weights()[0]).containsOnly(1f);
  }

  @Test
  void refusesWhatItCannotDraw() {
    assertThatThrownBy(() -> pairs(4, 5, 4, 0))
        .isInstanceOf(RefrainException.class)
        .hasMessage("data exemplars: active must be an integer from 1 to 3, found 4");
    assertThatThrownBy(() -> new Exemplars(4, 2, 2, 1, 5, 2, 0, .7, .4, false))
        .hasMessageStartingWith(
            "data exemplars: repeats + lists must be a number from 0.0 to 1.0, found 1.1");
    assertThatThrownBy(() -> new Exemplars(4, 2, 2, 3, 5, 1, 0, .7, .2, false))
        .hasMessage("data exemplars: unlabelled must be an integer from 0 to 2, found 3");
  }
}
