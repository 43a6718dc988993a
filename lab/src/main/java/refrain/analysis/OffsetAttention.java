package refrain.analysis;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import refrain.data.Batch;
import refrain.intervene.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.View;

/**
 * How much attention heads pay to places seen from the earlier occurrences of the current token: at
 * offset d the mean over positions i of the sum over j &lt; i with t[j] = t[i] of the attention
 * from i to j + d, for j + d &lt; i and t[j + d] != t[i] unless d = 0. Offset 1 is the
 * prefix-matching score, offset 0 the duplicate-token score. The mean is over the positions that
 * have such a place.
 */
final class OffsetAttention {
  private final ModelSpec spec;
  private final Batch batch;
  private final float[][][] patterns;

  /** Reads a model's patterns on a batch. */
  OffsetAttention(Forward model, ModelSpec spec, Batch batch) {
    this.spec = spec;
    this.batch = batch;
    this.patterns = new float[batch.size()][spec.nLayers()][];
    model.losses(batch, List.of(), new Patterns());
  }

  /** One head's score at an offset; NaN where no position has such a place. */
  double of(HeadId head, int offset) {
    double sum = 0;
    int scored = 0;
    for (int s = 0; s < patterns.length; s++) {
      int context = batch.context();
      int from = head.head() * context * context;
      float[] pattern = patterns[s][head.layer()];
      for (int i = 0; i < context; i++) {
        double[] paid = paid(batch.tokens()[s], i, offset, pattern, from + i * context);
        sum += paid[0];
        scored += paid[1] > 0 ? 1 : 0;
      }
    }
    return scored == 0 ? Double.NaN : sum / scored;
  }

  /** The attention of a position, and how many places it is over. */
  private static double[] paid(int[] x, int i, int offset, float[] pattern, int row) {
    double sum = 0;
    int places = 0;
    for (int j = 0; j < i; j++) {
      int at = j + offset;
      if (x[j] == x[i] && at >= 0 && at < i && (offset == 0 || x[at] != x[i])) {
        sum += pattern[row + at];
        places++;
      }
    }
    return new double[] {sum, places};
  }

  /** One head's scores at the offsets from one to another, both included. */
  double[] profile(HeadId head, int from, int to) {
    double[] profile = new double[to - from + 1];
    Arrays.setAll(profile, d -> of(head, from + d));
    return profile;
  }

  private final class Patterns implements Observer {
    @Override
    public Set<HookPoint> wants() {
      return IntStream.range(0, spec.nLayers())
          .mapToObj(l -> HookPoint.of(HookKind.PATTERN, l))
          .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public void observe(int sequence, HookPoint point, View view) {
      patterns[sequence][point.layer()] = view.toArray();
    }
  }
}
