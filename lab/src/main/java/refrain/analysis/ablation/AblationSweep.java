package refrain.analysis.ablation;

import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Bench;
import refrain.analysis.instrument.IclReading;
import refrain.data.Batch;
import refrain.model.HeadId;

/** Every head of a run ablated alone at checkpoints around the change, six ways. */
final class AblationSweep {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 3");

  private static final SeriesQuantity STEPS =
      ALL.axis("ablation.steps", "of the checkpoints over training and around the change");
  private static final SeriesQuantity ICL =
      ALL.series("ablation.icl", "ICL score of the intact model", "nats")
          .is("at each checkpoint, on the sequences that heads are ablated on");
  private static final Family<Ablation, Family<HeadId, SeriesQuantity>> ICL_CHANGE =
      Family.of(
          List.of(Ablation.values()),
          method ->
              ALL.series(
                      "ablation.icl." + method.key(),
                      "change of the ICL score without the head, " + method.words(),
                      "nats")
                  .ofEachHead("ICL ablated - ICL intact at each checkpoint"));
  private static final Family<Ablation, Family<HeadId, SeriesQuantity>> LOSS_CHANGE =
      Family.of(
          List.of(Ablation.values()),
          method ->
              ALL.series(
                      "ablation.loss." + method.key(),
                      "change of the loss without the head, " + method.words(),
                      "nats")
                  .ofEachHead("loss ablated - loss intact at each checkpoint"));
  private static final Family<HeadId, SeriesQuantity> EARLY =
      ALL.series("ablation.early", "change of the early loss without the head", "nats")
          .ofEachHead("loss at the ICL score's early indices, ablated - intact; preserving, zero");
  private static final Family<HeadId, SeriesQuantity> LATE =
      ALL.series("ablation.late", "change of the late loss without the head", "nats")
          .ofEachHead("loss at the ICL score's late indices, ablated - intact; preserving, zero");
  private static final Family<HeadId, SeriesQuantity> ATTRIBUTION =
      ALL.series("ablation.attribution", "before-and-after attribution of the head", "1")
          .ofEachHead("ablation.set.attribution of the head alone, at each checkpoint");

  private static final Ablation PAPER = Ablation.PRESERVING_ZERO;

  private final Subject run;
  private final Batch batch;
  private final ChangeWindow window;
  private final List<Alone> heads;

  AblationSweep(Subject run, Batch batch, ChangeWindow window) {
    this.run = run;
    this.batch = batch;
    this.window = window;
    this.heads =
        HeadId.all(run.model()).stream().map(h -> new Alone(h, window.steps().length)).toList();
  }

  /** What was read without one head: by method where there are several, by checkpoint. */
  private static final class Alone {
    private final HeadId head;
    private final double[][] icl;
    private final double[][] loss;
    private final double[] early;
    private final double[] late;
    private final double[] attribution;

    Alone(HeadId head, int checkpoints) {
      this.head = head;
      this.icl = new double[Ablation.values().length][checkpoints];
      this.loss = new double[Ablation.values().length][checkpoints];
      this.early = new double[checkpoints];
      this.late = new double[checkpoints];
      this.attribution = new double[checkpoints];
    }

    void read(Bench bench, IclReading intact, Attribution change, int at) {
      for (Ablation method : Ablation.values()) {
        float[][] without = bench.without(List.of(head), method);
        IclReading ablated = bench.read(without);
        icl[method.ordinal()][at] = ablated.icl() - intact.icl();
        loss[method.ordinal()][at] = ablated.loss() - intact.loss();
        if (method == PAPER) {
          early[at] = ablated.early() - intact.early();
          late[at] = ablated.late() - intact.late();
          attribution[at] = change.of(bench.intact(), without);
        }
      }
    }

    void put(Findings findings) {
      for (Ablation method : Ablation.values()) {
        findings
            .put(ICL_CHANGE.of(method).of(head), icl[method.ordinal()])
            .put(LOSS_CHANGE.of(method).of(head), loss[method.ordinal()]);
        if (method == PAPER) {
          findings
              .put(EARLY.of(head), early)
              .put(LATE.of(head), late)
              .put(ATTRIBUTION.of(head), attribution);
        }
      }
    }
  }

  Findings findings() {
    Attribution change = new Attribution(window.change(run).apply(batch));
    double[] intactIcl = new double[window.steps().length];
    for (int i = 0; i < intactIcl.length; i++) {
      Bench bench = Bench.forAblations(run.state(window.steps()[i]), batch, run.iclIndices());
      IclReading intact = bench.read(bench.intact());
      intactIcl[i] = intact.icl();
      for (Alone head : heads) {
        head.read(bench, intact, change, i);
      }
    }
    Findings findings = new Findings().put(STEPS, window.steps()).put(ICL, intactIcl);
    heads.forEach(head -> head.put(findings));
    return findings;
  }
}
