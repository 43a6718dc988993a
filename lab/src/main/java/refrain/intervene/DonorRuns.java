package refrain.intervene;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Recording;
import refrain.model.Transformer;

/** The clean forward passes behind a plan: one for each distinct donor, of what is wanted of it. */
final class DonorRuns {
  private final ModelSpec spec;
  private final Batch batch;
  private final Map<Source, Recording> recordings = new LinkedHashMap<>();
  private final Map<Place, float[][]> known = new HashMap<>();

  private record Place(Source source, HookPoint point) {}

  DonorRuns(ModelSpec spec, Batch batch) {
    this.spec = spec;
    this.batch = batch;
  }

  /** Whether a source's values come out of a forward pass. */
  static boolean needed(Source source) {
    return !(source instanceof Source.Zero);
  }

  /** The pass that a source's values come from: mean and resampling use the clean one. */
  private static Source pass(Source source) {
    return switch (source) {
      case Source.Input i -> i;
      case Source.Checkpoint c -> c;
      default -> Source.CLEAN;
    };
  }

  void want(Source source, HookPoint point) {
    if (needed(source)) {
      recordings.computeIfAbsent(pass(source), s -> new Recording(batch.size())).want(point);
    }
  }

  /**
   * Makes the passes.
   *
   * @param base edits of the passes over the batch itself with the model's own parameters
   */
  void run(Transformer model, Parameters parameters, Donors donors, Plan base) {
    recordings.forEach((source, recording) -> {
      Parameters p =
          source instanceof Source.Checkpoint(String ref)
              ? sameShape(spec, ref, donors.checkpoint(ref))
              : parameters;
      Batch b =
          source instanceof Source.Input(String name) ? sameShape(name, donors.input(name)) : batch;
      model.forward(p, b, source.equals(Source.CLEAN) ? base : Plan.NONE, recording);
    });
  }

  /**
   * A source's values at a place, one array for each sequence, laid out as the observer saw them.
   * Made once: the heads of a layer share a place.
   */
  float[][] values(Source source, HookPoint point) {
    return known.computeIfAbsent(new Place(source, point), this::make);
  }

  private float[][] make(Place place) {
    Source source = place.source();
    HookPoint point = place.point();
    Recording recording = recordings.get(pass(source));
    if (recording == null) {
      throw new IllegalStateException("nothing was recorded for " + source);
    }
    float[][] seen = recording.at(point);
    return switch (source) {
      case Source.Mean m -> mean(seen);
      case Source.Resample r -> {
        int[] from = derangement(seen.length, r.seed());
        float[][] moved = new float[seen.length][];
        Arrays.setAll(moved, s -> seen[from[s]]);
        yield moved;
      }
      default -> seen;
    };
  }

  private static float[][] mean(float[][] seen) {
    double[] sum = new double[seen[0].length];
    for (float[] one : seen) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += one[i];
      }
    }
    float[] mean = new float[sum.length];
    for (int i = 0; i < mean.length; i++) {
      mean[i] = (float) (sum[i] / seen.length);
    }
    float[][] shared = new float[seen.length][];
    Arrays.fill(shared, mean);
    return shared;
  }

  /**
   * A permutation of 0, ..., n - 1 that leaves nothing in its place, uniform among those that are
   * one cycle (Sattolo 1986).
   */
  static int[] derangement(int n, long seed) {
    if (n < 2) {
      throw RefrainException.badInput(
          "resample: the batch has one sequence, expected at least two to take values from");
    }
    Rng rng = Rng.of(seed).split("derangement");
    int[] to = IntStream.range(0, n).toArray();
    for (int i = n - 1; i > 0; i--) {
      int j = rng.nextInt(i);
      int swap = to[i];
      to[i] = to[j];
      to[j] = swap;
    }
    return to;
  }

  static Parameters sameShape(ModelSpec spec, String ref, Parameters donor) {
    if (!donor.spec().equals(spec)) {
      throw RefrainException.badInput(
          "donor checkpoint '%s' is a model of another shape: %s, expected %s"
              .formatted(ref, donor.spec(), spec));
    }
    return donor;
  }

  private Batch sameShape(String name, Batch donor) {
    if (donor.size() != batch.size() || donor.context() != batch.context()) {
      throw RefrainException.badInput(
          "donor input '%s' has %s sequences of %s positions, expected %s of %s"
              .formatted(name, donor.size(), donor.context(), batch.size(), batch.context()));
    }
    return donor;
  }
}
