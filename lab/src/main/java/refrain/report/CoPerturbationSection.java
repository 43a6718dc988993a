package refrain.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import refrain.analysis.Curves;
import refrain.draw.Block;
import refrain.draw.chart.Axis;
import refrain.draw.chart.Line;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.LineGrid;
import refrain.draw.chart.Series;
import refrain.study.Argument;
import refrain.study.Estimate;
import refrain.study.Study.Cell;
import refrain.study.Test;
import refrain.study.Verdict;

/**
 * Argument 2: what moves induction heads moves in-context learning, and what should not does not.
 */
final class CoPerturbationSection implements ArgumentSection {
  private static final List<String> SMEARED =
      List.of(
          "1L",
          "1L-smeared",
          "1L-smeared-from-2",
          "2L",
          "2L-smeared",
          "2L-smeared-from-0",
          "1L-smeared-from-0",
          "2L-smeared-from-2");

  private static final List<String> CLAMPED =
      List.of("2L", "2L-clamped", "2L-clamped-match", "2L-clamped-both");

  private static final List<String> CODE =
      List.of("code-1L", "code-1L-smeared", "code-1L-smeared-from-2", "code-2L", "code-2L-smeared");

  private static final String METHOD =
      "A *smeared* key of a head is a trained mixture of its own and the one before it, so that one"
          + " layer can match prefixes; smeared from i-2 or from position 0 it has as many parameters"
          + " and nothing to match with: placebos. An *attention bias* adds to the scores of one head"
          + " from a token to the one before it (placebos: to the first token, to the one two back, or"
          + " in a head of layer 1, from where no later layer can use it). Other arms change the"
          + " language, the batch, the rate or the positions. All are compared with two plain layers"
          + " of the same seed. Heads have *formed* at the first probe from which the best"
          + " prefix-matching score stays at .2 or more; dates are midpoints of the change that is"
          + " fitted to a whole curve. Runs stop some time after their heads formed, so that curves"
          + " are not equally long.";

