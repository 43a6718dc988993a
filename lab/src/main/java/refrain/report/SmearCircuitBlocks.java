package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import refrain.draw.Block;
import refrain.draw.Num;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Argument;

/** The circuit under keys smeared from two back, drawn for Argument 2. */
final class SmearCircuitBlocks {
  private static final String SMEARED = "2L-smeared-from-2";
  private static final List<String> VARIANTS =
      List.of(SMEARED, "2L-smeared-from-2-L1", "2L-smeared-from-2-L0", "2L");

  private static final String CIRCUIT =
      """
      position         j-1    j      j+1    j+2          ...   i
      token                   A      B      C                  A   -> B
      layer 0 writes                 A      B   (the previous token, at each position)
      smeared key                           k_j = "A"    <--   layer 1 asks for "A"
      value read                            "B" (what layer 0 put there), not C
      """;

  private SmearCircuitBlocks() {}

  /** In reading order; empty where no such run has been analysed. */
  static List<Block> blocks(StudyView view) {
    String command = view.command(Argument.CO_PERTURBATION);
    List<Block> blocks = new ArrayList<>();
    if (!MechanismSection.any(view, SMEARED, "smear2.pm")) {
      return blocks;
    }
    blocks.add(new Block.Heading("The circuit under keys smeared from two back"));
    blocks.add(
        new Block.Paragraph(
            "A smear from i − 2 in both layers is no neutral control: in-context learning forms"
                + " while the usual prefix-matching score sees nothing. Attention is therefore"
                + " read at every offset d from the earlier occurrences j of the current token:"
                + " how much goes to j + d. The hypothesis was written down before: the smeared"
                + " key of j + 2 holds the token of j, so the match lands two after it, and the"
                + " value there must yield the token *before*, x[j + 1], which a previous-token"
                + " head of layer 0 has put there: V-composition in place of K-composition."));
    blocks.add(new Block.Code(CIRCUIT));
    profile(view, command).ifPresent(blocks::add);
    paths(view, command).ifPresent(blocks::add);
    blocks.add(new Block.Bullets(List.of(weights(view), sizes(view))));
    return blocks;
  }

  private static Optional<Block> profile(StudyView view, String command) {
    List<LineChart> panels = new ArrayList<>();
    for (String variant : VARIANTS) {
      List<Line> lines = view.lines(variant, "smear2.offsets", "smear2.profile.L1");
      if (!lines.isEmpty()) {
        panels.add(
            LineChart.of(
                variant,
                "Attention of the best layer-1 head by offset, " + variant,
                Axis.linear("offset d from the earlier occurrence", ""),
                Axis.linear("attention to j + d", "").from(0, 1),
                List.of(Series.seeds(variant, panels.size(), lines))));
      }
    }
    if (panels.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Block.Figured(
            LineGrid.of(
                "Where layer 1 looks, seen from the earlier occurrence of the token",
                "Attention from a token to places around its earlier occurrence, a line a seed.",
                panels,
                2),
            "The layer-1 head that attends most to j + 2, on repeated random tokens; a line is a"
                + " seed. An induction head peaks at 1, the circuit of the smear at 2.",
            command));
  }

  private static Optional<Block> paths(StudyView view, String command) {
    SeedRows rows =
        new SeedRows(view, SMEARED)
            .add("heads found, ablated", 0, "smear2.ablate")
            .add("neither found nor previous-token", 3, "smear2.ablate.other")
            .add("V edge from previous-token heads", 0, "smear2.edge.v")
            .add("K edge from previous-token heads", 1, "smear2.edge.k")
            .add("Q edge from previous-token heads", 2, "smear2.edge.q")
            .add("V edge from other heads of layer 0", 3, "smear2.edge.v.other");
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Block.Figured(
            DotPlot.of(
                "Share of the ICL score lost",
                "Share of the in-context-learning score lost without heads or edges, " + SMEARED,
                Axis.linear("share of the ICL score lost", ""),
                rows.rows()),
            "Heads are zeroed with all patterns preserved; edges read another sequence's"
                + " previous-token heads. The V edge carries the circuit, the K edge nothing. Above"
                + " 1: the wrong token is copied with confidence.",
            command));
  }

  private static String weights(StudyView view) {
    return String.format(
        Locale.ROOT,
        "In the weights of the best head: it matches its own token directly for %s of the tokens"
            + " (W_E W_Q against W_E W_K); it copies the token it attends to for %s, and the token"
            + " that the previous-token head put there for %s (one head of few dimensions cannot"
            + " hold the whole vocabulary).",
        share(view, "smear2.match"),
        share(view, "smear2.copy.direct"),
        share(view, "smear2.copy.through"));
  }

  private static String sizes(StudyView view) {
    return String.format(
        Locale.ROOT,
        "The trainable mix has learned to use the smear: a key keeps %s of its own token, the rest"
            + " comes from two back. The best head attends %s to j + 2; the best usual"
            + " prefix-matching score is %s, over %d seeds.",
        share(view, "smear2.own"),
        share(view, "smear2.pm"),
        share(view, "smear2.pm.usual"),
        Arrays.stream(view.values(SMEARED, "smear2.pm")).filter(Double::isFinite).count());
  }

  private static String share(StudyView view, String quantity) {
    return Num.fixed(view.mean(SMEARED, quantity), 2);
  }
}
