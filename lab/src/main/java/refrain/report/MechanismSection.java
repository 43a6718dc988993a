package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.draw.Block;
import refrain.study.Argument;

/**
 * Argument 5: circuits in the weights, what their edges carry, and the order in which they form.
 */
final class MechanismSection implements ArgumentSection {
  private static final List<String> VARIANTS = List.of("2L", "code-2L");

  @Override
  public List<Block> blocks(StudyView view) {
    List<String> measured =
        VARIANTS.stream().filter(v -> any(view, v, "mech.memory.match")).toList();
    if (measured.isEmpty()) {
      return List.of();
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(methods());
    for (String variant : measured) {
      String data = variant.equals("2L") ? "Bigram language" : "Source code";
      blocks.add(new Block.Heading(data + " (" + variant + ")"));
      if (any(view, variant, "mech.edge.k")) {
        blocks.addAll(new CircuitBlocks(view, variant).blocks());
      } else {
        blocks.add(new Block.Note("No run of " + variant + " has induction heads at its end."));
      }
      blocks.addAll(new FormationOrderBlocks(view, variant).blocks());
    }
    return blocks;
  }

  /** Whether some run of a variant has a quantity. */
  static boolean any(StudyView view, String variant, String quantity) {
    return Arrays.stream(view.values(variant, quantity)).anyMatch(Double::isFinite);
  }

  private static Block methods() {
    return new Block.Paragraph(
        "Heads are chosen at the end of a run: *induction heads* by a prefix-matching score of at"
            + " least .2 and three times uniform attention's, *previous-token heads* of earlier"
            + " layers by a previous-token score of at least .2 (or the best). Weights are read"
            + " with norms folded in. An *edge* is one head's query, key or value input reading one"
            + " earlier head: it is cut by giving it that head's output on another sequence"
            + " (path patching), and what is lost of the ICL score is counted. *Ideal patterns*"
            + " replace attention: recovered is (ablated − clamped) / (ablated − intact) loss,"
            + " where ablated heads write their mean over sequences. *Memories* are shares of"
            + " tokens or positions that products of weights get right. Evaluated on 256"
            + " sequences of the run's evaluation set, 128 of code.");
  }

  static String command(StudyView view) {
    return view.command(Argument.MECHANISM);
  }
}