  @Override
  public List<Block> blocks(StudyView view) {
    if (SMEARED.stream().noneMatch(v -> view.has(v) && v.contains("smeared"))
        && CODE.stream().noneMatch(view::has)) {
      return List.of();
    }
    String command = view.command(Argument.CO_PERTURBATION);
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Paragraph(METHOD));
    smeared(view, command, blocks);
    blocks.addAll(SmearCircuitBlocks.blocks(view));
    times(new FormationTimes(view), command, blocks);
    for (Verdict v : view.verdicts(Argument.CO_PERTURBATION)) {
      if (v.claim().id().equals("2-slope")) {
        slopes(view, v, command, blocks);
      }
    }
    clamped(view, command, blocks);
    code(view, command, blocks);
    return blocks;
  }

  private static void smeared(StudyView view, String command, List<Block> blocks) {
    panels(view, "In-context-learning score", "ICL score", "nats", SMEARED, Curves::icl, false)
        .ifPresent(grid ->
            blocks.add(
                new Block.Figured(
                    grid,
                    "With smeared keys one layer falls as two layers do; smeared from i-2 or from"
                        + " position 0 it slides along as a plain one. Two layers fall earlier when"
                        + " smeared, and fall also when smeared from i-2.",
                    command)));
    panels(view, "Prefix matching", "best head", "", SMEARED, Curves::prefixMatching, false)
        .ifPresent(grid ->
            blocks.add(
                new Block.Figured(
                    grid,
                    "The same runs. Two layers smeared from i-2 learn in context without a head that"
                        + " this score sees.",
                    command)));
  }

  private static void times(FormationTimes times, String command, List<Block> blocks) {
    times
        .dots(
            "Formation step: the circuit perturbed",
            List.of(
                PerturbationArms.PLAIN,
                PerturbationArms.SMEARED,
                PerturbationArms.BIAS,
                PerturbationArms.PLACEBO,
                PerturbationArms.TWO_BACK))
        .ifPresent(dots ->
            blocks.add(
                new Block.Figured(
                    dots,
                    "What helps the circuit should bring heads forward, placebos should leave them"
                        + " where they are. Mark: mean; bar: range; strokes: seeds; dotted: two plain"
                        + " layers.",
                    command)));
    times
        .dots(
            "Formation step: language and training perturbed",
            List.of(
                PerturbationArms.LANGUAGE, PerturbationArms.TRAINING, PerturbationArms.POSITIONS))
        .ifPresent(dots ->
            blocks.add(
                new Block.Figured(
                    dots,
                    "c: how far the bigram language is from uniform (.5 without a mention); p: share"
                        + " of samples that repeat themselves (.75); V: vocabulary (128); b: batch"
                        + " (64); T: context (64, with half the batch).",
                    command)));
    Map<String, String> elsewhere = new LinkedHashMap<>();
    elsewhere.put("2L-bias-sink", "to the sink");
    elsewhere.put("2L-bias-two-back", "to i-2");
    elsewhere.put("2L-bias-layer-1", "in layer 1");
    times
        .dose(
            "Dose of the previous-token bias",
            "dose.bias",
            Axis.linear("bias on head 0.0", "nats"),
            List.of("2L", "2L-bias-0.5", "2L-bias-1", "2L-bias-2", "2L-bias-4"),
            elsewhere)
        .ifPresent(chart ->
            blocks.add(
                new Block.Figured(
                    chart,
                    "The stronger the bias, the earlier heads form; labelled: means of the same bias"
                        + " where it should not act.",
                    command)));
    times
        .dose(
            "Dose of the language's entropy",
            "dose.c",
            Axis.linear("c of the bigram language", ""),
            List.of("2L-c0", "2L-c0.25", "2L", "2L-c0.75", "2L-c1"),
            Map.of())
        .ifPresent(chart ->
            blocks.add(
                new Block.Figured(
                    chart,
                    "The more there is to learn from bigrams, the later heads form.",
                    command)));
    times
        .constants(List.of("2L-b32", "2L", "2L-b128", "2L-T128"))
        .ifPresent(table ->
            blocks.add(
                new Block.Tabled(
                    table,
                    "Tokens until heads form as T sqrt(batch x context) (Aoyama 2025, who finds T"
                        + " about 10^5.7 on natural text and much larger models). Where the law"
                        + " holds, T is the same in each row; in brackets the range over seeds.",
                    command)));
  }

  private static void slopes(StudyView view, Verdict v, String command, List<Block> blocks) {
    DateScatter.of(view, "Two dates under perturbation", v.claim().test(), v.estimate())
        .ifPresent(plot ->
            blocks.add(
                new Block.Figured(
                    plot,
                    "The change of the ICL score against that of prefix matching, a mark a run: "
                        + DateScatter.words(v.estimate())
                        + ". On the dotted line both come at once.",
                    command)));
    Test control = v.claim().control();
    Estimate estimate = v.control();
    if (control != null && estimate != null) {
      DateScatter.of(view, "A placebo pair", control, estimate)
          .ifPresent(plot ->
              blocks.add(
                  new Block.Figured(
                      plot,
                      "The half-time of the loss early in the context, which needs no induction: "
                          + DateScatter.words(estimate)
                          + ".",
                      command)));
    }
  }

  private static void clamped(StudyView view, String command, List<Block> blocks) {
    if (!view.has("2L-clamped-match")) {
      return;
    }
    panels(
            view,
            "ICL score, halves of the circuit given",
            "ICL",
            "nats",
            CLAMPED,
            Curves::icl,
            false)
        .ifPresent(grid ->
            blocks.add(
                new Block.Figured(
                    grid,
                    "What the change waits for: one head clamped throughout training to exact"
                        + " previous-token attention (layer 0), to exact induction attention"
                        + " (layer 1), or one of each. With the match given only copying is left to"
                        + " learn.",
                    command)));
  }

  private static void code(StudyView view, String command, List<Block> blocks) {
    panels(view, "ICL score on source code", "ICL score", "nats", CODE, Curves::icl, true)
        .ifPresent(grid ->
            blocks.add(
                new Block.Figured(
                    grid,
                    "The same on Java source code: one smeared layer learns in context within a"
                        + " fraction of the tokens that two plain layers take.",
                    command)));
    panels(view, "Prefix matching, code", "best head", "", CODE, Curves::prefixMatching, true)
        .ifPresent(grid ->
            blocks.add(
                new Block.Figured(
                    grid,
                    "On random repeated tokens, which source code is not, so lower than on R0.",
                    command)));
  }

  /** A panel a variant that has run, a line a seed; empty where none has. */
  private static Optional<LineGrid> panels(
      StudyView view,
      String title,
      String axis,
      String unit,
      List<String> variants,
      Function<Curves, double[]> measure,
      boolean tokens) {
    List<LineChart> charts = new ArrayList<>();
    for (String variant : variants) {
      List<Line> lines = new ArrayList<>();
      for (Cell cell : view.cells(variant)) {
        view.curves(cell).ifPresent(c -> lines.add(Line.of(along(c, tokens), measure.apply(c))));
      }
      if (!lines.isEmpty()) {
        charts.add(
            LineChart.of(
                variant,
                title + " of " + variant + ", a line a seed.",
                tokens ? Axis.linear("tokens", "") : Axis.linear("steps", ""),
                Axis.linear(axis, unit),
                List.of(Series.seeds(variant, PerturbationArms.of(variant).slot(), lines))));
      }
    }
    return charts.isEmpty()
        ? Optional.empty()
        : Optional.of(
            LineGrid.of(
                title,
                title + " over training, a panel a variant, a line a seed.",
                charts,
                Math.min(3, charts.size())));
  }

  private static double[] along(Curves curves, boolean tokens) {
    return tokens ? curves.tokens() : curves.stepAxis();
  }
}
