package refrain.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.draw.Badge;
import refrain.draw.Block;
import refrain.draw.Figure;
import refrain.draw.Table;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.Event;
import refrain.draw.chart.Heatmap;
import refrain.draw.chart.Level;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.PathPlot;
import refrain.draw.chart.ScatterPlot;
import refrain.draw.chart.Series;
import refrain.stats.Interval;
import refrain.study.Argument;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.Compare;
import refrain.study.Judge;
import refrain.study.MadeResults;
import refrain.study.Statistic;
import refrain.study.Study;
import refrain.study.StudyResults;

/**
 * What each kind of item draws, on numbers that are written down: variant a has formation steps
 * 100, 110, 120 and 130, variant b twice that but none on its last seed, and c was never run.
 */
class ItemBlocksTest {
  private static final List<Argument> PARTS =
      List.of(MadeResults.argument("part", "1", "The part"));

  private static final Claim SLOW =
      MadeResults.claim(
          "slow",
          "part",
          "R0",
          "b takes its time.",
          MadeResults.mean("b", "formation.step", 150),
          MadeResults.mean("a", "formation.step", 140),
          1,
          "why");
  private static final Claim RATIO =
      MadeResults.claim(
          "ratio",
          "part",
          new refrain.study.Test(
              List.of("b"),
              "formation.step",
              null,
              "a",
              null,
              null,
              Compare.RATIO,
              Statistic.MEAN,
              new Bar(Bar.Side.WITHIN, .5, 2)));
  private static final Claim SLOPE =
      MadeResults.claim(
          "slope",
          "part",
          new refrain.study.Test(
              List.of("a", "b"),
              "formation.step",
              "formation.tokens",
              null,
              null,
              null,
              Compare.VALUE,
              Statistic.DEMING_ANGLE,
              new Bar(Bar.Side.WITHIN, 6, 45)));

  private static final Study STUDY =
      MadeResults.study(
          PARTS,
          List.of(
              MadeResults.variant("a", 4),
              MadeResults.variant("b", 4),
              MadeResults.variant("c", 0)),
          List.of(SLOW, RATIO, SLOPE));

  private static final StudyResults RESULTS = MadeResults.of(STUDY, ItemBlocksTest::found);

  private static MadeResults.Found found(Study.Cell cell) {
    boolean b = cell.variant().name().equals("b");
    int seed = cell.seed();
    double step = b && seed == 3 ? Double.NaN : (100 + 10 * seed) * (b ? 2 : 1);
    return new MadeResults.Found()
        .put("formation.step", step)
        .put("formation.tokens", 2 * step)
        .put("formed", Double.isNaN(step) ? 0 : 1)
        .put("dose.bias", b ? 2 : 0)
        .put("date.icl.tau", 90 + seed)
        .put("date.icl.low", 80)
        .put("date.icl.high", 100)
        .put("date.icl.change", b ? -1 : 1)
        .put("depth.induction.layer", seed == 0 ? 2 : 1)
        .put("ablation.member.L0H0", 0)
        .put("ablation.member.L0H1", 1)
        .put("ablation.member.L1H0", 1)
        .put("ablation.member.L1H1", 1)
        .put("ablation.score.L0H1", .5 + seed)
        .put("ablation.score.L1H0", .6)
        .put("ablation.score.L0H0", .1)
        .put("ablation.alone.L0H1", .2)
        .put("ablation.alone.L1H0", b ? Double.NaN : .3)
        .put("ablation.alone.L0H0", 0)
        .put("ablation.steps", 0, 50, 100)
        .put("ablation.attribution.L0H0", 0, seed, 0)
        .put("ablation.attribution.L0H1", 1, 1, 1)
        .put("ablation.attribution.L1H0", 2, 2, 2)
        .put("ablation.attribution.L1H1", 3, 3, 3)
        .put("pca.steps", 0, 50, 100)
        .put("pca.x", 0, 1, 2)
        .put("pca.y", 5, 4, 3)
        .put("pca.components", .75, .2);
  }

  private static List<Block> blocks(String yaml) {
    return blocks(yaml, List.of());
  }

