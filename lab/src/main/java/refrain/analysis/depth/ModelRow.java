package refrain.analysis.depth;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import refrain.analysis.Curves;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Composition;
import refrain.store.MetricsRow;
import refrain.train.Formation;
import refrain.train.Metrics;

/**
 * A run as a row of the model analysis table (Olsson et al. 2022, Argument 6): its shape, and its
 * best heads as its last probe measured them.
 */
record ModelRow(Subject run, ModelSpec spec) {
  static final Declarations ALL = new Declarations("Olsson et al. 2022, Argument 6");

  /** How long after the formation step models are compared, steps: the plateau of the study. */
  static final int AFTER = 300;

  private static final Quantity LAYERS =
      ALL.number("depth.layers", "layers", "layers").is("n_layers");
  private static final Quantity MLP =
      ALL.pure("depth.mlp", "MLP").is("1 with an MLP in each block, else 0");
  private static final Quantity WIDTH =
      ALL.number("depth.width", "width", "features").is("d_model");
  private static final Quantity PARAMETERS =
      ALL.number("depth.parameters", "parameters", "parameters").is("all, embeddings included");
  private static final Quantity ICL_ERROR =
      ALL.nats("depth.icl.error", "standard error of depth.icl")
          .is("over the sequences of the evaluation set, at the checkpoint nearest to its probe");
  private static final Quantity ICL =
      ALL.nats("depth.icl", "ICL score after heads formed")
          .error(ICL_ERROR)
          .is(
              "at the last probe up to "
                  + AFTER
                  + " steps after the formation step; none formed: at the last probe");
  private static final Quantity SET_SIZE =
      ALL.number("depth.set.size", "heads that match prefixes", "heads").is(Heads.RULE);
  private static final Quantity INDUCTION =
      ALL.probability("depth.induction", "best induction head").is("highest prefix matching");
  private static final Quantity INDUCTION_LAYER =
      ALL.number("depth.induction.layer", "layer of the best induction head", "layer")
          .is("counted from 0; NaN: none formed");
  private static final Quantity INDUCTION_RELATIVE =
      ALL.pure("depth.induction.relative", "relative depth of the best induction head")
          .is("layer / (n_layers - 1), 0 first, 1 last");
  private static final Quantity INDUCTION_LAST =
      ALL.pure("depth.induction.last", "an induction head in the last layer")
          .is("1 where a head of the last layer matches prefixes, else 0");
  private static final Quantity PREVIOUS =
      ALL.probability("depth.previous", "best previous-token head before the best induction head")
          .is(
              "highest previous-token score on evaluation text of a head in an earlier layer"
                  + " than the best induction head; none formed: of any head");
  private static final Quantity PREVIOUS_LAYER =
      ALL.number("depth.previous.layer", "layer of the best previous-token head", "layer")
          .is("counted from 0");
  private static final Quantity BEHIND =
      ALL.pure("depth.behind", "best induction head right behind the best previous-token head")
          .is("1 where depth.induction.layer = depth.previous.layer + 1, else 0");
  private static final Quantity COPYING =
      ALL.pure("depth.copying", "copying score of the best induction head").is("at the end");
  private static final Quantity OV =
      ALL.pure("depth.ov", "OV eigenvalue score of the best induction head").is("at the end");
  private static final Quantity K_Z =
      ALL.number("depth.k.z", "strongest K-composition into the best induction head", "sd")
          .is("largest z over earlier heads against random matrices");
  private static final Quantity K_PREVIOUS =
      ALL.pure("depth.k.previous", "strongest K-composition is with the best previous-token head")
          .is("1 where the sender of depth.k.z is the head of depth.previous, else 0");

  static Findings of(Subject run, Heads heads) {
    return new ModelRow(run, run.model()).findings(heads);
  }

