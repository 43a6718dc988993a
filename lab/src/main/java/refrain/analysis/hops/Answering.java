package refrain.analysis.hops;

import java.util.Set;
import java.util.stream.IntStream;
import refrain.analysis.instrument.ModelState;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Plan;
import refrain.model.View;
import refrain.probe.LogSumExp;

/** The token that a model holds most likely at one place of each query's sequence. */
final class Answering implements Observer {
  private final Asked asked;
  private final int vocab;
  private final float[][] logits;
  private final int[][] bySequence;

  private Answering(Asked asked, int vocab) {
    this.asked = asked;
    this.vocab = vocab;
    this.logits = new float[asked.places().size()][];
    this.bySequence = new int[asked.tokens().length][];
    for (int s = 0; s < bySequence.length; s++) {
      int sequence = s;
      bySequence[s] =
          IntStream.range(0, logits.length)
              .filter(n -> asked.places().get(n).sequence() == sequence)
              .toArray();
    }
  }

  /** The logits at each place, [place, V]. */
  static float[][] logits(ModelState model, Asked asked, Plan plan) {
    Answering seen = new Answering(asked, model.spec().dVocab());
    model.losses(asked.batch(), plan, seen);
    return seen.logits;
  }

  static int best(float[] z) {
    return IntStream.range(0, z.length).reduce((a, b) -> z[b] > z[a] ? b : a).orElse(-1);
  }

  /** The loss on a token, nats. */
  static double loss(float[] z, int token) {
    return LogSumExp.of(z, 0, z.length) - z[token];
  }

  @Override
  public Set<HookPoint> wants() {
    return Set.of(HookPoint.of(HookKind.LOGITS));
  }

  @Override
  public void observe(int sequence, HookPoint point, View view) {
    float[] all = view.toArray();
    for (int n : bySequence[sequence]) {
      logits[n] = new float[vocab];
      System.arraycopy(all, asked.places().get(n).at() * vocab, logits[n], 0, vocab);
    }
  }
}