  private static List<Block> blocks(String yaml, List<Figures.Arm> arms) {
    String text = "arms: []\nsections:\n  - argument: part\n    items:\n" + yaml.indent(6);
    Figures parsed = FiguresReader.parse(text, "test.yaml");
    Figures figures = new Figures("test.yaml", text, "", arms, parsed.data(), parsed.sections());
    return new ItemBlocks(Reading.of(RESULTS, figures), "the command")
        .of(figures.sections().getFirst().items());
  }

  private static <F extends Figure> F figure(String yaml, Class<F> type) {
    Block.Figured figured = (Block.Figured) blocks(yaml).getFirst();
    assertThat(figured.command()).isEqualTo("the command");
    return type.cast(figured.figure());
  }

  private static List<Double> ys(Line line) {
    return java.util.stream.IntStream.range(0, line.size()).mapToObj(line::y).toList();
  }

  private static List<Double> xs(Line line) {
    return java.util.stream.IntStream.range(0, line.size()).mapToObj(line::x).toList();
  }

  @Test
  void aPanelAVariantHasALineASeed() {
    LineGrid grid =
        figure(
            """
            - curves:
                title: ICL
                caption: How to read.
                x: {title: tokens}
                y: {title: score, unit: nats, from: -5, to: 5}
                columns: 2
                panels:
                  - {each: [a, c, b], title: "of {it}", curves: [{variants: ["{it}"], x: run.tokens, y: run.icl}]}
            """,
            LineGrid.class);
    assertThat(grid.description()).isEqualTo("How to read.");
    assertThat(grid.panels()).extracting(LineChart::title).containsExactly("of a", "of b");
    LineChart a = grid.panels().getFirst();
    assertThat(a.series()).hasSize(1);
    assertThat(a.series().getFirst().thin()).isTrue();
    assertThat(a.series().getFirst().lines()).hasSize(4);
    Line third = a.series().getFirst().lines().get(2);
    assertThat(xs(third)).containsExactly(0.0, 640.0, 1280.0);
    assertThat(ys(third)).containsExactly(2.0, 1.0, 0.0);
    assertThat(a.yAxis().lo()).isEqualTo(-5);
    assertThat(a.yAxis().unit()).isEqualTo("nats");
    // A variant alone in its panel looks as it does everywhere: by its place in the study.
    assertThat(grid.panels().get(1).series().getFirst().slot()).isEqualTo(1);
    assertThat(grid.svg()).contains(">of a<").contains(">of b<").doesNotContain("of c");
  }

  @Test
  void severalCurvesShareAPanelByTheirPlaces() {
    LineChart chart =
        figure(
            """
            - curves:
                title: Both
                caption: c
                x: {title: steps}
                y: {title: score}
                panels:
                  - curves:
                      - {label: first, variants: [b], y: run.icl, draw: FIRST}
                      - {label: mean, variants: [b], y: run.icl, draw: MEAN}
                      - {label: none, variants: [c], y: run.icl}
                      - {label: last, variants: [a], y: run.pm, slot: 7}
            """,
            LineChart.class);
    assertThat(chart.title()).isEqualTo("Both");
    assertThat(chart.description()).isEqualTo("c");
    assertThat(chart.series()).extracting(Series::label).containsExactly("first", "mean", "last");
    assertThat(chart.series()).extracting(Series::slot).containsExactly(0, 1, 7);
    assertThat(ys(chart.series().getFirst().lines().getFirst())).containsExactly(0.0, -1.0, -2.0);
    Series mean = chart.series().get(1);
    assertThat(ys(mean.lines().getFirst())).containsExactly(1.5, .5, -.5);
    Interval judged = Judge.mean(new double[] {0, 1, 2, 3}, .95);
    assertThat(mean.band().orElseThrow().lower().y(0)).isEqualTo(judged.low());
    assertThat(mean.band().orElseThrow().upper().y(0)).isEqualTo(judged.high());
  }

