package refrain.intervene;

import java.util.List;
import refrain.data.Batch;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;

/**
 * One pass over a batch, kept, and the plans of many lists of interventions that take values from
 * it and come after the model's own. {@link Interventions} makes such a pass for every list.
 *
 * <p>The pass is the model as it was trained: under its own interventions. That is what {@link
 * Source#CLEAN} and the mean and resampled values are of here, so that freezing the patterns of a
 * model with a biased head keeps the bias.
 */
public final class SharedPass {
  private final ModelSpec spec;
  private final Batch batch;
  private final Plan own;
  private final DonorRuns runs;

  private SharedPass(ModelSpec spec, Batch batch, Plan own, DonorRuns runs) {
    this.spec = spec;
    this.batch = batch;
    this.own = own;
    this.runs = runs;
  }

  /**
   * Makes the pass.
   *
   * @param own the model's own interventions, part of the pass and of every plan
   * @param wanted interventions whose values are kept; plans may use these values and no others
   * @param donors finds what either refer to
   */
  public static SharedPass of(
      Transformer model,
      Parameters parameters,
      Batch batch,
      List<Intervention> own,
      List<Intervention> wanted,
      Donors donors) {
    ModelSpec spec = parameters.spec();
    Plan base = Interventions.of(spec, own).plan(model, parameters, batch, donors);
    DonorRuns runs = new DonorRuns(spec, batch);
    Interventions.of(spec, wanted).want(runs);
    runs.run(model, parameters, donors, base);
    return new SharedPass(spec, batch, base, runs);
  }

  /** The plan of the model's own interventions alone. */
  public Plan own() {
    return own;
  }

  /** The plan of others, to come after that of the model's own. */
  public Plan plan(List<Intervention> more) {
    return Interventions.of(spec, more).build(batch, runs);
  }
}