  private Findings findings(Heads heads) {
    return new Findings()
        .put(LAYERS, spec.nLayers())
        .put(MLP, spec.hasMlp() ? 1.0 : 0.0)
        .put(WIDTH, spec.dModel())
        .put(PARAMETERS, run.last().parameters().arena().length)
        .put(ICL, run.curves().icl()[after(run.curves())])
        .put(ICL_ERROR, iclError(run.curves().steps()[after(run.curves())]))
        .put(SET_SIZE, heads.matching().size())
        .putAll(heads.formed() ? withHeads(heads) : withoutHeads());
  }

  /** The probe {@link #AFTER} steps after the formation step, or the last. */
  static int after(Curves curves) {
    int formed = curves.formation(Formation.DEFAULT);
    return formed == Formation.NONE
        ? curves.last()
        : curves.at(curves.steps()[formed] + (double) AFTER);
  }

  private double iclError(long step) {
    return Arrays.stream(run.steps())
        .boxed()
        .min(Comparator.comparingLong(saved -> Math.abs(saved - step)))
        .map(saved -> run.icl(saved).error())
        .orElse(Double.NaN);
  }

  private Findings withoutHeads() {
    MetricsRow row = lastWith(Metrics.PREVIOUS_TOKEN);
    HeadId previous = best(row, "prev", HeadId.all(spec));
    return new Findings()
        .put(PREVIOUS, Heads.score(row, "prev", previous))
        .put(PREVIOUS_LAYER, previous.layer());
  }

  private Findings withHeads(Heads heads) {
    HeadId induction = heads.matching().getFirst();
    Findings findings =
        new Findings()
            .put(INDUCTION, Heads.score(lastWith(Metrics.PREFIX_MATCHING), "pm", induction))
            .put(INDUCTION_LAYER, induction.layer())
            .put(
                INDUCTION_RELATIVE,
                spec.nLayers() == 1 ? Double.NaN : induction.layer() / (spec.nLayers() - 1.0))
            .put(
                INDUCTION_LAST,
                heads.matching().stream().anyMatch(h -> h.layer() == spec.nLayers() - 1)
                    ? 1.0
                    : 0.0)
            .put(COPYING, Heads.score(lastWith("copy.best"), "copy", induction))
            .put(OV, Heads.score(lastWith("ov.eig.best"), "ov.eig", induction));
    List<HeadId> before =
        HeadId.all(spec).stream().filter(head -> head.layer() < induction.layer()).toList();
    if (before.isEmpty()) {
      return findings;
    }
    MetricsRow row = lastWith(Metrics.PREVIOUS_TOKEN);
    HeadId previous = best(row, "prev", before);
    return findings
        .put(PREVIOUS, Heads.score(row, "prev", previous))
        .put(PREVIOUS_LAYER, previous.layer())
        .put(BEHIND, induction.layer() == previous.layer() + 1 ? 1.0 : 0.0)
        .putAll(composition(induction, previous));
  }

  /** The strongest K-composition into the best induction head, from the recorded series. */
  private Findings composition(HeadId induction, HeadId previous) {
    MetricsRow row = lastWith("comp.null.mean");
    double[] scores = row.list("comp.k");
    if (scores == null) {
      return new Findings();
    }
    List<Composition.Pair> pairs = Composition.pairs(spec);
    int best = -1;
    for (int i = 0; i < scores.length; i++) {
      boolean into = pairs.get(i).receiver().equals(induction);
      best = into && (best < 0 || scores[i] > scores[best]) ? i : best;
    }
    boolean same = pairs.get(best).sender().equals(previous);
    return new Findings()
        .put(K_Z, (scores[best] - row.value("comp.null.mean")) / row.value("comp.null.sd"))
        .put(K_PREVIOUS, same ? 1.0 : 0.0);
  }

  private static HeadId best(MetricsRow row, String measure, List<HeadId> heads) {
    return heads.stream()
        .max(Comparator.comparingDouble(head -> Heads.score(row, measure, head)))
        .orElseThrow();
  }

  /** The last row that has a metric; without one the last row. */
  private MetricsRow lastWith(String metric) {
    List<MetricsRow> having = run.metrics().having(metric);
    return (having.isEmpty() ? run.metrics().rows() : having).getLast();
  }
}
