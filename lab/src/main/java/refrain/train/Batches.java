package refrain.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.DataSource;
import refrain.data.Rng;

/**
 * What the steps of a run are taken on: sequences of its language or, before it, of its lessons,
 * without the targets of the masks that are on.
 */
public final class Batches {
  private final RunSpec spec;
  private final DataSource data;
  private final List<DataSource> lessons = new ArrayList<>();

  /**
   * @param data the run's own
   * @throws RefrainException of kind BAD_INPUT when a lesson has another vocabulary
   */
  public Batches(RunSpec spec, DataSource data) {
    this.spec = spec;
    this.data = data;
    for (Lesson lesson : spec.lessons()) {
      DataSource source = lesson.data().open();
      RefrainException.require(
          source.vocab() == data.vocab(),
          "run '%s': the lesson until step %s has a vocabulary of %s, expected that of the run's"
              + " data, %s",
          spec.name(),
          lesson.until(),
          source.vocab(),
          data.vocab());
      lessons.add(source);
    }
  }

  /**
   * The batch of the step from a state that has had so many.
   *
   * @param rng advanced by the call
   */
  public Batch next(Rng rng, int step) {
    return masked(source(step).next(rng, spec.batch(), spec.context()), step);
  }

  private DataSource source(int step) {
    for (int n = 0; n < lessons.size(); n++) {
      if (step < spec.lessons().get(n).until()) {
        return lessons.get(n);
      }
    }
    return data;
  }

  private Batch masked(Batch batch, int step) {
    List<LossMask> on = spec.masks().stream().filter(mask -> mask.on(step)).toList();
    if (on.isEmpty()) {
      return batch;
    }
    float[][] weights = new float[batch.size()][batch.context()];
    for (int s = 0; s < weights.length; s++) {
      float[] own = weights[s];
      if (batch.weights() == null) {
        Arrays.fill(own, 1);
      } else {
        System.arraycopy(batch.weights()[s], 0, own, 0, own.length);
      }
      for (LossMask mask : on) {
        mask.weigh(batch.tokens()[s], own);
      }
    }
    double sum = 0;
    for (float[] own : weights) {
      for (float weight : own) {
        sum += weight;
      }
    }
    RefrainException.require(
        sum > 0,
        "run '%s': at step %s the weights of all targets sum to %s, expected more than 0, by which the"
            + " loss is divided; give the mask a weight nearer to 0",
        spec.name(),
        step,
        sum);
    return new Batch(batch.tokens(), weights);
  }
}
