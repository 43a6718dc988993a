package refrain.report;

import java.util.ArrayList;
import java.util.List;
import refrain.draw.Block;
import refrain.draw.Num;
import refrain.draw.chart.Axis;
import refrain.draw.chart.DotPlot;
import refrain.draw.chart.LineChart;
import refrain.draw.chart.Series;

/** Argument 4 where the task is no copying: the category task and few-shot words. */
final class GeneralityTasks {
  private static final String TASK = GeneralitySection.TASK;
  private static final String WORDS = GeneralitySection.WORDS;

  private GeneralityTasks() {}

  static void category(StudyView view, List<Block> blocks) {
    blocks.add(new Block.Heading("The category task"));
    blocks.add(
        new Block.Paragraph(
            "Lines \"x y label\": x a month or colour, y an animal or fruit; the label hangs on"
                + " the pair of categories through a mapping that each sequence draws anew, and no"
                + " pair of words comes twice. Of the attention of ':', the share on ':' and labels"
                + " of earlier lines with the same pair is counted, in lines whose pair came before"
                + " (the paper: about .65 in a 13B model)."));
    List<Series> accuracy = new ArrayList<>();
    GeneralitySection.curve(
        view, TASK, "all heads", 0, "category.line", "category.accuracy.byLine", accuracy);
    GeneralitySection.curve(
        view,
        TASK,
        "without induction heads",
        1,
        "category.line",
        "category.accuracy.byLine.ablated",
        accuracy);
    GeneralitySection.curve(
        view, TASK, "possible", 2, "category.line", "category.accuracy.byLine.best", accuracy);
    blocks.add(
        GeneralitySection.figure(
            view,
            LineChart.of(
                "Accuracy of the label by line",
                "Accuracy of the label by line with and without the induction heads.",
                Axis.linear("line", ""),
                Axis.linear("accuracy", "").from(0, 1),
                accuracy),
            "A label can be known once its pair of categories came before; chance is 1/4."));
    blocks.add(
        GeneralitySection.figure(
            view,
            DotPlot.of(
                "Attention of ':' on correct positions",
                "Attention of the best head to correct positions, trained, untrained and uniform.",
                Axis.linear("attention", "").from(0, 1),
                List.of(
                    OverSeeds.of(view.values(TASK, "category.attention")).row("best head", 0),
                    OverSeeds.of(view.values(TASK, "category.attention.untrained"))
                        .row("before training", 1),
                    OverSeeds.of(view.values(TASK, "category.chance"))
                        .row("uniform attention", 2))),
            "The head that attends to correct positions most, in each seed."));
    blocks.add(
        new Block.Bullets(
            List.of(
                "That head is an induction head by prefix matching in "
                    + percent(view.mean(TASK, "category.same"))
                    + " of the seeds; its mean prefix-matching score is "
                    + Num.fixed(view.mean(TASK, "category.prefix.matching"), 2)
                    + ".",
                "Of its attention to earlier ':' and labels, "
                    + percent(view.mean(TASK, "category.selectivity"))
                    + " goes to lines with the same pair (a quarter of the lines have it by"
                    + " chance).")));
  }

  static void words(StudyView view, List<Block> blocks) {
    blocks.add(new Block.Heading("Few-shot word mapping"));
    blocks.add(
        new Block.Paragraph(
            "Each sequence lists names of countries in English with their translation into one"
                + " language of several (CLDR 47, one word each). Which language is meant shows in the"
                + " context; the translation itself was learnt in the weights and never stands in"
                + " the sequence before it is asked. Other sequences of the same training repeat"
                + " random tokens, so that ordinary induction heads form in the same model."));
    List<Series> series = new ArrayList<>();
    GeneralitySection.curve(
        view, WORDS, "all heads", 0, "fewshot.shots", "fewshot.byShots", series);
    GeneralitySection.curve(
        view,
        WORDS,
        "without induction heads",
        1,
        "fewshot.shots",
        "fewshot.byShots.ablated",
        series);
    GeneralitySection.curve(
        view, WORDS, "random sets", 2, "fewshot.shots", "fewshot.byShots.random", series);
    GeneralitySection.curve(
        view, WORDS, "worst single head", 3, "fewshot.shots", "fewshot.byShots.most", series);
    blocks.add(
        GeneralitySection.figure(
            view,
            LineChart.of(
                "Accuracy of the translation by shots",
                "Few-shot accuracy by the number of pairs before, with all heads and without some.",
                Axis.linear("pairs before", ""),
                Axis.linear("accuracy", "").from(0, 1),
                series),
            "With no pair before, the language is a guess; then accuracy rises at once. What"
                + " ablating the induction heads takes is to be read against random sets of the same"
                + " size and against what the same ablation does to copying, below."));
    blocks.add(
        GeneralitySection.figure(
            view,
            DotPlot.of(
                "What ablating the induction heads removes",
                "Share removed of copying and of the few-shot gain, induction heads and random"
                    + " sets.",
                Axis.linear("share removed", ""),
                List.of(
                    OverSeeds.of(view.values(WORDS, "generality.copying.removed"))
                        .row("copying, induction heads", 0),
                    OverSeeds.of(view.values(WORDS, "generality.copying.removed.random"))
                        .row("copying, random sets", 2),
                    OverSeeds.of(view.values(WORDS, "fewshot.removed"))
                        .row("few-shot gain, induction heads", 0),
                    OverSeeds.of(view.values(WORDS, "fewshot.removed.random"))
                        .row("few-shot gain, random sets", 2),
                    OverSeeds.of(view.values(WORDS, "fewshot.removed.most"))
                        .row("few-shot gain, worst single head", 3))),
            "Copying of repeated random tokens and few-shot accuracy in the same models. The head"
                + " whose loss costs most few-shot accuracy has a mean prefix-matching score of "
                + Num.fixed(view.mean(WORDS, "fewshot.most.pm"), 2)
                + "."));
  }

  private static String percent(double share) {
    return Num.fixed(100 * share, 0) + " %";
  }
}
