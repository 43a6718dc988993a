package refrain.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import refrain.analysis.Findings;
import refrain.draw.Figure;
import refrain.draw.chart.Event;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.report.Item.Curve;
import refrain.report.Item.Draw;
import refrain.report.Item.Mark;
import refrain.report.Item.Panel;
import refrain.study.Study.Cell;

/** Draws {@link Item.Curves}. */
record CurvesDrawing(Reading reading) {
  /** Empty where none of its curves has a run. */
  Optional<Figure> draw(Item.Curves item) {
    List<LineChart> charts = new ArrayList<>();
    for (Panel panel : item.panels()) {
      for (Panel one : panel.heads().isEmpty() ? List.of(panel) : byHead(panel)) {
        chart(item, one).ifPresent(charts::add);
      }
    }
    if (charts.isEmpty()) {
      return Optional.empty();
    }
    String title = reading.text(item.title());
    String description = reading.text(item.caption());
    if (item.panels().size() == 1 && item.panels().getFirst().title().isEmpty()) {
      return Optional.of(charts.getFirst());
    }
    return Optional.of(
        new LineGrid(title, description, charts, Math.min(item.columns(), charts.size())));
  }

  private Optional<LineChart> chart(Item.Curves item, Panel panel) {
    List<Series> series = new ArrayList<>();
    List<String> variants =
        panel.curves().stream().map(curve -> curve.variants().getFirst()).distinct().toList();
    boolean byVariant = variants.size() == panel.curves().size();
    for (int i = 0; i < panel.curves().size(); i++) {
      Curve curve = panel.curves().get(i);
      int own = byVariant ? reading.slot(curve.variants().getFirst()) : i;
      series.addAll(series(curve, curve.slot() < 0 ? own : curve.slot()));
    }
    if (series.isEmpty()) {
      return Optional.empty();
    }
    String title = reading.text(panel.title().isEmpty() ? item.title() : panel.title());
    String description =
        panel.title().isEmpty()
            ? reading.text(item.caption())
            : reading.text(item.title()) + ": " + title;
    return Optional.of(
        new LineChart(
            title,
            description,
            Reading.axis(item.x()),
            Reading.axis(item.y()),
            series,
            events(item.marks(), panel),
            reading.levels(item.levels())));
  }

  /** None where no run has such a curve. */
  private List<Series> series(Curve curve, int slot) {
    String label = reading.text(curve.labelled());
    if (curve.overVariants()) {
      return overVariants(curve, label, slot);
    }
    List<Line> lines = lines(curve);
    if (lines.isEmpty()) {
      return List.of();
    }
    return List.of(
        switch (curve.draw()) {
          case SEEDS -> Series.seeds(label, slot, lines);
          case FIRST -> new Series(label, slot, List.of(lines.getFirst()), Optional.empty(), false);
          case MEAN -> mean(label, slot, lines);
        });
  }

  private List<Line> lines(Curve curve) {
    Optional<RunCurve> own = RunCurve.named(curve.y());
    List<Line> lines = new ArrayList<>();
    for (String variant : curve.variants()) {
      if (own.isPresent()) {
        RunCurve over = RunCurve.named(curve.x()).orElse(RunCurve.STEPS);
        for (Cell cell : reading.results().cells()) {
          if (cell.variant().name().equals(variant)) {
            double[] x = over.of(reading.results(), cell).orElse(new double[0]);
            own.get().of(reading.results(), cell).ifPresent(y -> lines.add(Line.of(x, y)));
          }
        }
      } else {
        for (Cell cell : reading.results().cells(variant)) {
          found(curve, reading.results().findings(cell), lines);
        }
      }
    }
    return lines;
  }

  private static void found(Curve curve, Findings found, List<Line> lines) {
    double from = curve.align().isEmpty() ? 0 : found.value(curve.align());
    if (Double.isNaN(from)) {
      return;
    }
    List<String> names = new ArrayList<>();
    if (curve.heads().isEmpty()) {
      names.add(curve.y());
    } else {
      for (String head : heads(found, curve.heads())) {
        if ((found.value(curve.heads() + head) == 1) == curve.member()) {
          names.add(curve.y().replace(Curve.HEAD, head));
        }
      }
    }
    for (String name : names) {
      if (found.hasSeries(name) && (curve.x().isEmpty() || found.hasSeries(curve.x()))) {
        double[] y = found.series(name);
        double[] x = curve.x().isEmpty() ? new double[y.length] : found.series(curve.x());
        for (int i = 0; i < x.length; i++) {
          x[i] = (curve.x().isEmpty() ? i : x[i]) - from;
        }
        if (y.length > 0) {
          lines.add(Line.of(x, y));
        }
      }
    }
  }

