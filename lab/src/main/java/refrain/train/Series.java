package refrain.train;

import static refrain.base.RefrainException.require;

import java.util.List;

/**
 * Checkpoints of a model that others trained, measured one after the other as if they were probes
 * of a run. How they were trained is not known: of the run's batch, optimiser and seeds nothing is
 * said by them.
 *
 * @param states by step, all different
 */
public record Series(List<State> states) {
  /**
   * One checkpoint.
   *
   * @param step that its name says
   * @param place where it lay
   */
  public record State(long step, String place) {
    public State {
      require(
          step >= 0 && step <= Integer.MAX_VALUE,
          "series: step is %s, expected 0 to %s",
          step,
          Integer.MAX_VALUE);
    }
  }

  public Series {
    states = List.copyOf(states);
    require(states.size() >= 2, "series: has %s states, expected 2 or more", states.size());
    for (int i = 1; i < states.size(); i++) {
      require(
          states.get(i - 1).step() < states.get(i).step(),
          "series: step %s stands after step %s, expected a later one",
          states.get(i).step(),
          states.get(i - 1).step());
    }
  }
}
