package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import refrain.draw.Block;
import refrain.draw.Table;

/** The model analysis table: a row a variant, means over its seeds. */
final class ModelTable {
  private final StudyView view;
  private final String command;
  private final List<String> variants;

  ModelTable(StudyView view, String command) {
    this.view = view;
    this.command = command;
    Set<String> names = new LinkedHashSet<>(ContinuitySection.ATTENTION_ONLY);
    names.addAll(ContinuitySection.WITH_MLP);
    names.addAll(ContinuitySection.WIDE);
    names.addAll(ContinuitySection.LOW_ENTROPY);
    this.variants = names.stream().filter(view::has).toList();
  }

  List<Block> blocks() {
    return List.of(change(), heads());
  }

  private Block change() {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("model"),
            Table.Column.number("width", ""),
            Table.Column.number("parameters", "k"),
            Table.Column.text("formed"),
            Table.Column.number("at step", ""),
            Table.Column.number("at tokens", "M"),
            Table.Column.number("ICL before", "nats"),
            Table.Column.number("300 steps after", "nats"),
            Table.Column.number("loss at the end", "nats"));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String v : variants) {
      double[] formed = view.values(v, "formed");
      rows.add(
          List.of(
              new Table.Text(v),
              number(v, "depth.width", 0, 1),
              number(v, "depth.parameters", 0, 1e3),
              new Table.Text((int) Arrays.stream(formed).sum() + " of " + formed.length),
              number(v, "formation.step", 0, 1),
              number(v, "formation.tokens", 2, 1e6),
              number(v, "icl.before", 2, 1),
              number(v, "depth.icl", 2, 1),
              number(v, "loss.after", 2, 1)));
    }
    return new Block.Tabled(
        new Table(columns, rows),
        "Model analysis table: the change. Means over the seeds that have a value. Models that"
            + " form heads end at about the same ICL score; those that do not stay where one layer"
            + " stays.",
        command);
  }

  private Block heads() {
    List<Table.Column> columns =
        List.of(
            Table.Column.text("model"),
            Table.Column.number("induction heads", ""),
            Table.Column.number("prefix matching", ""),
            Table.Column.text("layer (runs)"),
            Table.Column.number("relative depth", ""),
            Table.Column.number("previous token", ""),
            Table.Column.text("layer (runs)"),
            Table.Column.number("copying", ""),
            Table.Column.number("OV eigenvalues", ""),
            Table.Column.number("K-composition", "z"),
            Table.Column.number("partner", ""),
            Table.Column.number("ICL removed", ""),
            Table.Column.number("other heads", ""),
            Table.Column.number("through later heads", ""),
            Table.Column.number("unmatched", ""));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (String v : variants) {
      if (AblationSection.any(view, v, "depth.induction.layer")) {
        rows.add(
            List.of(
                new Table.Text(v),
                number(v, "depth.set.size", 1, 1),
                number(v, "depth.induction", 2, 1),
                layers(v, "depth.induction.layer"),
                number(v, "depth.induction.relative", 2, 1),
                number(v, "depth.previous", 2, 1),
                layers(v, "depth.previous.layer"),
                number(v, "depth.copying", 2, 1),
                number(v, "depth.ov", 2, 1),
                number(v, "depth.k.z", 0, 1),
                number(v, "depth.k.previous", 2, 1),
                number(v, "depth.set", 2, 1),
                number(v, "depth.random", 2, 1),
                number(v, "depth.path.mean", 2, 1),
                number(v, "depth.path.unmatched", 2, 1)));
      }
    }
    return new Block.Tabled(
        new Table(columns, rows),
        "Model analysis table: the heads of models that formed some. Layers count from 0, with the"
            + " number of runs in brackets. \"Not measured\": no such heads, for example none with"
            + " a layer behind them.",
        command);
  }

  private Table.Cell number(String variant, String quantity, int decimals, double unit) {
    return new Table.Number(view.mean(variant, quantity) / unit, decimals);
  }

  /** Such as "1 (2), 2 (1)": two runs have it in layer 1 and one in layer 2. */
  private Table.Cell layers(String variant, String quantity) {
    TreeMap<Integer, Integer> runs = new TreeMap<>();
    for (double layer : view.values(variant, quantity)) {
      if (Double.isFinite(layer)) {
        runs.merge((int) layer, 1, Integer::sum);
      }
    }
    List<String> words = new ArrayList<>();
    runs.forEach((layer, n) -> words.add(String.format(Locale.ROOT, "%d (%d)", layer, n)));
    return new Table.Text(String.join(", ", words));
  }
}