  @Test
  void marksStandAtNumbersOfTheRuns() {
    LineGrid grid =
        figure(
            """
            - curves:
                title: t
                caption: c
                x: {title: steps}
                y: {title: score}
                panels: [{each: [a, b], title: "{it}", curves: [{variants: ["{it}"], y: run.icl}]}]
                marks:
                  - {at: date.icl.tau, low: date.icl.low, high: date.icl.high, label: date, falling: date.icl.change}
                  - {at: formation.step, first: true}
                  - {value: 7, label: seven}
                levels: [{at: 1.5, label: level}]
            """,
            LineGrid.class);
    // Of a the score rises, so only the formation step of its first seed and the fixed mark stand.
    assertThat(grid.panels().getFirst().events())
        .containsExactly(Event.at(100, ""), Event.at(7, "seven"));
    assertThat(grid.panels().get(1).events())
        .containsExactly(
            new Event(90, 80, 100, "date"),
            new Event(91, 80, 100, ""),
            new Event(92, 80, 100, ""),
            new Event(93, 80, 100, ""),
            Event.at(200, ""),
            Event.at(7, "seven"));
    assertThat(grid.panels().getFirst().levels()).containsExactly(new Level(1.5, "level"));
  }

  @Test
  void twoNumbersAreDrawnOverVariants() {
    LineChart chart =
        figure(
            """
            - curves:
                title: Dose
                caption: c
                x: {title: bias}
                y: {title: step}
                panels: [{curves: [{label: mean, slot: 0, variants: [a, b, c], x: dose.bias, y: formation.step}]}]
            """,
            LineChart.class);
    Series seeds = chart.series().getFirst();
    assertThat(seeds.lines()).as("the last seed formed at one dose only").hasSize(3);
    assertThat(xs(seeds.lines().get(1))).containsExactly(0.0, 2.0);
    assertThat(ys(seeds.lines().get(1))).containsExactly(110.0, 220.0);
    Line mean = chart.series().get(1).lines().getFirst();
    assertThat(ys(mean)).containsExactly(115.0, 220.0);
  }

  @Test
  void headsAreDrawnByWhetherTheyBelong() {
    LineGrid grid =
        figure(
            """
            - curves:
                title: t
                caption: c
                x: {title: steps}
                y: {title: attribution}
                panels:
                  - title: in
                    curves: [{variants: [b], x: ablation.steps, y: "ablation.attribution.{head}", align: formation.step, heads: ablation.member., member: true}]
                  - title: out
                    curves: [{variants: [b], x: ablation.steps, y: "ablation.attribution.{head}", align: formation.step, heads: ablation.member.}]
                  - title: "head {head}"
                    heads: ablation.member.
                    member: ", in"
                    curves: [{variants: [a], x: ablation.steps, y: "ablation.attribution.{head}", draw: FIRST}]
            """,
            LineGrid.class);
    assertThat(grid.panels())
        .extracting(LineChart::title)
        .containsExactly(
            "in", "out", "head L0H0", "head L0H1, in", "head L1H0, in", "head L1H1, in");
    // Three runs of b formed heads, and three of its four heads belong.
    assertThat(grid.panels().getFirst().series().getFirst().lines()).hasSize(9);
    List<Line> out = grid.panels().get(1).series().getFirst().lines();
    assertThat(out).hasSize(3);
    assertThat(xs(out.getFirst())).containsExactly(-200.0, -150.0, -100.0);
    assertThat(ys(out.get(2))).containsExactly(0.0, 2.0, 0.0);
    assertThat(ys(grid.panels().get(5).series().getFirst().lines().getFirst()))
        .containsExactly(3.0, 3.0, 3.0);
  }

