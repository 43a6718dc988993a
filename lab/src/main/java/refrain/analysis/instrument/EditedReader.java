package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.intervene.Source;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.Observer;
import refrain.model.TokenReader;
import refrain.model.View;

/**
 * A model that continues a sequence under interventions. Each token costs a forward pass over all
 * that was read: an intervention may reach any position.
 */
public final class EditedReader implements TokenReader {
  private static final HookPoint LOGITS = HookPoint.of(HookKind.LOGITS);

  private final ModelState model;
  private final List<Intervention> more;
  private final int[] read;
  private int position;

  /**
   * @param more interventions, after the model's own
   * @throws RefrainException when one takes values of other sequences, which are not there
   */
  public EditedReader(ModelState model, List<Intervention> more) {
    this.model = model;
    this.more = List.copyOf(more);
    this.read = new int[model.spec().nCtx()];
    List<Intervention> all = new ArrayList<>(model.own());
    all.addAll(more);
    all.forEach(EditedReader::check);
  }

  private static void check(Intervention intervention) {
    Source source =
        switch (intervention) {
          case Intervention.Replace r -> r.source();
          case Intervention.FreezePatterns f -> f.source();
          case Intervention.ReplaceEdge e -> e.source();
          default -> Source.ZERO;
        };
    if (!(source instanceof Source.Zero || source instanceof Source.Clean)) {
      throw RefrainException.badInput(
          "%s: takes its values from other sequences or models, and one sequence that is continued"
              + " has none beside it; expected zero or clean as the source",
          intervention);
    }
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public void reset() {
    position = 0;
  }

  @Override
  public float[] read(int token) {
    int vocab = model.spec().dVocab();
    if (token < 0 || token >= vocab) {
      throw RefrainException.badInput(
          "generation: token %s is %s, expected 0..%s", position, token, vocab - 1);
    }
    if (position >= read.length) {
      throw RefrainException.badInput(
          "generation: the context of nCtx = %s tokens is full; ask for fewer tokens or let the"
              + " window slide",
          read.length);
    }
    read[position++] = token;
    Batch batch = Batch.of(new int[][] {Arrays.copyOf(read, position + 1)});
    float[] last = new float[vocab];
    model.losses(
        batch,
        model.plan(batch, more),
        new Observer() {
          @Override
          public Set<HookPoint> wants() {
            return Set.of(LOGITS);
          }

          @Override
          public void observe(int sequence, HookPoint point, View view) {
            float[] all = view.toArray();
            System.arraycopy(all, all.length - vocab, last, 0, vocab);
          }
        });
    return last;
  }
}
