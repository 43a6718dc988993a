package refrain.analysis.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.Curves;
import refrain.data.Rng;

/** Curves whose change is known, a sigmoid of width 20 around step 400, with a little noise. */
class ChangeWindowTest {
  private static final double WARMUP = 100;
  private static final double TAU = 400;
  private static final double W = 20;

  private static Curves curves(int last, boolean heads) {
    long[] steps = LongStream.rangeClosed(0, last / 10).map(i -> 10 * i).toArray();
    Rng rng = Rng.of(7);
    DoubleUnaryOperator done = step -> 1 / (1 + Math.exp(-(step - TAU) / W));
    return new Curves(
        steps,
        new double[steps.length],
        new double[steps.length],
        at(
            steps,
            step ->
                -.1
                    - .05 * Math.log(step + WARMUP)
                    - 2 * done.applyAsDouble(step)
                    + .02 * rng.nextGaussian()),
        at(steps, step -> heads ? .9 * done.applyAsDouble(step) : .05),
        .05,
        new double[steps.length],
        new double[steps.length][0]);
  }

  private static double[] at(long[] steps, DoubleUnaryOperator of) {
    return Arrays.stream(steps).mapToDouble(step -> of.applyAsDouble(step)).toArray();
  }

  private static long[] checkpoints(int last) {
    return LongStream.rangeClosed(1, last / 20).map(i -> 20 * i).toArray();
  }

  /** A tenth of a logistic change is done w ln 9 = 44 steps before its middle. */
  @Test
  void theWindowIsFromATenthToNineTenthsOfTheChange() {
    ChangeWindow window = ChangeWindow.of(curves(1_000, true), checkpoints(1_000), WARMUP);
    assertThat(window.formed()).isTrue();
    assertThat((double) window.start()).isCloseTo(TAU - W * Math.log(9), within(10.0));
    assertThat((double) window.end()).isCloseTo(TAU + W * Math.log(9), within(10.0));
    assertThat(window.steps()).isSorted().contains(200, 600, 800, 1_000);
    assertThat(window.findings().value("ablation.window.start")).isEqualTo(window.start());
    assertThat(window.findings().value("ablation.window.end")).isEqualTo(window.end());
  }

  /** Before, the window was a share of the planned steps: a longer plan moved both of its ends. */
  @Test
  void aRunThatGoesOnLongerHasTheSameWindow() {
    ChangeWindow shorter = ChangeWindow.of(curves(800, true), checkpoints(800), WARMUP);
    ChangeWindow longer = ChangeWindow.of(curves(2_000, true), checkpoints(2_000), WARMUP);
    assertThat(longer.start()).isEqualTo(shorter.start());
    assertThat(longer.end()).isEqualTo(shorter.end());
  }

  @Test
  void withoutHeadsOrWithTooFewProbesThereIsNoWindow() {
    ChangeWindow none = ChangeWindow.of(curves(1_000, false), checkpoints(1_000), WARMUP);
    assertThat(none.formed()).isFalse();
    assertThat(none.start()).isEqualTo(20);
    assertThat(none.end()).isEqualTo(1_000);
    assertThat(none.findings().values()).isEmpty();
    assertThat(ChangeWindow.of(curves(180, true), checkpoints(180), WARMUP).formed()).isFalse();
  }
}
