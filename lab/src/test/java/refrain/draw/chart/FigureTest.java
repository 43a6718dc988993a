package refrain.draw.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import refrain.draw.Figure;
import refrain.draw.Ink;
import refrain.draw.Num;
import refrain.draw.Pen;
import refrain.draw.ReportDemo;
import refrain.draw.Style;
import refrain.draw.Type;
import refrain.draw.Xml;

class FigureTest {
  static List<Figure> figures() {
    return List.of(
        ReportDemo.loss(),
        ReportDemo.prefixMatching(),
        ReportDemo.grid(),
        ReportDemo.pattern(24),
        ReportDemo.pattern(48),
        ReportDemo.large(),
        ReportDemo.dates(),
        ReportDemo.scatter());
  }

  @ParameterizedTest
  @MethodSource("figures")
  void isAnAccessibleSvgFile(Figure figure) {
    Document svg = Xml.parse(figure.svg());
    Element root = svg.getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("svg");
    assertThat(root.getAttribute("role")).isEqualTo("img");
    assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
        .isEqualTo(figure.title());
    for (String id : root.getAttribute("aria-labelledby").split(" ", -1)) {
      assertThat(figure.svg()).contains("id=\"" + id + "\"");
    }
    assertThat(figure.svg()).contains("prefers-color-scheme:dark").doesNotContain("NaN");
  }

  @ParameterizedTest
  @MethodSource("figures")
  void isTheSameByteForByte(Figure figure) {
    assertThat(figure.svg()).isEqualTo(figure.svg());
    assertThat(figure.svg().length()).isLessThan(150_000);
  }

  @ParameterizedTest
  @MethodSource("figures")
  void everyColouredMarkHasItsLightColourAsFallback(Figure figure) {
    for (Element e : Xml.elements(Xml.parse(figure.svg()))) {
      for (String name : e.getAttribute("class").split(" ", -1)) {
        if (name.startsWith("f-") && !e.getTagName().equals("svg")) {
          assertThat(e.getAttribute("fill")).as(name).startsWith("#");
        }
        if (name.startsWith("k-")) {
          assertThat(e.getAttribute("stroke")).as(name).startsWith("#");
        }
      }
    }
  }

  @Test
  void labelsAreEscaped() {
    double[] x = {0, 1};
    String evil = "<script>alert('x')</script> & \"q\"\u0007";
    LineChart chart =
        new LineChart(
            evil,
            evil,
            Axis.linear(evil, evil),
            Axis.linear(evil, ""),
            List.of(Series.line(evil, 0, x, x)),
            List.of(Event.at(0.5, evil)),
            List.of(new Level(0.5, evil)));
    Heatmap map =
        new Heatmap(
            evil,
            evil,
            List.of(evil, evil),
            Heatmap.Pattern.of(new double[] {1, 0, 0, 1}, 2),
            List.of());
    DotPlot dots =
        new DotPlot(
            evil, evil, Axis.linear(evil, ""), List.of(DotPlot.Row.none(evil, 0, evil)), List.of());
    ScatterPlot.Point point = new ScatterPlot.Point(1, 2);
    ScatterPlot scatter =
        new ScatterPlot(
            evil,
            evil,
            Axis.linear(evil, evil),
            Axis.linear(evil, ""),
            List.of(new ScatterPlot.Group(evil, 0, List.of(point))),
            List.of(new ScatterPlot.Guide(point, 1, evil, true)));
    LineGrid grid = new LineGrid(evil, evil, List.of(chart), 2);
    for (Figure figure : List.of(chart, map, dots, scatter, grid)) {
      Document svg = Xml.parse(figure.svg());
      assertThat(svg.getElementsByTagName("script").getLength()).isZero();
      assertThat(svg.getElementsByTagName("title").item(0).getTextContent())
          .isEqualTo("<script>alert('x')</script> & \"q\"\uFFFD");
    }
  }

