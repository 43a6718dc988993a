package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.Drawing;
import refrain.draw.Num;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Argument;

/** How one knows that heads are no n-gram tables. */
final class NGramSection implements ArgumentSection {
  private static final List<String> VARIANTS = List.of("2L", "1L", "2L-low-entropy", "2L-c1");
  private static final List<String> ORDERS = List.of("unigram", "bigram", "trigram");

  @Override
  public List<Block> blocks(StudyView view) {
    String command = view.command(Argument.N_GRAMS);
    List<String> present =
        VARIANTS.stream()
            .filter(
                v -> view.cells(v).stream().anyMatch(c -> view.findings(c).hasSeries("kl.bigram")))
            .toList();
    List<Block> blocks = new ArrayList<>();
    if (present.isEmpty()) {
      return blocks;
    }
    blocks.add(
        new Block.Paragraph(
            "*Method.* Divergences are taken at thorough probes from n-gram tables of the data. The"
                + " batches of a run are drawn once more from its seed, so that its n-grams are"
                + " known; sequences are then built in which no trigram occurs that ever occurred in"
                + " training, and each is said twice. A table of up to three tokens predicts the"
                + " second saying exactly as the first. The weights are read for the table itself:"
                + " the direct path W_E W_U, and each head's OV circuit, against ln P(b | a)."));
    stages(view, present, command, blocks);
    over(view, present, Drawing.GAIN, command, blocks);
    losses(view, present, command, blocks);
    over(view, present, Drawing.DIRECT, command, blocks);
    home(view, present, command, blocks);
    return blocks;
  }

  private static void stages(
      StudyView view, List<String> variants, String command, List<Block> blocks) {
    List<LineChart> panels = new ArrayList<>();
    for (String variant : variants) {
      Findings f = view.findings(view.cells(variant).getFirst());
      List<Series> series = new ArrayList<>();
      for (int i = 0; i < ORDERS.size(); i++) {
        String key = "kl." + ORDERS.get(i);
        if (f.hasSeries(key) && f.series(key).length > 0) {
          series.add(Series.line(ORDERS.get(i), i, f.series(key + ".steps"), f.series(key)));
        }
      }
      if (!series.isEmpty()) {
        panels.add(
            LineChart.of(
                variant,
                "Divergence of " + variant + " from n-grams over training",
                Axis.linear("steps", ""),
                Axis.linear("KL from the n-gram", "nats"),
                series));
      }
    }
    if (!panels.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineGrid.of(
                  "Distance from n-grams",
                  "Divergence of the model's predictions from unigram, bigram and trigram, first"
                      + " seeds.",
                  panels,
                  Math.min(2, panels.size())),
              "First seeds. With two layers the model goes away from every n-gram when induction"
                  + " heads form; with one it stays. Where bigrams are worth learning (low entropy) it"
                  + " passes the unigram first and the bigram later.",
              command));
    }
  }

  /** Series over checkpoints. */
  private enum Drawing {
    GAIN(
        "ngram.steps",
        "ngram.unseen.gains",
        "Gain by repetition on unseen trigrams",
        "gain",
        "nats",
        "Loss at the first saying minus loss at the second, of sequences without a trigram that"
            + " occurred in training; a line a seed. N-gram tables gain nothing."),
    DIRECT(
        "bigram.steps",
        "bigram.directs",
        "The bigram table in the direct path",
        "correlation",
        "",
        "Correlation of W_E W_U with the language's ln P(b | a), rows centred; a line a seed. Two"
            + " layers stop to learn the table there when induction heads form; one layer goes on.");

    private final String x;
    private final String y;
    private final String title;
    private final String axis;
    private final String unit;
    private final String caption;

    Drawing(String x, String y, String title, String axis, String unit, String caption) {
      this.x = x;
      this.y = y;
      this.title = title;
      this.axis = axis;
      this.unit = unit;
      this.caption = caption;
    }
  }

  private static void over(
      StudyView view, List<String> variants, Drawing drawing, String command, List<Block> blocks) {
    List<Series> series = new ArrayList<>();
    for (String variant : variants) {
      List<Line> lines = view.lines(variant, drawing.x, drawing.y);
      if (!lines.isEmpty()) {
        series.add(Series.seeds(variant, VARIANTS.indexOf(variant), lines));
      }
    }
    if (!series.isEmpty()) {
      blocks.add(
          new Block.Figured(
              LineChart.of(
                  drawing.title,
                  drawing.title + " over training",
                  Axis.linear("steps", ""),
                  Axis.linear(drawing.axis, drawing.unit),
                  series),
              drawing.caption,
              command));
    }
  }

  private static void losses(
      StudyView view, List<String> variants, String command, List<Block> blocks) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("predictor"),
            Table.Column.text("unseen trigrams"),
            Table.Column.text("the same, shuffled"),
            Table.Column.text("uniform tokens"),
            Table.Column.text("language"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String variant : variants) {
      rows.add(row(view, variant, variant, "first", "gain"));
    }
    String first = variants.getFirst();
    for (String order : ORDERS) {
      rows.add(row(view, first, order + " table of " + first, order + ".loss", order + ".gain"));
    }
    blocks.add(
        new Block.Tabled(
            new Table(columns, rows),
            "Loss at the first saying of a block and gain at the second, nats, means over seeds. What"
                + " matters is that the gain on unseen trigrams is that on the language; shuffling"
                + " the second saying leaves what needs no order.",
            command));
  }

  private static List<Table.Cell> row(
      StudyView view, String variant, String name, String loss, String gain) {
    List<Table.Cell> cells = new ArrayList<>();
    cells.add(new Table.Text(name));
    for (String set : List.of("unseen", "shuffled", "uniform", "language")) {
      cells.add(
          new Table.Text(
              Num.fixed(view.mean(variant, "ngram." + set + "." + loss), 2)
                  + ", gain "
                  + Num.fixed(view.mean(variant, "ngram." + set + "." + gain), 2)));
    }
    return cells;
  }

  private static void home(
      StudyView view, List<String> variants, String command, List<Block> blocks) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("variant"),
            Table.Column.number("direct path", ""),
            Table.Column.number("best head", ""),
            Table.Column.number("all circuits", ""),
            Table.Column.number("induction heads", ""),
            Table.Column.number("cut, first", "nats"),
            Table.Column.number("cut, again", "nats"),
            Table.Column.number("no head", "nats"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String variant : variants) {
      List<Table.Cell> cells = new ArrayList<>();
      cells.add(new Table.Text(variant));
      for (String key :
          List.of(
              "bigram.direct",
              "bigram.heads",
              "bigram.circuits",
              "bigram.induction",
              "parts.cut.first",
              "parts.cut.again",
              "parts.direct.first")) {
        double value = view.mean(variant, key);
        cells.add(Double.isNaN(value) ? new Table.Text("none") : new Table.Number(value, 2));
      }
      rows.add(cells);
    }
    blocks.add(
        new Block.Tabled(
            new Table(columns, rows),
            "Where the bigram table lies: correlations with ln P(b | a) at the end of the direct path,"
                + " of the OV circuit that has most, of all together, and of the induction heads;"
                + " then on walks in the language that are said twice the rise of the loss when"
                + " induction heads are cut, and the loss at the first saying without any head."
                + " Means over seeds.",
            command));
  }
}