  @Test
  void dotsHaveTheIntervalByWhichTheJudgeWouldRule() {
    DotPlot plot =
        figure(
            """
            - dots:
                title: Steps
                caption: c
                axis: {title: step}
                rows:
                  - {variant: a, quantity: formation.step}
                  - {label: "b, range", slot: 5, variant: b, quantity: formation.step, reach: RANGE}
                  - {variant: c, quantity: formation.step}
                  - {label: from the date, variant: a, quantity: formation.step, minus: date.icl.tau}
                  - {variant: a, quantity: early.half}
                  - {claim: slow}
                levels:
                  - {claim: slow}
                  - {claim: slow, control: true, label: control}
                  - {claim: ratio}
                  - {variant: a, quantity: formation.step, label: mean of a}
                  - {at: 0, label: zero}
            """,
            DotPlot.class);
    Interval judged = Judge.mean(new double[] {100, 110, 120, 130}, .95);
    List<DotPlot.Row> rows = plot.rows();
    assertThat(rows)
        .extracting(DotPlot.Row::label)
        .containsExactly("a", "b, range (3 of 4)", "from the date", "a", "slow");
    assertThat(rows.getFirst().estimate()).isEqualTo(115);
    assertThat(rows.getFirst().lo()).isEqualTo(judged.low());
    assertThat(rows.getFirst().hi()).isEqualTo(judged.high());
    assertThat(rows.getFirst().points()).containsExactly(100.0, 110.0, 120.0, 130.0);
    assertThat(rows.get(1).slot()).isEqualTo(5);
    assertThat(List.of(rows.get(1).lo(), rows.get(1).estimate(), rows.get(1).hi()))
        .containsExactly(200.0, 220.0, 240.0);
    assertThat(rows.get(2).points()).containsExactly(10.0, 19.0, 28.0, 37.0);
    assertThat(rows.get(3).note()).isEqualTo("no value in any of 4 runs");
    assertThat(rows.get(4).estimate()).isEqualTo(220);
    assertThat(rows.get(4).lo()).isEqualTo(RESULTS.verdict("slow").orElseThrow().estimate().low());
    assertThat(plot.levels())
        .containsExactly(
            new Level(150, ">= 150"),
            new Level(140, "control"),
            new Level(1.5, ""),
            new Level(2.5, "1.50 to 2.50"),
            new Level(115, "mean of a"),
            new Level(0, "zero"));
    assertThat(plot.svg()).contains(">b, range (3 of 4)<").contains(">no value in any of 4 runs<");
  }

  @Test
  void aFigureLeadsToItsClaims() {
    List<Block> blocks =
        blocks(
            """
            - dots:
                title: Steps
                caption: c
                claims: [slow, ratio]
                axis: {title: step}
                rows: [{variant: a, quantity: formation.step}]
            """);
    assertThat(blocks).hasSize(2);
    List<Block.Claim> claims = ((Block.Claims) blocks.get(1)).claims();
    Block.Claim slow = claims.getFirst();
    assertThat(slow.badge()).isEqualTo(Badge.CONTROL_FAILED);
    assertThat(slow.sentence()).isEqualTo("`slow`");
    assertThat(claims.get(1).badge()).isEqualTo(Badge.HOLDS);
  }

  @Test
  void aTableHasARowAVariantOrASeed() {
    List<Block> blocks =
        blocks(
            """
            - table:
                caption: All.
                columns:
                  - {name: mean, unit: k, quantity: formation.step, per: 1000.0, decimals: 3}
                  - {name: interval, quantity: formation.step, form: INTERVAL, decimals: 0}
                  - {name: range, quantity: formation.step, form: RANGE, decimals: 0}
                  - {name: log, quantity: formation.tokens, log10: true, form: MEAN_RANGE}
                  - {name: formed, quantity: formed, form: COUNT}
                  - {name: n, quantity: formation.step, form: RUNS}
                  - {name: layers, quantity: depth.induction.layer, form: EACH}
                  - {name: key, quantity: "date.{which}.tau", decimals: 1}
                  - {name: nothing, quantity: early.half}
                rows: [{each: [b, c], variant: "{it}", keys: {which: icl}}]
            - table:
                caption: Seeds.
                first: seed
                columns:
                  - {name: date, quantity: date.icl.tau, low: date.icl.low, high: date.icl.high, form: DATE, decimals: 0}
                  - {name: heads, form: HEADS, heads: ablation.member.}
                rows: [{variant: b, seeds: true}]
                needs: formation.step
            - table:
                caption: Too few rows to compare.
                columns: [{name: n, quantity: formation.step, form: RUNS}]
                rows: [{variant: a}]
                least: 2
            """);
    assertThat(blocks).hasSize(2);
    Table all = ((Block.Tabled) blocks.getFirst()).table();
    assertThat(all.columns().getFirst()).isEqualTo(Table.Column.text("variant"));
    assertThat(all.columns().get(1)).isEqualTo(Table.Column.number("mean", "k"));
    Interval judged = Judge.mean(new double[] {200, 220, 240}, .95);
    double power = Math.log10(2 * 200);
    assertThat(all.rows()).hasSize(1);
    assertThat(all.rows().getFirst())
        .extracting(Table.Cell::plain)
        .containsExactly(
            "b",
            "0.220",
            "220 [%.0f, %.0f]".formatted(judged.low(), judged.high()),
            "200 to 240",
            "2.64 [%.2f, %.2f]".formatted(power, Math.log10(2 * 240)),
            "3 of 4",
            "3",
            "1 (3), 2 (1)",
            "91.5",
            "none");
    Table seeds = ((Block.Tabled) blocks.get(1)).table();
    assertThat(seeds.rows().stream().map(r -> r.stream().map(Table.Cell::plain).toList()).toList())
        .containsExactly(
            List.of("0", "90 [80, 100]", "L0H1 layer 1"),
            List.of("1", "91 [80, 100]", "L0H1 layer 1"),
            List.of("2", "92 [80, 100]", "L0H1 layer 1"));
  }

