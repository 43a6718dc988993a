package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Level;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;
import refrain.study.Argument;
import refrain.study.Study.Cell;

/** Argument 4: the same heads match similar tokens, categories and, or not, translations. */
final class GeneralitySection implements ArgumentSection {
  private static final String FUZZY = "families";
  private static final String EXACT = "families-exact";
  static final String TASK = "category-task";
  static final String WORDS = "word-pairs";
  private static final List<String> LEVELS =
      List.of("identical", "synonym", "category", "unrelated");

  @Override
  public List<Block> blocks(StudyView view) {
    List<Block> blocks = new ArrayList<>();
    boolean any = view.has(FUZZY) || view.has(EXACT) || view.has(TASK) || view.has(WORDS);
    if (!any) {
      return blocks;
    }
    blocks.add(
        new Block.Paragraph(
            "Do the heads that copy A B ... A -> B also serve A* B* ... A -> B, where A only"
                + " resembles A*? In each run the induction heads are found as everywhere, by prefix"
                + " matching on repeated random tokens (score at least .2 and three times uniform"
                + " attention's), and then watched on sequences made for the question. Ablations are"
                + " pattern-preserving: the heads are zeroed, all patterns stay as they were;"
                + " random sets are ten draws of as many other heads. Intervals are 95 % BCa over"
                + " seeds, where there are three or more."));
    if (view.has(FUZZY) || view.has(EXACT)) {
      fuzzy(view, blocks);
    }
    noise(view, blocks);
    if (view.has(TASK)) {
      GeneralityTasks.category(view, blocks);
    }
    if (view.has(WORDS)) {
      GeneralityTasks.words(view, blocks);
    }
    return blocks;
  }

  private static void fuzzy(StudyView view, List<Block> blocks) {
    blocks.add(new Block.Heading("Fuzzy matching by similarity"));
    blocks.add(
        new Block.Paragraph(
            "Tokens come in categories of two symbols, each in two forms: the forms of a symbol"
                + " have the same neighbours in the training text, the symbols of a category"
                + " similar ones. In `families` a repeated token may come back in another form or as"
                + " another symbol of its category; in `families-exact` it never does, so what its"
                + " heads do with similar tokens was not taught. Probed on segments of tokens of"
                + " different categories, followed by a repeat of each similarity."));
    List<DotPlot.Row> attention = new ArrayList<>();
    List<DotPlot.Row> accuracy = new ArrayList<>();
    for (String variant : List.of(FUZZY, EXACT)) {
      int slot = variant.equals(FUZZY) ? 0 : 1;
      for (String level : view.has(variant) ? LEVELS : List.<String>of()) {
        String label = variant + ", " + level;
        attention.add(
            OverSeeds.of(view.values(variant, "fuzzy.attention." + level)).row(label, slot));
        accuracy.add(OverSeeds.of(view.values(variant, "fuzzy.symbol." + level)).row(label, slot));
      }
    }
    String any = view.has(FUZZY) ? FUZZY : EXACT;
    double chance = view.mean(any, "fuzzy.chance");
    blocks.add(
        figure(
            view,
            DotPlot.of(
                    "Attention from A to the token after A*",
                    "Attention of the induction heads to the token after the similar one, by"
                        + " similarity, with single seeds.",
                    Axis.linear("attention, mean over the induction heads", "").from(0, 1),
                    attention)
                .withLevels(List.of(new Level(chance, "uniform"))),
            "The heads look at the token after a similar one; from an unrelated token they do not."
                + " Small marks are seeds."));
    blocks.add(
        figure(
            view,
            DotPlot.of(
                "Accuracy of the symbol of B",
                "Share of repeated tokens after which a form of B's symbol is most likely, by"
                    + " similarity.",
                Axis.linear("accuracy", "").from(0, 1),
                accuracy),
            "What is predicted after A, by the similarity of A to A*."));
    blocks.add(
        new Block.Tabled(table(view), "The same, and what ablation takes away.", command(view)));
  }

  private static Table table(StudyView view) {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("variant"),
            Table.Column.number("attention kept, synonym", ""),
            Table.Column.number("attention kept, category", ""),
            Table.Column.number("fuzzy ICL", "nats"),
            Table.Column.number("removed with the induction heads", ""),
            Table.Column.number("removed with random sets", ""),
            Table.Column.number("induction heads", ""));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String variant : List.of(FUZZY, EXACT)) {
      if (view.has(variant)) {
        List<Table.Cell> row = new ArrayList<>(List.of(new Table.Text(variant)));
        for (String quantity :
            List.of(
                "fuzzy.kept.synonym",
                "fuzzy.kept.category",
                "fuzzy.icl.synonym",
                "fuzzy.removed.synonym",
                "fuzzy.removed.random",
                "generality.heads")) {
          row.add(OverSeeds.of(view.values(variant, quantity)).cell(2));
        }
        rows.add(row);
      }
    }
    return new Table(columns, rows);
  }

  private static void noise(StudyView view, List<Block> blocks) {
    List<Series> attention = new ArrayList<>();
    List<Series> accuracy = new ArrayList<>();
    int slot = 0;
    for (String variant : List.of(FUZZY, EXACT, "2L")) {
      curve(view, variant, variant, slot, "noise.cosine", "noise.attention", attention);
      curve(view, variant, variant, slot, "noise.cosine", "noise.accuracy", accuracy);
      slot++;
    }
    if (attention.isEmpty()) {
      return;
    }
    blocks.add(new Block.Heading("Noisy embeddings: a dose curve"));
    blocks.add(
        new Block.Paragraph(
            "Without training anything, A* is read through an embedding that is A's mixed with"
                + " noise, at a set cosine to A's; A and B* are clean. `2L` is the model of R0, in"
                + " whose language no two tokens are similar."));
    Axis cosine = Axis.linear("cosine between the embeddings of A and A*", "");
    blocks.add(
        figure(
            view,
            LineChart.of(
                "Attention to B* by noise in A*",
                "Attention of the induction heads to the token after the noisy one over the cosine.",
                cosine,
                Axis.linear("attention", "").from(0, 1),
                attention),
            "The match falls gradually with the similarity: it is no lookup of token identity."
                + " Bands are intervals over seeds."));
    blocks.add(
        figure(
            view,
            LineChart.of(
                "Accuracy of B by noise in A*",
                "Accuracy of the token after A over the cosine.",
                cosine,
                Axis.linear("accuracy", "").from(0, 1),
                accuracy),
            "Accuracy holds longer than attention: little of it is enough."));
  }

  /** Adds the mean curve over seeds, where some run has it. */
  static void curve(
      StudyView view,
      String variant,
      String label,
      int slot,
      String x,
      String y,
      List<Series> series) {
    List<double[]> seeds = new ArrayList<>();
    double[] at = {};
    for (Cell cell : view.cells(variant)) {
      Findings found = view.findings(cell);
      if (found.hasSeries(x) && found.hasSeries(y)) {
        at = found.series(x);
        seeds.add(found.series(y));
      }
    }
    if (!seeds.isEmpty()) {
      series.add(OverSeeds.curve(label, slot, at, seeds));
    }
  }

  static Block figure(StudyView view, Figure figure, String caption) {
    return new Block.Figured(figure, caption, command(view));
  }

  private static String command(StudyView view) {
    return view.command(Argument.GENERALITY);
  }
}
