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
    Source source = intervention.takes();
    if (!(source == null || source instanceof Source.Zero || source instanceof Source.Clean)) {
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
    TokenReader.check(model.spec(), position, token);
    read[position++] = token;
    Batch batch = Batch.of(new int[][] {Arrays.copyOf(read, position + 1)});
    float[] last = new float[model.spec().dVocab()];
    model.losses(
        batch,
        model.plan(batch, more),
        Observer.of(
            Set.of(LOGITS),
            (_, _, view) -> {
              float[] all = view.toArray();
              System.arraycopy(all, all.length - last.length, last, 0, last.length);
            }));
    return last;
  }
}
