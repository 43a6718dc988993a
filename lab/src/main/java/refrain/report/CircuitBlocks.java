package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Block;
import refrain.draw.Num;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;

/** The circuit of a variant at the end of training. */
final class CircuitBlocks {
  private final StudyView view;
  private final String variant;

  CircuitBlocks(StudyView view, String variant) {
    this.view = view;
    this.variant = variant;
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    blocks.add(weights());
    blocks.add(
        plot(
            "Composition of the best previous-token head with the best induction head",
            "z against random matrices, standard deviations",
            new SeedRows(view, variant)
                .add("K", 0, "mech.z.k")
                .add("Q", 1, "mech.z.q")
                .add("V", 2, "mech.z.v")
                .add("K, best other sender", 3, "mech.z.k.other"),
            "Norms of products of weights against the same of random matrices. A small tick is a"
                + " seed, a bar the interval of the claim. A composition score has no sign and says"
                + " nothing about use: where V scores as high as K, the next figure tells them"
                + " apart."));
    blocks.add(
        plot(
            "What is lost without an edge",
            "share of the ICL score lost",
            new SeedRows(view, variant)
                .add("K from previous-token heads", 0, "mech.edge.k")
                .add("the same, mean", 0, "mech.edge.k.mean")
                .add("the same, zero", 0, "mech.edge.k.zero")
                .add("Q from previous-token heads", 1, "mech.edge.q")
                .add("V from previous-token heads", 2, "mech.edge.v")
                .add("K from other heads", 3, "mech.edge.k.other"),
            "Inputs of the induction heads read another sequence's output of the sender (or its"
                + " mean, or nothing). 1: all of the ICL score goes with the edge; more: the model"
                + " copies the wrong token with confidence."));
    blocks.add(ideal());
    blocks.add(idealTable());
    List<Line> byPosition = byPosition();
    if (!byPosition.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineChart.of(
                  "Where the previous-token head looks back",
                  "Attention from i to i - 1 of the best previous-token head, by position.",
                  Axis.linear("position i", ""),
                  Axis.linear("attention to i − 1", "").from(0, 1),
                  List.of(Series.seeds(variant, 0, byPosition))),
              "Mean over sequences of the evaluation set, a line a seed. A head that looks back"
                  + " only where its output is needed as a key has a previous-token score, and a"
                  + " memory in its position table, of no more than that share of positions.",
              MechanismSection.command(view)));
    }
    return blocks;
  }

  private Block plot(String title, String axis, SeedRows rows, String caption) {
    return new Block.Figured(
        DotPlot.of(title, title + ", " + variant, Axis.linear(axis, ""), rows.rows()),
        caption,
        MechanismSection.command(view));
  }

  private Block ideal() {
    SeedRows rows =
        new SeedRows(view, variant)
            .add("exact previous token", 0, "mech.ideal.previous")
            .add("  in the keys of induction heads alone", 0, "mech.ideal.previous.keys")
            .add("  two back or first token (control)", 3, "mech.ideal.previous.control")
            .add("exact induction", 1, "mech.ideal.induction")
            .add("  own attention where nothing matches", 1, "mech.ideal.induction.rows")
            .add("two-token induction", 2, "mech.ideal.induction.two")
            .add("  own attention where nothing matches", 2, "mech.ideal.induction.two.rows")
            .add("  two back or first token (control)", 3, "mech.ideal.induction.control");
    return new Block.Figured(
        DotPlot.of(
                "Loss recovered by ideal patterns",
                "Share of the loss difference that ideal attention recovers, " + variant,
                Axis.linear("share of the loss difference recovered", ""),
                rows.rows())
            .withLevels(List.of(new Level(1, "intact"), new Level(0, "ablated"))),
        "Over all tokens. A template rests on the first token where it has no target; the rows"
            + " below it leave heads their own attention there, or put the template only into what"
            + " the induction heads' keys read.",
        MechanismSection.command(view));
  }

  private Block idealTable() {
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String[] line :
        new String[][] {
          {"exact previous token", "mech.ideal.previous"},
          {"exact previous token, in keys alone", "mech.ideal.previous.keys"},
          {"exact induction", "mech.ideal.induction"},
          {"exact induction, own attention without a match", "mech.ideal.induction.rows"},
          {"two-token induction", "mech.ideal.induction.two"},
          {"two-token, own attention without a match", "mech.ideal.induction.two.rows"}
        }) {
      rows.add(
          List.of(
              new Table.Text(line[0]),
              new Table.Number(view.mean(variant, line[1]), 2),
              new Table.Number(view.mean(variant, line[1] + ".matched"), 2),
              new Table.Number(view.mean(variant, line[1] + ".elsewhere"), 2)));
    }
    return new Block.Tabled(
        new Table(
            List.of(
                Table.Column.text("pattern"),
                Table.Column.number("recovered, all tokens", ""),
                Table.Column.number("recovered, where the context tells", ""),
                Table.Column.number("loss added elsewhere", "nats")),
            rows),
        "Means over seeds. The context tells a token where the current one occurred before with"
            + " the same successor: what a pattern breaks elsewhere is not matching.",
        MechanismSection.command(view));
  }

  private Block weights() {
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String[] line :
        new String[][] {
          {"OV eigenvalues", "mech.ov"},
          {"copying score", "mech.copy"},
          {"QK trace through previous-token heads", "mech.qk"}
        }) {
      rows.add(
          List.of(
              new Table.Text(line[0]),
              new Table.Number(view.mean(variant, line[1] + ".induction"), 2),
              new Table.Number(view.mean(variant, line[1] + ".other"), 2),
              new Table.Number(view.mean(variant, line[1] + ".null"), 2)));
    }
    return new Block.Tabled(
        new Table(
            List.of(
                Table.Column.text("score, −1 to 1"),
                Table.Column.number("induction heads", ""),
                Table.Column.number("all other heads", ""),
                Table.Column.number("step 0", "")),
            rows),
        "Means over heads and seeds. The copying score of a head that stores every token as "
            + "random numbers of its width is "
            + Num.fixed(view.mean(variant, "mech.copy.rank"), 2)
            + ": in a small head it measures the head's width.",
        MechanismSection.command(view));
  }

  private List<Line> byPosition() {
    List<Line> lines = new ArrayList<>();
    view.cells(variant).stream()
        .map(view::findings)
        .filter(f -> f.hasSeries("mech.prev.byPosition"))
        .forEach(f -> {
          double[] y = f.series("mech.prev.byPosition");
          double[] x = new double[y.length];
          for (int i = 0; i < x.length; i++) {
            x[i] = i;
          }
          lines.add(Line.of(x, y));
        });
    return lines;
  }
}