  @Test
  void aScatterHasAMarkARunAndTheLineOfItsClaim() {
    List<Block> blocks =
        blocks(
            "- scatter: {title: Dates, caption: 'Direction {estimate:slope}.', claim: slope, equal: at once}",
            List.of(new Figures.Arm("plain", 4, List.of("a"))));
    ScatterPlot plot = (ScatterPlot) ((Block.Figured) blocks.getFirst()).figure();
    assertThat(plot.groups()).extracting(ScatterPlot.Group::label).containsExactly("plain", "b");
    assertThat(plot.groups()).extracting(ScatterPlot.Group::slot).containsExactly(4, 0);
    assertThat(plot.groups().get(1).points())
        .containsExactly(
            new ScatterPlot.Point(200, 400),
            new ScatterPlot.Point(220, 440),
            new ScatterPlot.Point(240, 480));
    assertThat(plot.xAxis().log()).isTrue();
    // Tokens are proportional to steps, so the slope of the logarithms is 1.
    assertThat(plot.guides().get(1).slope()).isCloseTo(1, within(1e-9));
    assertThat(plot.svg()).contains(">at once<").contains(">slope 1.00<");
    assertThat(((Block.Figured) blocks.getFirst()).caption())
        .isEqualTo("Direction 45.00 degrees, slope 1.00, interval 45.00 to 45.00, 7 runs.");
  }

  /** A head without one of its numbers has no mark, and a group without a head is left out. */
  @Test
  void headsHaveAMarkEachInTheGroupThatTheyBelongTo() {
    List<Block> blocks =
        blocks(
            """
            - heads:
                title: Heads
                caption: c
                variants: [b]
                x: {title: score}
                y: {title: share}
                groups:
                  - {label: in, slot: 0, x: ablation.score.HEAD, y: ablation.alone.HEAD, where: ablation.member.HEAD}
                  - {label: out, slot: 3, x: ablation.score.HEAD, y: ablation.alone.HEAD, where: ablation.member.HEAD, equals: 0}
                  - {label: none, slot: 2, x: ablation.score.HEAD, y: ablation.alone.HEAD, where: ablation.member.HEAD, equals: 2}
            """);
    ScatterPlot plot = (ScatterPlot) ((Block.Figured) blocks.getFirst()).figure();
    int runs = RESULTS.cells("b").size();
    assertThat(plot.groups()).extracting(ScatterPlot.Group::label).containsExactly("in", "out");
    assertThat(plot.groups().getFirst().points())
        .hasSize(runs)
        .startsWith(new ScatterPlot.Point(.5, .2), new ScatterPlot.Point(1.5, .2));
    assertThat(plot.groups().get(1).points())
        .hasSize(runs)
        .containsOnly(new ScatterPlot.Point(.1, 0));
    assertThat(plot.guides()).isEmpty();
  }

