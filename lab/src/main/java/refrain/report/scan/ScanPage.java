package refrain.report.scan;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Verdict;
import refrain.analysis.scan.Effects;
import refrain.analysis.scan.Scan;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.draw.Page;
import refrain.draw.Page.Section;
import refrain.draw.Table;
import refrain.draw.chart.HeadMap;
import refrain.probe.Definition;

/**
 * The page of a scan; it opens offline.
 *
 * @param provenance how it came to be
 */
public record ScanPage(Scan scan, Page.Provenance provenance) {
  private static final String OUTLINED = "outlined: induction heads";

  /** The page. */
  public Page page() {
    List<Section> sections = new ArrayList<>();
    sections.add(new Section("Heads", heads()));
    Effects effects = scan.effects();
    if (effects != null) {
      sections.add(new Section("Without heads", effects(effects)));
    }
    sections.add(
        new Section(
            "What the numbers mean",
            List.of(
                new Block.Tabled(
                    Table.of(
                        scan.definitions(),
                        List.of(
                            Table.Of.text("key", d -> "`" + d.key() + "`"),
                            Table.Of.text("measure", Definition::title),
                            Table.Of.text("formula", Definition::formula),
                            Table.Of.text("source", Definition::source))),
                    "Every measure of this page.",
                    provenance.command()))));
    return new Page(scan.model(), scan.architecture(), lead(scan), provenance, sections);
  }

  /** What was found, in a sentence. */
  public static String lead(Scan scan) {
    int heads = scan.heads().size();
    return scan.hasVerdicts()
        ? "Of %s heads %s match prefixes and %s do so weakly."
            .formatted(heads, scan.count(Verdict.INDUCTION), scan.count(Verdict.WEAK))
        : heads + " heads were measured; none has a verdict.";
  }

  /** Prefix matching of all heads, those with a verdict outlined: the picture of a scan. */
  public static HeadMap picture(Scan scan) {
    return map(scan, "Prefix matching of " + scan.model(), row -> row.score("pm"));
  }

  private static HeadMap map(Scan scan, String title, ToDoubleFunction<HeadRow> of) {
    List<double[]> values = new ArrayList<>();
    List<int[]> marks = new ArrayList<>();
    int n = scan.headsPerLayer();
    for (int l = 0; l < scan.layers(); l++) {
      List<HeadRow> rows = scan.heads().subList(l * n, (l + 1) * n);
      values.add(rows.stream().mapToDouble(of).toArray());
      marks.add(
          rows.stream()
              .mapToInt(row -> Verdict.NONE.ordinal() - row.verdict().ordinal())
              .toArray());
    }
    return new HeadMap(
        title,
        title + ": layers down, heads across, darker for more.",
        values,
        marks,
        scan.hasVerdicts() ? OUTLINED : "");
  }

  private List<Block> heads() {
    List<Block> blocks = new ArrayList<>();
    scan.notes().forEach(note -> blocks.add(new Block.Note(note)));
    if (scan.heads().isEmpty()) {
      return blocks;
    }
    blocks.add(
        new Block.Figured(
            picture(scan),
            "A cell a head, on "
                + scan.text()
                + ". Darker: it looks more at what followed earlier"
                + " occurrences of the present token.",
            provenance.command()));
    List<Figure> others = new ArrayList<>();
    for (Definition d : ScanTables.scored(scan)) {
      if (!d.key().equals("pm")) {
        String title = d.title().substring(0, 1).toUpperCase(Locale.ROOT) + d.title().substring(1);
        others.add(map(scan, title, row -> row.score(d.key())));
      }
    }
    blocks.add(new Block.Small(others));
    blocks.add(
        new Block.Tabled(
            ScanTables.heads(scan),
            "Every head, those with a verdict first.",
            provenance.command()));
    return blocks;
  }

  private List<Block> effects(Effects effects) {
    List<Block> blocks = new ArrayList<>();
    if (!effects.without().isEmpty()) {
      blocks.add(
          new Block.Tabled(
              ScanTables.without(effects),
              "What the loss gains when one head's output is replaced, on repeated tokens and on "
                  + effects.text()
                  + ".",
              provenance.command()));
    }
    if (!effects.paths().isEmpty()) {
      blocks.add(
          new Block.Tabled(
              ScanTables.paths(effects),
              "How much prefix matching is lost when a head's keys no longer read what one earlier"
                  + " head wrote.",
              provenance.command()));
    }
    if (blocks.isEmpty()) {
      blocks.add(new Block.Note("No head was taken out: " + effects.asked() + " were asked for."));
    }
    return blocks;
  }
}
