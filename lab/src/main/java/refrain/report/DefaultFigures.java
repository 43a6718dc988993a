package refrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.analysis.Quantities;
import refrain.analysis.Quantity;
import refrain.report.Item.AxisOf;
import refrain.report.Item.LevelAt;
import refrain.report.Item.Reach;
import refrain.report.Item.Row;
import refrain.report.Item.When;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.Compare;
import refrain.study.Study;
import refrain.study.Test;
import refrain.study.Variant;

/** Figures that every study has, made from nothing but the study itself. */
final class DefaultFigures {
  /** More variants than this cannot be told apart in one chart. */
  static final int TOGETHER = 6;

  /** From more variants than this on only what matters most is drawn of each. */
  private static final int MANY = 12;

  private static final String FILE = "/refrain/report/default.figures.yaml";

  private DefaultFigures() {}

  /** For a study without a file: what each argument's claims measured. */
  static Figures of(Study study) {
    List<Figures.Section> sections = new ArrayList<>();
    for (Argument argument : study.arguments()) {
      List<Item> items = new ArrayList<>();
      List<Claim> own =
          study.claims().stream().filter(c -> c.argument().equals(argument.id())).toList();
      measured(own, items);
      sections.add(new Figures.Section(argument.id(), new When(List.of(), "", ""), items));
    }
    return new Figures(study.name(), "", "", List.of(), Map.of(), sections);
  }

  private static void measured(List<Claim> claims, List<Item> items) {
    Map<String, List<Claim>> values = new LinkedHashMap<>();
    Map<Compare, List<Claim>> compared = new LinkedHashMap<>();
    for (Claim claim : claims) {
      Test test = claim.test();
      if (test.statistic().paired()) {
        items.add(scatter(claim));
      } else if (test.compare() == Compare.VALUE) {
        values.computeIfAbsent(test.quantity(), any -> new ArrayList<>()).add(claim);
      } else {
        compared.computeIfAbsent(test.compare(), any -> new ArrayList<>()).add(claim);
      }
    }
    values.forEach((quantity, own) -> items.add(values(quantity, own)));
    compared.forEach((compare, own) -> items.add(compared(compare, own)));
  }

  private static Item scatter(Claim claim) {
    return new Item.Scatter(
        claim.id(),
        ("Both quantities of each run that the claim is about, a mark a run: {estimate:%s}. On the"
                + " dotted line both are the same.")
            .formatted(claim.id()),
        List.of(claim.id()),
        claim.id(),
        false,
        "the same");
  }

  private static Item values(String quantity, List<Claim> claims) {
    Quantity defined = Quantities.number(quantity);
    List<String> ids = claims.stream().map(Claim::id).toList();
    return new Item.Dots(
        defined.title(),
        "Mean over seeds with its 95 % interval, a small mark a seed. Dotted: the bars of the claims"
            + " below.",
        ids,
        Reading.axis(defined, false),
        claims.stream()
            .flatMap(claim -> claim.test().variants().stream())
            .distinct()
            .map(v -> new Row("", -1, v, quantity, "", Reach.INTERVAL, ""))
            .toList(),
        ids.stream().map(id -> new LevelAt("", null, id, false, "", "")).toList());
  }

  private static Item compared(Compare compare, List<Claim> claims) {
    List<String> ids = claims.stream().map(Claim::id).toList();
    return new Item.Dots(
        "Claims about " + compare.words(),
        "What each claim compares, of x in one run and y in another or the same: the estimate with"
            + " the interval by which it is judged, a small mark a run.",
        ids,
        new AxisOf(compare.words(), "", false, null, null),
        ids.stream().map(id -> new Row("", -1, "", "", "", Reach.INTERVAL, id)).toList(),
        List.of());
  }

  /** The study in one picture: the ICL score of its first variants, which have one kind of data. */
  static Item.Curves picture(List<Variant> variants) {
    return (Item.Curves) items("picture", variants, Map.of()).getFirst();
  }

  /**
   * Measures over training of variants with one kind of data: the first of them together, then each
   * alone; of many variants the two measures that matter most.
   *
   * @param tokens of a step
   */
  static List<Item> everyRun(List<Variant> variants, long tokens) {
    List<Item> items = new ArrayList<>();
    Map<String, Object> filled = Map.of("tokens", tokens);
    if (variants.size() > 1) {
      items.addAll(items("together", variants, filled));
    }
    items.addAll(items(variants.size() > MANY ? "many" : "alone", variants, filled));
    return items;
  }

  /** A section of the file of default figures, with what stands for its names. */
  static List<Item> items(String section, List<Variant> variants, Map<String, Object> more) {
    List<String> names = variants.stream().map(Variant::name).toList();
    Map<String, Object> all = new LinkedHashMap<>(more);
    all.put("variants", names);
    all.put("few", names.subList(0, Math.min(TOGETHER, names.size())));
    all.put("first", names.getFirst());
    String text =
        FiguresReader.resource(FILE)
            .orElseThrow(() -> new IllegalStateException("the build lost its resource " + FILE));
    return FiguresReader.section(text, FILE, section, all);
  }
}