  @Test
  void aPathStopsAtTheSnapshotNearestToAStep() {
    PathPlot plot =
        figure(
            """
            - paths:
                title: Plane
                caption: c
                x: {title: first, unit: nats}
                y: {title: second}
                components: pca.components
                ways:
                  - {label: way, slot: 2, variant: a, x: pca.x, y: pca.y, steps: pca.steps}
                  - {label: none, variant: c, x: pca.x, y: pca.y}
                stops: [{quantity: date.icl.tau, label: tau}]
            """,
            PathPlot.class);
    assertThat(plot.paths())
        .containsExactly(
            new PathPlot.Path(
                "way",
                2,
                List.of(0.0, 1.0, 2.0),
                List.of(5.0, 4.0, 3.0),
                List.of(new PathPlot.Stop(2, "tau"))));
    assertThat(plot.svg())
        .contains(">first, 75 % of the variance (nats)<")
        .contains(">second, 20 % of the variance<")
        .contains(">tau<");
  }

  @Test
  void aPatternOutlinesWhereAnInductionHeadWouldLook() {
    List<Block> blocks =
        blocks(
            "- patterns: {caption: '{variant} at {step}, every {block}', variants: [c, b, a], most: 1}");
    assertThat(blocks).hasSize(1);
    Block.Figured figured = (Block.Figured) blocks.getFirst();
    assertThat(figured.caption()).isEqualTo("b at 20, every 3");
    Heatmap map = (Heatmap) figured.figure();
    assertThat(map.title()).isEqualTo("b, head L1H2");
    assertThat(map.tokens()).containsExactly("lu", "de", "fi", "go", "de", "fi", "go");
    // Token 1 stands at 1 and 4: from 4 an induction head looks at 2. So from 5 at 3, from 6 at 4.
    assertThat(map.marks())
        .containsExactly(new Heatmap.Cell(4, 2), new Heatmap.Cell(5, 3), new Heatmap.Cell(6, 4));
  }

  @Test
  void wordsHoldNumbersThatAreReadWhenThePageIsDrawn() {
    assertThat(
            blocks(
                """
                - heading: Steps
                - text: "a {mean:a:formation.step:0}, b {mean:b:formation.step}, none {mean:a:early.half}"
                - bullets: ["{percent:b:formed} formed", "{runs:b:formation.step} of 4"]
                - note: "{verdict:slow} at {bar:slow}; control {control:slow}; {verdict:gone}"
                - code: "f {x} = y"
                """))
        .containsExactly(
            new Block.Heading("Steps"),
            new Block.Paragraph("a 115, b 220.00, none not measured"),
            new Block.Bullets(List.of("75 % formed", "3 of 4")),
            new Block.Note(
                "control failed at >= 150; control 115.00, interval %s; not judged"
                    .formatted(interval(new double[] {100, 110, 120, 130}, 4))),
            new Block.Code("f {x} = y"));
  }

  private static String interval(double[] values, int n) {
    Interval i = Judge.mean(values, .95);
    return "%.2f to %.2f, %d runs".formatted(i.low(), i.high(), n);
  }

  @Test
  void aGroupStandsWhereThereIsSomethingToShow() {
    assertThat(
            blocks(
                """
                - group: {when: {variants: [c]}, items: [{text: one}], otherwise: [{text: two}]}
                - group: {when: {variants: [c, a]}, items: [{text: three}]}
                - group: {when: {variants: [a], quantity: early.half}, items: [{text: four}]}
                - group: {when: {variants: [a], quantity: formation.step}, items: [{text: five}]}
                - group: {items: [{text: six}]}
                """))
        .containsExactly(
            new Block.Paragraph("two"),
            new Block.Paragraph("three"),
            new Block.Paragraph("five"),
            new Block.Paragraph("six"));
  }

  @Test
  void aFigureWithoutAnyRunIsLeftOutWithItsVerdicts() {
    assertThat(
            blocks(
                """
                - curves: {title: t, caption: c, claims: [slow], panels: [{curves: [{variants: [c], y: run.icl}]}]}
                - dots: {title: t, caption: c, rows: [{variant: c, quantity: formed}]}
                - table: {caption: c, columns: [{name: n, quantity: formed}], rows: [{variant: c}]}
                - paths: {title: t, caption: c, ways: [{label: l, variant: c, x: pca.x, y: pca.y}]}
                - scatter: {title: t, caption: c, claim: slow, control: true}
                - scatter: {title: t, caption: c, claim: ratio, control: true}
                """))
        .hasSize(1); // slow's control compares a number with itself, of which there are four
  }
}