  @Test
  void namesOfSeriesDoNotOverlapAndStayInside() {
    double[] x = {0, 10};
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      series.add(Series.line("series " + i, i, x, new double[] {0, 0.9 + i * 1e-3}));
    }
    LineChart chart =
        new LineChart(
            "t",
            "d",
            Axis.linear("x", ""),
            Axis.linear("y", "").from(0, 1),
            series,
            List.of(),
            List.of());
    List<Double> heights = new ArrayList<>();
    for (Element e : Xml.elements(Xml.parse(chart.svg()))) {
      if (e.getTagName().equals("text") && e.getTextContent().startsWith("series ")) {
        heights.add(Double.parseDouble(e.getAttribute("y")));
      }
    }
    Collections.sort(heights);
    assertThat(heights).hasSize(12);
    for (int i = 1; i < 12; i++) {
      assertThat(heights.get(i) - heights.get(i - 1)).isGreaterThanOrEqualTo(Pen.LABEL);
    }
    assertThat(heights.get(11)).isLessThan(LineChart.HEIGHT);
  }

  @Test
  void labelsOfEventsLieOverNoOther() {
    double[] x = {0, 100};
    List<Event> events =
        List.of(
            Event.at(50, "one event here"),
            Event.at(52, "another event here"),
            Event.at(51, "a third one"),
            Event.at(99.5, "at the right end"),
            Event.at(0, "at the left end"));
    LineChart chart =
        new LineChart(
            "t",
            "d",
            Axis.linear("x", ""),
            Axis.linear("y", ""),
            List.of(Series.line("s", 0, x, x)),
            events,
            List.of());
    List<Element> labels =
        Xml.elements(Xml.parse(chart.svg())).stream()
            .filter(e -> e.getTagName().equals("text"))
            .filter(e -> events.stream().anyMatch(v -> v.label().equals(e.getTextContent())))
            .toList();
    assertThat(labels).hasSize(5);
    for (Element a : labels) {
      assertThat(left(a)).isGreaterThanOrEqualTo(0);
      assertThat(right(a)).isLessThanOrEqualTo(LineChart.WIDTH);
      for (Element b : labels) {
        boolean above =
            Math.abs(
                    Double.parseDouble(a.getAttribute("y"))
                        - Double.parseDouble(b.getAttribute("y")))
                >= Pen.TICK;
        assertThat(a.equals(b) || above || right(a) <= left(b) || right(b) <= left(a))
            .as(a.getTextContent() + " and " + b.getTextContent())
            .isTrue();
      }
    }
  }

  private static double left(Element text) {
    return Double.parseDouble(text.getAttribute("x"));
  }

  private static double right(Element text) {
    return left(text) + Type.Weight.PLAIN.width(text.getTextContent(), Pen.TICK);
  }

  @Test
  void aLongSeriesStaysSmallAndShowsItsPeak() {
    int n = 200_000;
    double[] x = new double[n];
    double[] y = new double[n];
    Arrays.setAll(x, i -> i);
    y[77_777] = 1;
    LineChart chart =
        new LineChart(
            "t",
            "d",
            Axis.linear("x", ""),
            Axis.linear("y", "").from(0, 1),
            List.of(Series.seeds("s", 0, List.of(Line.of(x, y)))),
            List.of(),
            List.of());
    String svg = chart.svg();
    assertThat(svg.length()).isLessThan(60_000);
    LinePlot plot = new LinePlot(chart, chart.xScale(), chart.yScale(), true, true, true);
    double top = plot.heights(LineChart.WIDTH, plot.sides(LineChart.WIDTH)).top();
    assertThat(svg).containsPattern("L[0-9.]+ " + Num.coord(top) + "L");
  }

  @Test
  void gapsEmptySeriesAndBandsWithHolesDraw() {
    double[] x = {1, 2, 3, 4};
    double[] y = {1, Double.NaN, 2, Double.POSITIVE_INFINITY};
    LineChart chart =
        new LineChart(
            "t",
            "d",
            Axis.log("x", ""),
            Axis.log("y", ""),
            List.of(
                Series.line("a", 0, x, y).withBand(x, y, y), Series.seeds("none", 1, List.of())),
            List.of(),
            List.of());
    // Two single points, each a move and no line; the band has a closed part at each.
    assertThat(curves(chart)).hasSize(1);
    assertThat(curves(chart).getFirst().getAttribute("d")).matches("M[0-9. ]+M[0-9. ]+");
    assertThat(chart.svg()).containsPattern("fill-opacity=\"\\.16\"><path d=\"M[^Z]*ZM[^Z]*Z\"/>");
    LineChart empty =
        new LineChart(
            "t", "d", Axis.linear("x", ""), Axis.linear("y", ""), List.of(), List.of(), List.of());
    assertThat(curves(empty)).isEmpty();
    assertThat(empty.svg()).contains(">x</text>").contains(">y</text>");
  }

  private static List<Element> curves(LineChart chart) {
    return Xml.elements(Xml.parse(chart.svg())).stream()
        .filter(e -> e.getAttribute("stroke-linejoin").equals("round"))
        .toList();
  }

  @Test
  void aPathHasAsManyPositionsEachWay() {
    assertThatThrownBy(() -> new PathPlot.Path("a", 0, List.of(1.0), List.of(), List.of()))
        .hasMessage("a path has 1 x but 0 y");
  }

  /** Points lie where a ruler would put them: the corners of the data, and a guide through both. */
  @Test
  void aGuideOfSlopeOneRunsThroughEqualPoints() {
    for (boolean log : new boolean[] {false, true}) {
      Axis axis = new Axis("x", "", log, 1, 100);
      ScatterPlot.Point a = new ScatterPlot.Point(10, 10);
      ScatterPlot plot =
          new ScatterPlot(
              "t",
              "d",
              axis,
              axis,
              List.of(new ScatterPlot.Group("g", 0, List.of(a))),
              List.of(new ScatterPlot.Guide(a, 1, "one", true)));
      Element mark = null;
      double[] ends = new double[4];
      for (Element e : Xml.elements(Xml.parse(plot.svg()))) {
        if (e.getTagName().equals("circle")) {
          mark = e; // the key comes first, the point last
        }
        if (e.getAttribute("stroke-dasharray").equals("2 4")) {
          String[] numbers = e.getAttribute("d").substring(1).split("[ L]", -1);
          Arrays.setAll(ends, i -> Double.parseDouble(numbers[i]));
        }
      }
      double x = Double.parseDouble(mark.getAttribute("cx"));
      double y = Double.parseDouble(mark.getAttribute("cy"));
      double on = ends[1] + (ends[3] - ends[1]) * (x - ends[0]) / (ends[2] - ends[0]);
      assertThat(on).as("log %s", log).isCloseTo(y, org.assertj.core.api.Assertions.within(0.1));
    }
  }

  @Test
  void aScatterPlotWithoutPointsDraws() {
    ScatterPlot plot =
        new ScatterPlot("t", "d", Axis.log("x", ""), Axis.log("y", ""), List.of(), List.of());
    assertThat(Xml.parse(plot.svg())).isNotNull();
    assertThatThrownBy(() ->
            new ScatterPlot(
                "t",
                "d",
                Axis.log("x", ""),
                Axis.linear("y", ""),
                List.of(),
                List.of(new ScatterPlot.Guide(new ScatterPlot.Point(1, 1), 1, "g", true))))
        .hasMessage("a straight guide needs two axes of one kind");
  }

  @Test
  void causalMaskIsLeftBlank() {
    double[] p = new double[9];
    Arrays.fill(p, 0.5);
    Heatmap map =
        new Heatmap("t", "d", List.of("a", "b", "\n"), Heatmap.Pattern.of(p, 3), List.of());
    String svg = map.svg();
    assertThat(svg).contains("b [1] → a [0]: 0.50").doesNotContain("a [0] → b [1]");
    assertThat(svg).contains("↵ [2]");
    assertThatThrownBy(
            () -> new Heatmap("t", "d", List.of("a"), Heatmap.Pattern.of(p, 3), List.of()))
        .hasMessage("a pattern over 3 tokens has 1 labels");
    assertThatThrownBy(() -> Heatmap.Pattern.of(p, 4))
        .hasMessage("a pattern over 4 tokens has 16 values, found 9");
  }

  @ParameterizedTest
  @EnumSource(Ink.class)
  void inksAreLegibleOnBothPapers(Ink ink) {
    boolean text = ink == Ink.TEXT || ink == Ink.MUTED || ink.name().matches("C\\d");
    if (text) {
      assertThat(contrast(ink.light(), Ink.PAPER.light())).isGreaterThan(4.5);
      assertThat(contrast(ink.dark(), Ink.PAPER.dark())).isGreaterThan(4.5);
    }
  }

  @Test
  void stylesDifferWithoutColour() {
    List<String> looks = new ArrayList<>();
    for (int slot = 0; slot < 4 * Ink.SERIES; slot++) {
      looks.add(Style.of(slot).dash() + Style.of(slot).marker());
    }
    assertThat(looks.subList(0, Ink.SERIES)).doesNotHaveDuplicates();
    assertThat(looks.subList(Ink.SERIES, 2 * Ink.SERIES)).doesNotHaveDuplicates();
    for (int slot = 0; slot < Ink.SERIES; slot++) {
      Style first = Style.of(slot);
      Style again = Style.of(slot + Ink.SERIES);
      assertThat(again.ink()).isEqualTo(first.ink());
      assertThat(again.dash()).isNotEqualTo(first.dash());
      assertThat(again.marker()).isNotEqualTo(first.marker());
    }
  }

  /** Contrast of WCAG 2: (L1 + .05) / (L2 + .05) of relative luminances. */
  private static double contrast(String a, String b) {
    double l = luminance(a);
    double k = luminance(b);
    return (Math.max(l, k) + 0.05) / (Math.min(l, k) + 0.05);
  }

  private static double luminance(String hex) {
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0;
    for (int i = 0; i < 3; i++) {
      double c = Integer.parseInt(hex, 1 + 2 * i, 3 + 2 * i, 16) / 255.0;
      sum += weights[i] * (c <= 0.03928 ? c / 12.92 : Math.pow((c + 0.055) / 1.055, 2.4));
    }
    return sum;
  }

  @Test
  void dotsWithoutAnyValueAreDrawnAllTheSame() {
    DotPlot.Row row =
        new DotPlot.Row(
            "2L", 0, Double.NaN, Double.NaN, Double.NaN, List.of(Double.NaN), "not analysed yet");
    for (Axis axis :
        List.of(Axis.linear("step", "steps").from(0, Double.NaN), Axis.log("step", "steps"))) {
      DotPlot dots =
          new DotPlot("t", "d", axis, List.of(row), List.of(new Level(Double.NaN, "none")));
      assertThat(dots.svg()).contains("not analysed yet").doesNotContain(">none<");
    }
  }
}
