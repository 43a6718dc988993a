package refrain.analysis.measure;

import java.util.List;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * What changes where something of a model is removed or changed, on the same sequences.
 *
 * @param loss change of the mean loss, nats per token
 * @param icl change of the ICL score, nats; above 0: in-context learning is lost
 */
public record Removal(Change loss, Change icl) {
  public static final List<Definition> DEFINITIONS =
      List.of(
          new Definition(
              "without.loss",
              "loss without the head",
              "nats",
              Better.NEITHER,
              "mean loss with the head's output z set to 0, minus the mean loss of the model as it"
                  + " is; +- the standard error of the differences within sequences",
              "Olsson et al. 2022, Argument 3 (full ablation)"),
          new Definition(
              "without.icl",
              "ICL score without the head",
              "nats",
              Better.NEITHER,
              "ICL score with the head's output z set to 0, minus the ICL score of the model as it"
                  + " is; above 0: in-context learning is lost",
              "Olsson et al. 2022, Argument 3 (full ablation)"));
}
