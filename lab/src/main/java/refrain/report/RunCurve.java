package refrain.report;

import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import refrain.analysis.Curves;
import refrain.study.Study.Cell;
import refrain.study.StudyResults;

/** What every run has of its own probes to be drawn, whatever was analysed. */
enum RunCurve {
  LOSS("run.loss", Curves::loss),
  ICL("run.icl", Curves::icl),
  PREFIX_MATCHING("run.pm", Curves::prefixMatching),
  PREVIOUS_TOKEN("run.prev", Curves::previousToken),
  STEPS("run.steps", Curves::stepAxis),
  TOKENS("run.tokens", Curves::tokens),
  /** The loss by token index before heads formed. */
  INDEX_BEFORE("run.index.before", (all, cell) -> all.lossByIndex(cell).map(l -> l[0])),
  /** The same at the end. */
  INDEX_AFTER("run.index.after", (all, cell) -> all.lossByIndex(cell).map(l -> l[1])),
  /** The token indices of the two, from 1. */
  INDEX(
      "run.index",
      (all, cell) ->
          all.lossByIndex(cell)
              .map(l -> IntStream.rangeClosed(1, l[0].length).asDoubleStream().toArray()));

  private final String key;
  private final BiFunction<StudyResults, Cell, Optional<double[]>> of;

  RunCurve(String key, Function<Curves, double[]> of) {
    this(key, (all, cell) -> all.curves(cell).map(of));
  }

  RunCurve(String key, BiFunction<StudyResults, Cell, Optional<double[]>> of) {
    this.key = key;
    this.of = of;
  }

  static Optional<RunCurve> named(String key) {
    return Arrays.stream(values()).filter(c -> c.key.equals(key)).findFirst();
  }

  /** Its numbers, one a probe or an index; empty where nothing was measured yet. */
  Optional<double[]> of(StudyResults results, Cell cell) {
    return of.apply(results, cell);
  }
}
