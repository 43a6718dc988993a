package refrain.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import refrain.analysis.Findings;
import refrain.draw.Block;
import refrain.draw.Table;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Level;
import refrain.study.Argument;
import refrain.study.Study.Cell;

/** Argument 3: heads ablated one by one over training, and the induction heads at once. */
final class AblationSection implements ArgumentSection {
  private static final List<String> VARIANTS = List.of("2L", "code-2L");
  private static final List<String> METHODS =
      List.of(
          "preserving.zero",
          "preserving.mean",
          "preserving.resample",
          "full.zero",
          "full.mean",
          "full.resample");

  @Override
  public List<Block> blocks(StudyView view) {
    List<String> measured =
        VARIANTS.stream().filter(v -> any(view, v, "ablation.set.size")).toList();
    if (measured.isEmpty()) {
      return List.of();
    }
    String command = view.command(Argument.ABLATION);
    List<Block> blocks = new ArrayList<>(methods());
    for (String variant : measured) {
      blocks.add(new Block.Heading(variant.equals("2L") ? "Bigram language" : "Source code"));
      blocks.add(sets(view, variant, command));
      blocks.add(parts(view, variant, command));
      blocks.addAll(new AblationCurves(view, variant, command).blocks());
    }
    blocks.addAll(whatFailed(view));
    return blocks;
  }

  static boolean any(StudyView view, String variant, String quantity) {
    return Arrays.stream(view.values(variant, quantity)).anyMatch(Double::isFinite);
  }

  private static List<Block> methods() {
    return List.of(
        new Block.Paragraph(
            "At about ten checkpoints of each run, more of them around the formation step, every"
                + " head is ablated alone: its output is set to *zero*, to its *mean* over"
                + " sequences, or to that of *another sequence* (resample). Each is done"
                + " pattern-preserving (all attention stays that of the intact pass, the paper's"
                + " main table) and full (everything downstream is computed anew). At the last"
                + " checkpoint all induction heads go at once, against as many other heads."),
        new Block.Bullets(
            List.of(
                "*Induction set*: heads whose prefix-matching score at the last probe is at least"
                    + " 0.2 and three times uniform attention's.",
                "*Share removed*: 1 − ICL ablated / ICL intact. It passes 1 where the ablated"
                    + " model does worse late in the context than early.",
                "*Attribution*: change of the per-token losses by an ablation, along the change"
                    + " that the window of the phase change brought (a tenth of training before"
                    + " and after the formation step). −1: what the window brought is undone.",
                "Evaluated on 8,192 tokens a head and checkpoint, 32,768 tokens a set; the"
                    + " standard error of the set's share is in the table.")));
  }

  private static Block sets(StudyView view, String variant, String command) {
    List<DotPlot.Row> rows = new ArrayList<>();
    for (String method : METHODS) {
      rows.add(row(view, variant, "induction set, " + words(method), 0, "ablation.set." + method));
      rows.add(row(view, variant, "other heads, " + words(method), 3, "ablation.random." + method));
    }
    return new Block.Figured(
        DotPlot.of(
                variant + ": share of the ICL score removed",
                "Share of the ICL score that goes with the induction set and with as many other"
                    + " heads, for six kinds of ablation.",
                Axis.linear("share removed", ""),
                rows)
            .withLevels(List.of(new Level(0.8, "0.8"), new Level(0.1, "0.1"))),
        "Mean over seeds, small marks are seeds. The induction set takes all of it whatever is put"
            + " in its place. Other heads take little where only what they move is zeroed or"
            + " averaged; in full ablations they take the previous-token head, and with it the"
            + " induction heads' patterns.",
        command);
  }

  /** A mean with its seeds; no interval, which is the verdict table's. */
  static DotPlot.Row row(StudyView view, String variant, String label, int slot, String quantity) {
    List<Double> seeds =
        Arrays.stream(view.values(variant, quantity)).filter(Double::isFinite).boxed().toList();
    return seeds.isEmpty()
        ? DotPlot.Row.none(label, slot, "none")
        : DotPlot.Row.of(label, slot, view.mean(variant, quantity), Double.NaN, Double.NaN)
            .withPoints(seeds);
  }

