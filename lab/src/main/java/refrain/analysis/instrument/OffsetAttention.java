package refrain.analysis.instrument;

import java.util.Arrays;
import refrain.model.HeadId;

/**
 * How much attention heads pay to places seen from the earlier occurrences of the current token: at
 * offset d the mean over positions i of the sum over j &lt; i with t[j] = t[i] of the attention
 * from i to j + d, for j + d &lt; i and t[j + d] != t[i] unless d = 0. Offset 1 is the
 * prefix-matching score, offset 0 the duplicate-token score. The mean is over the positions that
 * have such a place.
 */
public record OffsetAttention(Patterns patterns) {
  /** One head's score at an offset; NaN where no position has such a place. */
  public double of(HeadId head, int offset) {
    double sum = 0;
    int scored = 0;
    for (int s = 0; s < patterns.batch().size(); s++) {
      int[] x = patterns.batch().tokens()[s];
      for (int i = 0; i < patterns.batch().context(); i++) {
        boolean hasPlace = false;
        for (int j = 0; j < i; j++) {
          int at = j + offset;
          if (x[j] == x[i] && at >= 0 && at < i && (offset == 0 || x[at] != x[i])) {
            hasPlace = true;
            sum += patterns.at(s, head, i, at);
          }
        }
        scored += hasPlace ? 1 : 0;
      }
    }
    return scored == 0 ? Double.NaN : sum / scored;
  }

  /** One head's scores at the offsets from one to another, both included. */
  public double[] profile(HeadId head, int from, int to) {
    double[] profile = new double[to - from + 1];
    Arrays.setAll(profile, d -> of(head, from + d));
    return profile;
  }
}