  /** The heads that a run has numbers of, layer by layer. */
  static List<String> heads(Findings found, String beginning) {
    return found.values().keySet().stream()
        .filter(name -> name.startsWith(beginning))
        .map(name -> name.substring(beginning.length()))
        .toList();
  }

  /** A panel a head of the first run that has some. */
  private List<Panel> byHead(Panel panel) {
    String variant = panel.curves().getFirst().variants().getFirst();
    for (Cell cell : reading.results().cells(variant)) {
      Findings found = reading.results().findings(cell);
      List<Panel> panels = new ArrayList<>();
      for (String head : heads(found, panel.heads())) {
        String more = found.value(panel.heads() + head) == 1 ? panel.member() : "";
        List<Curve> curves = panel.curves().stream().map(curve -> curve.of(head)).toList();
        panels.add(new Panel(panel.title().replace(Curve.HEAD, head) + more, "", "", curves));
      }
      if (!panels.isEmpty()) {
        return panels;
      }
    }
    return List.of();
  }

  /** The mean of lines over the same positions, with the band of its intervals. */
  private static Series mean(String label, int slot, List<Line> lines) {
    Line first = lines.getFirst();
    List<Line> alike = lines.stream().filter(line -> line.size() == first.size()).toList();
    double[] x = new double[first.size()];
    double[] mean = new double[x.length];
    double[] low = new double[x.length];
    double[] high = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int at = i;
      Samples samples = Samples.of(alike.stream().mapToDouble(line -> line.y(at)).toArray());
      x[i] = first.x(i);
      mean[i] = samples.mean();
      low[i] = Double.isNaN(samples.low()) ? samples.mean() : samples.low();
      high[i] = Double.isNaN(samples.high()) ? samples.mean() : samples.high();
    }
    return Series.line(label, slot, x, mean).withBand(x, low, high);
  }

  /** Two numbers of each run over several variants: the mean a value of x, and a line a seed. */
  private List<Series> overVariants(Curve curve, String label, int slot) {
    Map<Integer, TreeMap<Double, Double>> seeds = new TreeMap<>();
    TreeMap<Double, List<Double>> all = new TreeMap<>();
    for (String variant : curve.variants()) {
      for (Cell cell : reading.results().cells(variant)) {
        double x = reading.results().findings(cell).value(curve.x());
        double y = reading.results().findings(cell).value(curve.y());
        if (Double.isFinite(x) && Double.isFinite(y)) {
          seeds.computeIfAbsent(cell.seed(), seed -> new TreeMap<>()).put(x, y);
          all.computeIfAbsent(x, any -> new ArrayList<>()).add(y);
        }
      }
    }
    if (all.size() < 2) {
      return List.of();
    }
    TreeMap<Double, Double> means = new TreeMap<>();
    all.forEach((x, ys) -> means.put(x, ys.stream().mapToDouble(y -> y).average().orElseThrow()));
    Series mean = new Series(label, slot, List.of(line(means)), Optional.empty(), false);
    if (curve.draw() != Draw.SEEDS) {
      return List.of(mean);
    }
    List<Line> thin =
        seeds.values().stream().filter(s -> s.size() > 1).map(CurvesDrawing::line).toList();
    return List.of(Series.seeds("seeds", slot + 5, thin), mean);
  }

  private static Line line(TreeMap<Double, Double> points) {
    return Line.of(
        points.keySet().stream().mapToDouble(x -> x).toArray(),
        points.values().stream().mapToDouble(y -> y).toArray());
  }

  private static boolean falls(double change, Mark mark) {
    return mark.by() > 0 ? change <= -mark.by() : change < 0;
  }

  private List<Event> events(List<Mark> marks, Panel panel) {
    List<Event> events = new ArrayList<>();
    List<String> variants =
        panel.curves().stream().flatMap(c -> c.variants().stream()).distinct().toList();
    for (Mark mark : marks) {
      if (mark.value() != null) {
        events.add(Event.at(mark.value(), mark.label()));
        continue;
      }
      String label = mark.label();
      for (String variant : mark.label().isEmpty() ? variants : variants.subList(0, 1)) {
        List<Cell> cells = reading.results().cells(variant);
        for (Cell cell : mark.first() && !cells.isEmpty() ? cells.subList(0, 1) : cells) {
          Findings found = reading.results().findings(cell);
          double at = found.value(mark.at());
          boolean changed = mark.falling().isEmpty() || falls(found.value(mark.falling()), mark);
          if (Double.isFinite(at) && changed) {
            double low = mark.low().isEmpty() ? Double.NaN : found.value(mark.low());
            double high = mark.high().isEmpty() ? Double.NaN : found.value(mark.high());
            events.add(new Event(at, low, high, label));
            label = "";
          }
        }
      }
    }
    return events;
  }
}
