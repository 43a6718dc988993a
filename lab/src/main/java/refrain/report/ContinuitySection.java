package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Block;
import refrain.study.Argument;

/** Argument 6: the same measures from one layer to six, with and without MLPs, and wider. */
final class ContinuitySection implements ArgumentSection {
  static final List<String> ATTENTION_ONLY = List.of("1L", "2L", "3L", "4L", "5L", "6L");
  static final List<String> WITH_MLP =
      List.of("1L-mlp", "2L-mlp", "3L-mlp", "4L-mlp", "5L-mlp", "6L-mlp");
  static final List<String> WIDE = List.of("2L", "2L-d128", "2L-d256");
  static final List<String> LOW_ENTROPY =
      List.of("2L-c1", "3L-c1", "2L-mlp-c0.75", "2L-mlp-c1", "3L-mlp-c1", "2L-mlp-c1-bias-2");

  @Override
  public List<Block> blocks(StudyView view) {
    boolean measured =
        ATTENTION_ONLY.stream().anyMatch(v -> AblationSection.any(view, v, "depth.layers"))
            || WITH_MLP.stream().anyMatch(v -> AblationSection.any(view, v, "depth.layers"));
    if (!measured) {
      return List.of();
    }
    String command = view.command(Argument.CONTINUITY);
    List<Block> blocks = new ArrayList<>(methods());
    ModelTable table = new ModelTable(view, command);
    blocks.addAll(table.blocks());
    blocks.addAll(new DepthFigures(view, command).blocks());
    return blocks;
  }

  private static List<Block> methods() {
    return List.of(
        new Block.Paragraph(
            "The paper's model analysis table, from our runs: each model is trained on the same"
                + " data and measured by the same probes. Where they sit and what they score is"
                + " read at the last probe; the ICL score that sizes are compared by is that of"
                + " 300 steps after heads formed, so that no model has had more time with its"
                + " heads than another. The induction set is ablated as in Argument 3"
                + " (pattern-preserving, zero, 256 sequences)."),
        new Block.Bullets(
            List.of(
                "*Relative depth*: layer / (layers − 1).",
                "*Previous-token head*: the best one in a layer before the best induction head.",
                "*K-composition*: the strongest into the best induction head, as z against random"
                    + " matrices; *partner*: share of runs in which it is the previous-token"
                    + " head.",
                "*Through later heads*: share of the ICL score that goes when the Q, K and V"
                    + " inputs of all heads behind the induction heads read the mean over"
                    + " sequences in place of what these wrote. What induction heads write still"
                    + " reaches the logits and the MLPs. *Unmatched*: what the same costs, over the"
                    + " ICL score, where the current token has not stood before.")));
  }
}
