package refrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.analysis.Quantities;
import refrain.analysis.Quantity;
import refrain.report.Item.AxisOf;
import refrain.report.Item.Curve;
import refrain.report.Item.Draw;
import refrain.report.Item.LevelAt;
import refrain.report.Item.Mark;
import refrain.report.Item.Panel;
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
  private static final int TOGETHER = 6;

  /** From more variants than this on only what matters most is drawn of each. */
  private static final int MANY = 12;

  private static final When ALWAYS = new When(List.of(), "");
  private static final AxisOf NATS = new AxisOf("loss", "nats", false, null, null);

  private DefaultFigures() {}

  /** For a study without a file: what each argument's claims measured. */
  static Figures of(Study study) {
    List<Figures.Section> sections = new ArrayList<>();
    for (Argument argument : study.arguments()) {
      List<Item> items = new ArrayList<>();
      List<Claim> own =
          study.claims().stream().filter(c -> c.argument().equals(argument.id())).toList();
      measured(own, items);
      sections.add(new Figures.Section(argument.id(), ALWAYS, items));
    }
    return new Figures(study.name(), "", List.of(), Map.of(), sections);
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
        "Both quantities of each run that the claim is about, a mark a run: {estimate:"
            + claim.id()
            + "}. On the dotted line both are the same.",
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
  static Item.Curves picture(Study study, List<Variant> variants) {
    String first = variants.getFirst().name();
    return together(
        study,
        RunCurve.ICL,
        variants,
        study.title(),
        new AxisOf("steps", "", false, null, null),
        List.of(new Mark("formation.step", "", "", "heads form in " + first, false, "", null)));
  }

  /**
   * Measures over training of variants with one kind of data: the first of them together, then each
   * alone; of many variants the two measures that matter most.
   *
   * @param tokens of a step
   */
  static List<Item> everyRun(Study study, List<Variant> variants, long tokens) {
    List<Item> items = new ArrayList<>();
    AxisOf steps = new AxisOf("steps", "of " + tokens + " tokens", false, null, null);
    List<RunCurve> most = List.of(RunCurve.ICL, RunCurve.PREFIX_MATCHING);
    if (variants.size() > 1) {
      for (RunCurve curve : most) {
        items.add(together(study, curve, variants, curve.title(), steps, List.of()));
      }
    }
    List<RunCurve> all =
        List.of(RunCurve.LOSS, RunCurve.ICL, RunCurve.PREFIX_MATCHING, RunCurve.PREVIOUS_TOKEN);
    for (RunCurve curve : variants.size() > MANY ? most : all) {
      List<Panel> panels = new ArrayList<>();
      for (Variant variant : variants) {
        panels.add(new Panel(variant.name(), "", "", List.of(curve(study, variant, curve))));
      }
      items.add(
          new Item.Curves(
              curve.title(),
              curve.title()
                  + " over training, a panel a variant and a line a seed; a vertical mark"
                  + " is a seed's formation step.",
              List.of(),
              steps,
              curve.axis(),
              3,
              panels,
              List.of(new Mark("formation.step", "", "", "", false, "", null)),
              List.of()));
    }
    return items;
  }

  private static Item.Curves together(
      Study study,
      RunCurve curve,
      List<Variant> variants,
      String title,
      AxisOf steps,
      List<Mark> marks) {
    List<Curve> curves = new ArrayList<>();
    for (Variant variant : variants.subList(0, Math.min(TOGETHER, variants.size()))) {
      curves.add(curve(study, variant, curve));
    }
    return new Item.Curves(
        title,
        curve.title() + " over training, a line a seed.",
        List.of(),
        steps,
        curve.axis(),
        1,
        List.of(new Panel("", "", "", curves)),
        marks,
        List.of());
  }

  private static Curve curve(Study study, Variant variant, RunCurve curve) {
    return new Curve(
        "",
        List.of(variant.name()),
        RunCurve.STEPS.key(),
        curve.key(),
        study.variants().indexOf(variant),
        Draw.SEEDS,
        "",
        "",
        false);
  }

  /** Loss by token index of each variant's first seed. */
  static Item lossByIndex(String heading, List<Variant> variants) {
    List<Panel> panels = new ArrayList<>();
    for (Variant variant : variants) {
      panels.add(
          new Panel(
              variant.name(),
              "",
              "",
              List.of(
                  byIndex(variant, "before", 1, RunCurve.INDEX_BEFORE),
                  byIndex(variant, "after", 0, RunCurve.INDEX_AFTER))));
    }
    return new Item.Curves(
        heading,
        "Loss by token index before heads formed and at the end, first seed of each variant. A model"
            + " that learns in context loses less the more it has seen.",
        List.of(),
        new AxisOf("token index", "", true, null, null),
        NATS,
        3,
        panels,
        List.of(),
        List.of());
  }

  private static Curve byIndex(Variant variant, String label, int slot, RunCurve curve) {
    return new Curve(
        label,
        List.of(variant.name()),
        RunCurve.INDEX.key(),
        curve.key(),
        slot,
        Draw.FIRST,
        "",
        "",
        false);
  }

  /** The heads that were found. */
  static Item patterns(List<Variant> variants) {
    return new Item.Patterns(
        "The best prefix-matching head of {variant}, first seed, at step {step}: {block} random"
            + " tokens repeated. Outlined: the token after an earlier occurrence, where an ideal"
            + " induction head attends.",
        List.of(),
        variants.stream().map(Variant::name).toList(),
        6);
  }
}
