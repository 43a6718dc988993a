package refrain.analysis.ondisk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import refrain.analysis.Findings;
import refrain.analysis.ondisk.WordPrompts.Task;

class NumbersTest {
  /** Losses behind 0, 1, 2, 4, 8 and 16 examples, then accuracies. */
  private static double[] word(double none, double eight) {
    double[] row = new double[12];
    System.arraycopy(new double[] {none, 0, 0, 0, eight, 0}, 0, row, 0, 6);
    return row;
  }

  /** The same behind 0 and 8 examples only. */
  private static double[] few(double none, double eight) {
    return new double[] {none, eight, 0, 0};
  }

  @Test
  void sharesAreOfTheGainOfAllWordsTogether() {
    double[][] intact = {word(10, 4), word(6, 4), word(5, 3)}; // gains 6, 2, 2
    double[][] off = {word(11, 8), word(6, 5), word(4, 3)}; // gains 3, 1, 1
    double[][][] others = {
      {few(10, 4), few(6, 4), few(5, 4)}, // gain 9 of 10
      {few(10, 9), few(6, 5), few(5, 5)}, // gain 2 of 10
    };
    Findings out = new Findings();
    Numbers.shots(out, Task.FRENCH, new double[][][] {off}, Numbers.SHOTS, intact, others);
    assertThat(out.value("shots.gain.fr")).isCloseTo(5 / 3.0, within(1e-12));
    assertThat(out.value("shots.lost.fr")).isCloseTo(.5, within(1e-12));
    // Each word loses half of its own gain, so it matters not which words are drawn.
    assertThat(out.value("shots.lost.fr.error")).isCloseTo(0, within(1e-12));
    assertThat(out.value("shots.added.fr")).isCloseTo(5 / 10.0, within(1e-12));
    assertThat(out.value("shots.more.fr")).isCloseTo(.5 - (.1 + .8) / 2, within(1e-12));
    assertThat(out.value("shots.rank.fr")).isCloseTo(2 / 3.0, within(1e-12));
    assertThat(out.series("shots.drawn.fr")).containsExactly(new double[] {.5}, within(1e-12));
  }

  @Test
  void setsOfOthersAreAveraged() {
    double[][] intact = {word(10, 4), word(6, 4)};
    double[][][] others = {
      {few(10, 4), few(6, 4)}, {few(10, 8), few(6, 6)},
    };
    Findings out = new Findings();
    Numbers.shots(out, Task.SPANISH, others, Numbers.FEWER, intact, null);
    assertThat(out.value("shots.lost.es")).isCloseTo((0 + .75) / 2, within(1e-12));
    assertThat(out.series("shots.drawn.es")).containsExactly(0, .75);
    assertThat(out.value("shots.more.es")).isNaN();
  }

  @Test
  void repeatsAndTexts() {
    double[][] intact = {{9, 3, 2, 1}, {9, 3, 2, 1}, {9, 3, 2, 1}}; // gain 7
    double[][] off = {{9, 6, 5.5, 5}, {9, 6, 5.5, 5}, {9, 6, 5.5, 5}}; // gain 3.5
    Findings out = new Findings();
    Numbers.repeats(out, new double[][][] {off}, intact);
    assertThat(out.value("repeats.lost")).isCloseTo(.5, within(1e-12));
    double[][] text = {{4, 3.5, 3}, {5, 4, 3}};
    double[][] worse = {{4.5, 3.5, 3.25}, {5, 4, 3.5}};
    Numbers.damage(out, new double[][][] {worse}, text);
    assertThat(out.value("text.damage")).isCloseTo(.25, within(1e-12));
    Numbers.icl(out, worse, text);
    assertThat(out.value("text.icl")).isCloseTo(-.375, within(1e-12));
    assertThat(out.value("text.icl.lost")).isCloseTo(.5, within(1e-12));
  }
}