  private static String words(String method) {
    int dot = method.indexOf('.');
    return method.substring(dot + 1) + ", " + method.substring(0, dot);
  }

  private static Block parts(StudyView view, String variant, String command) {
    List<Table.Column> columns =
        List.of(
            Table.Column.number("seed", ""),
            Table.Column.text("induction set"),
            Table.Column.number("early", "nats"),
            Table.Column.number("late", "nats"),
            Table.Column.number("share", ""),
            Table.Column.number("error", ""),
            Table.Column.number("attribution", ""),
            Table.Column.number("others: share", ""),
            Table.Column.number("attribution", ""));
    List<List<Table.Cell>> rows = new ArrayList<>();
    for (Cell cell : view.cells(variant)) {
      Findings found = view.findings(cell);
      if (!Double.isNaN(found.value("ablation.set.size"))) {
        rows.add(
            List.of(
                new Table.Number(cell.seed(), 0),
                new Table.Text(heads(found)),
                new Table.Number(found.value("ablation.set.early"), 2),
                new Table.Number(found.value("ablation.set.late"), 2),
                new Table.Number(found.value("ablation.set.preserving.zero"), 2),
                new Table.Number(found.value("ablation.set.error"), 3),
                new Table.Number(found.value("ablation.set.attribution"), 2),
                new Table.Number(found.value("ablation.random.preserving.zero"), 2),
                new Table.Number(found.value("ablation.random.attribution"), 2)));
      }
    }
    return new Block.Tabled(
        new Table(columns, rows),
        "Pattern-preserving zero ablation at the last checkpoint: change of the early and late"
            + " loss, share of the ICL score removed with its standard error, attribution; share"
            + " and attribution of as many other heads. An ICL score falls when the late"
            + " loss falls or the early loss rises: both are given. Without the induction set the"
            + " late loss rises and the early one hardly moves.",
        command);
  }

  /** Such as "L1H0 L1H3", or "layer 1" where all of it is in the set. */
  private static String heads(Findings found) {
    TreeMap<String, List<String>> layers = new TreeMap<>();
    for (String head : AblationCurves.heads(found)) {
      layers
          .computeIfAbsent(head.substring(1, head.indexOf('H')), l -> new ArrayList<>())
          .add(head);
    }
    List<String> names = new ArrayList<>();
    layers.forEach((layer, heads) -> {
      List<String> set = heads.stream().filter(h -> AblationCurves.induces(found, h)).toList();
      names.addAll(set.size() == heads.size() ? List.of("layer " + layer) : set);
    });
    return names.isEmpty() ? "none" : String.join(" ", names);
  }

  /** What other heads do, with the experiment that tells how. */
  private static List<Block> whatFailed(StudyView view) {
    if (!any(view, "2L", "ablation.restored.resample")) {
      return List.of();
    }
    return List.of(
        new Block.Heading("What other heads are for"),
        new Block.Paragraph(
            String.format(
                Locale.ROOT,
                "The paper's \"ablating most other heads increases in-context learning\" is not"
                    + " what these models show, and resampling other heads is no harmless control:"
                    + " as many other heads (here mostly all of layer 0), their patterns kept,"
                    + " take %.2f of the ICL score when zeroed but %.2f when resampled. The reason"
                    + " is the values of the induction heads. With *these* values restored to"
                    + " those of the intact pass and everything else still ablated, the two shares"
                    + " are %.2f and %.2f, and the attribution goes from %.2f to %.2f. Single"
                    + " other heads move the score by %.2f nats on average, and by %.2f with"
                    + " values restored. So heads of layer 0 write into the stream which token"
                    + " stands there, and induction heads copy what they wrote (V-composition):"
                    + " taken from another sequence, it is another sequence's token that is"
                    + " copied.",
                view.mean("2L", "ablation.random.preserving.zero"),
                view.mean("2L", "ablation.random.preserving.resample"),
                view.mean("2L", "ablation.restored.zero"),
                view.mean("2L", "ablation.restored.resample"),
                view.mean("2L", "ablation.random.attribution"),
                view.mean("2L", "ablation.restored.attribution"),
                view.mean("2L", "ablation.others.move"),
                view.mean("2L", "ablation.others.restored"))));
  }
}
