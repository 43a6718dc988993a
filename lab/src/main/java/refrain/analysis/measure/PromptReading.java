package refrain.analysis.measure;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.instrument.ModelState;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.Recording;

/**
 * One head on one prompt.
 *
 * @param head by name
 * @param tokens [T] labels of the prompt's tokens
 * @param pattern [T query, T key] the head's attention, flattened by rows
 * @param losses [T - 1] of predicting token t + 1 from tokens 0..t, nats
 * @param after the same under an intervention; null: none was asked for
 */
public record PromptReading(
    String head,
    List<String> tokens,
    double[] pattern,
    double[] losses,
    double @Nullable [] after) {
  public PromptReading {
    tokens = List.copyOf(tokens);
  }

  /**
   * Reads a prompt.
   *
   * @param ids of its tokens, at least two and no more than the context of training
   * @param labels what a token is called
   */
  public static PromptReading of(
      ModelState model,
      int[] ids,
      IntFunction<String> labels,
      HeadId head,
      List<Intervention> more) {
    head.check(model.spec());
    if (ids.length < 2 || ids.length > model.context()) {
      throw RefrainException.badInput(
          "--prompt: has %s tokens, expected 2 to %s, the context that the model is trained on",
          ids.length, model.context());
    }
    for (int id : ids) {
      if (id < 0 || id >= model.spec().dVocab()) {
        throw RefrainException.badInput(
            "--prompt: no token %s; the vocabulary has 0 to %s", id, model.spec().dVocab() - 1);
      }
    }
    int n = ids.length;
    int[] x = Arrays.copyOf(ids, n + 1); // the last target is none: its loss is left out
    Batch batch = Batch.of(new int[][] {x});
    HookPoint point = HookPoint.of(HookKind.PATTERN, head.layer());
    Recording seen = new Recording(1);
    seen.want(point);
    float[] losses = model.losses(batch, model.plan(batch, List.of()), seen)[0];
    float[] pattern = seen.at(point)[0];
    int from = head.head() * n * n;
    double[] own = IntStream.range(0, n * n).mapToDouble(i -> pattern[from + i]).toArray();
    double[] after = null;
    if (!more.isEmpty()) {
      after = withoutLast(model.losses(batch, Passes.plan(model, batch, more), Observer.NONE)[0]);
    }
    return new PromptReading(
        head.toString(),
        IntStream.of(ids).mapToObj(labels).toList(),
        own,
        withoutLast(losses),
        after);
  }

  private static double[] withoutLast(float[] losses) {
    return IntStream.range(0, losses.length - 1).mapToDouble(t -> losses[t]).toArray();
  }

  /** The attention from one position to another. */
  public double attention(int query, int key) {
    return pattern[query * tokens.size() + key];
  }

  /** The position that a token looks at most. */
  public int lookedAt(int query) {
    int most = 0;
    for (int key = 1; key <= query; key++) {
      most = attention(query, key) > attention(query, most) ? key : most;
    }
    return most;
  }
}
