package refrain.report;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import refrain.analysis.Curves;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;

/** What every run has of its own probes to be drawn, whatever was analysed. */
enum RunCurve {
  LOSS("run.loss", "Loss", "loss", "nats", Curves::loss),
  ICL("run.icl", "In-context-learning score", "ICL score", "nats", Curves::icl),
  PREFIX_MATCHING(
      "run.pm", "Prefix matching", "score of the best head", "", Curves::prefixMatching),
  PREVIOUS_TOKEN("run.prev", "Previous token", "best head of layer 0", "", Curves::previousToken),
  STEPS("run.steps", "Steps", "steps", "", Curves::stepAxis),
  TOKENS("run.tokens", "Tokens", "tokens", "", Curves::tokens),
  /** The loss by token index before heads formed. */
  INDEX_BEFORE("run.index.before", "loss", (all, cell) -> all.lossByIndex(cell).map(l -> l[0])),
  /** The same at the end. */
  INDEX_AFTER("run.index.after", "loss", (all, cell) -> all.lossByIndex(cell).map(l -> l[1])),
  /** The token indices of the two, from 1. */
  INDEX(
      "run.index",
      "token index",
      (all, cell) ->
          all.lossByIndex(cell)
              .map(l -> IntStream.rangeClosed(1, l[0].length).asDoubleStream().toArray()));

  private final String key;
  private final String title;
  private final Item.AxisOf axis;
  private final BiFunction<StudyResults, Cell, Optional<double[]>> of;

  RunCurve(String key, String title, String axis, String unit, Function<Curves, double[]> of) {
    this.key = key;
    this.title = title;
    this.axis = new Item.AxisOf(axis, unit, false, null, null);
    this.of = (all, cell) -> all.curves(cell).map(of);
  }

  RunCurve(String key, String axis, BiFunction<StudyResults, Cell, Optional<double[]>> of) {
    this.key = key;
    this.title = axis;
    this.axis = new Item.AxisOf(axis, "", false, null, null);
    this.of = of;
  }

  static Optional<RunCurve> named(String key) {
    return Arrays.stream(values()).filter(c -> c.key.equals(key)).findFirst();
  }

  static List<String> keys() {
    return Arrays.stream(values()).map(c -> c.key).toList();
  }

  String key() {
    return key;
  }

  String title() {
    return title;
  }

  /** What its axis is called. */
  Item.AxisOf axis() {
    return axis;
  }

  /** Its numbers, one a probe or an index; empty where nothing was measured yet. */
  Optional<double[]> of(StudyResults results, Cell cell) {
    return of.apply(results, cell);
  }
}
