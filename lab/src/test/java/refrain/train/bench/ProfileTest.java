package refrain.train.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.train.bench.ProfiledKernels.Cost;
import refrain.train.bench.ProfiledKernels.Measured;
import refrain.train.bench.ProfiledKernels.Tally;

class ProfileTest {
  /**
   * By hand, in nanoseconds. A step with clocks takes 1,000: 400 in one product of 800 operations,
   * 300 in two rows of softmax, so 300 elsewhere. A clock costs 10 within a call and 20 outside:
   * 390, 280 and 300 - 3 x 20 = 240 are left, 910 together. A step without clocks takes 780.
   */
  @Test
  void clocksAreTakenOffAndTheRestScaledToTheStep() {
    Tally product = new Tally(Work.MIX, 16, 8, 32);
    Tally softmax = new Tally(Work.SOFTMAX, 0, 0, 0);
    Samples clocked = new Samples(false);
    for (int step = 0; step < 3; step++) {
      product.steps.add(new Measured(1, 400, 800));
      softmax.steps.add(new Measured(2, 300, 0));
      clocked.add(() -> 1_000);
    }
    Profile profile = Profile.of(List.of(product, softmax), clocked, new Cost(10, 20), 780, 4);
    assertThat(profile.unscaled()).isCloseTo(910 / 780.0, within(1e-12));
    assertThat(profile.calls()).isEqualTo(3);
    assertThat(profile.clockNanos()).isEqualTo(30);
    assertThat(profile.clockedMs()).isCloseTo(1e-3, within(1e-12));
    assertThat(profile.outsideProducts()).isCloseTo(520 / 910.0, within(1e-12));
    assertThat(profile.parts())
        .extracting(Profile.Part::work)
        .containsExactly(Work.MIX, Work.SOFTMAX, Work.REST);
    assertThat(profile.parts().stream().mapToDouble(Profile.Part::share).toArray())
        .containsExactly(new double[] {390 / 910.0, 280 / 910.0, 240 / 910.0}, within(1e-12));
    assertThat(profile.parts().stream().mapToDouble(Profile.Part::ms).sum())
        .isCloseTo(780e-6, within(1e-12));
    Profile.Part mix = profile.parts().getFirst();
    assertThat(mix.shape()).isEqualTo("16 x 8 x 32");
    assertThat(mix.gflops()).isCloseTo(800 / (390 * 780 / 910.0), within(1e-12));
    assertThat(mix.fmaShare()).isCloseTo(800 / (390 * 780 / 910.0) / 4, within(1e-12));
  }
}
