package refrain.analysis.scan;

import java.util.List;
import refrain.analysis.measure.Change;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * What changes when heads are taken out of a model.
 *
 * @param without one head each
 * @param paths what an induction head loses without what an earlier head writes into its keys
 * @param asked heads that were to be taken out; more than there are where it was stopped
 * @param text what the loss on text was read on, in words
 */
public record Effects(List<Without> without, List<Path> paths, int asked, String text) {
  /** What stands in place of a head's output. */
  public enum By {
    ZERO,
    MEAN
  }

  /**
   * One head taken out.
   *
   * @param head such as L1H3
   * @param repeated change of the loss where a token was followed before, nats; between sequences
   * @param text change of the loss on text, nats; between tokens
   */
  public record Without(String head, By by, Change repeated, Change text) {}

  /**
   * A path patched: the receiver's keys read the stream without what the sender wrote.
   *
   * @param score change of the receiver's prefix-matching score; between sequences
   * @param before the score as it is
   */
  public record Path(String sender, String receiver, double before, Change score) {}

  public Effects {
    without = List.copyOf(without);
    paths = List.copyOf(paths);
  }

  /** What the numbers mean. */
  public static List<Definition> definitions() {
    return List.of(
        new Definition(
            "without.repeated",
            "loss on repeated tokens without the head",
            "nats",
            Better.NEITHER,
            "mean loss from the second saying of the repeated random tokens on, with the head's"
                + " output z replaced by 0 or by its mean over positions and sequences, minus that"
                + " of the model as it is; +- the standard error between sequences",
            "Olsson et al. 2022, Argument 3 (full ablation)"),
        new Definition(
            "without.text",
            "loss on text without the head",
            "nats",
            Better.NEITHER,
            "the same on text; +- the standard error between tokens",
            "Olsson et al. 2022, Argument 3 (full ablation)"),
        new Definition(
            "path",
            "prefix matching without a path",
            "probability",
            Better.NEITHER,
            "prefix-matching score of a head whose keys read the residual stream with what an"
                + " earlier head wrote replaced by its mean over positions and sequences, minus the"
                + " score as it is; queries as they are; +- the standard error between sequences",
            "Wang et al. 2022, section 3.1 (path patching); Olsson et al. 2022, Argument 5"));
  }
}
