package refrain.watch.follow;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.watch.Direction;
import refrain.watch.Transform;

/**
 * A metric as it is watched.
 *
 * @param name of its column
 * @param better which way; null where only its first values can say
 * @param transform of its values
 */
public record Metric(String name, @Nullable Direction better, Transform transform) {
  private static final Set<String> LOSSES =
      Set.of(
          "loss",
          "losses",
          "nll",
          "ppl",
          "perplexity",
          "mse",
          "mae",
          "rmse",
          "bpb",
          "bpc",
          "bpt",
          "xent",
          "ce",
          "crossentropy",
          "trl",
          "tel",
          "fid",
          "l1",
          "l2");

  private static final Set<String> LESS_IS_BETTER =
      Set.of("error", "err", "errors", "wer", "cer", "icl");

  private static final Set<String> MORE_IS_BETTER =
      Set.of(
          "acc",
          "accuracy",
          "reward",
          "rewards",
          "rew",
          "return",
          "returns",
          "score",
          "success",
          "f1",
          "auc",
          "auroc",
          "bleu",
          "rouge",
          "precision",
          "recall",
          "iou",
          "miou",
          "map",
          "dice",
          "win",
          "winrate",
          "elo",
          "r2",
          "mrr",
          "ndcg",
          "psnr",
          "ssim",
          "em",
          "top1",
          "top5",
          "hellaswag",
          "pm",
          "correct");

  /** Words beside which the ones above mean something else: {@code loss_scale, value_loss}. */
  private static final Set<String> SOMETHING_ELSE =
      Set.of(
          "std",
          "stderr",
          "var",
          "variance",
          "time",
          "sec",
          "second",
          "seconds",
          "runtime",
          "norm",
          "grad",
          "scale",
          "scaler",
          "weight",
          "coef",
          "coeff",
          "speed",
          "per",
          "samples",
          "tokens",
          "tok",
          "num",
          "count",
          "policy",
          "actor",
          "critic",
          "value",
          "entropy",
          "td",
          "memory",
          "mem",
          "gpu",
          "min",
          "max",
          "frac",
          "threshold",
          "ratio",
          "lr",
          "head",
          "uniform",
          "kl");

  /** A name as a person gives it on the command line: NAME[:up|down][:log|identity]. */
  public static Metric parse(String text) {
    String name = text;
    Direction better = null;
    Transform transform = null;
    while (true) {
      int colon = name.lastIndexOf(':');
      String word = colon < 0 ? "" : name.substring(colon + 1).toLowerCase(Locale.ROOT);
      switch (word) {
        case "up" -> better = Direction.UP;
        case "down" -> better = Direction.DOWN;
        case "log" -> transform = Transform.LOG;
        case "identity" -> transform = Transform.IDENTITY;
        default -> {
          RefrainException.require(
              !name.isBlank(), "--metric %s: expected NAME[:up|down][:log|identity]", text);
          Metric guess = guess(name).orElse(new Metric(name, null, Transform.IDENTITY));
          return new Metric(
              name,
              better == null ? guess.better : better,
              transform == null ? guess.transform : transform);
        }
      }
      name = name.substring(0, colon);
    }
  }

  /** What a name says of a metric; empty where it says nothing, or that it is none. */
  public static Optional<Metric> guess(String name) {
    List<String> words = words(name);
    if (words.stream().anyMatch(SOMETHING_ELSE::contains)
        || words.contains("best") && !words.contains("pm")
        || listed(name)) {
      return Optional.empty();
    }
    if (words.stream().anyMatch(LOSSES::contains)) {
      return Optional.of(new Metric(name, Direction.DOWN, Transform.LOG));
    }
    if (words.stream().anyMatch(LESS_IS_BETTER::contains)) {
      return words.contains("early") || words.contains("late")
          ? Optional.empty()
          : Optional.of(new Metric(name, Direction.DOWN, Transform.IDENTITY));
    }
    if (words.stream().anyMatch(MORE_IS_BETTER::contains) || name.equals("r")) {
      return Optional.of(new Metric(name, Direction.UP, Transform.IDENTITY));
    }
    return Optional.empty();
  }

  /** Whether a column may be a metric although its name does not say so. */
  static boolean possible(String name) {
    List<String> words = words(name);
    return !listed(name) && words.stream().noneMatch(SOMETHING_ELSE::contains);
  }

  /** One of a list, or of a head of a model: {@code ind/0/3}, {@code pm.L0H1}. */
  private static boolean listed(String name) {
    return name.matches(".*/\\d+(/max)?") || name.matches(".*\\bL\\d+(H\\d+)?");
  }

  /** The words of a name, however they are joined: {@code Train_AverageReturn}. */
  static List<String> words(String name) {
    List<String> words = new ArrayList<>();
    for (String word : name.replaceAll("([a-z])([A-Z])", "$1 $2").split("[^A-Za-z0-9]+")) {
      if (!word.isEmpty()) {
        words.add(word.toLowerCase(Locale.ROOT));
      }
    }
    return words;
  }

  /** For people: {@code val_loss, down is better, as log(x + .01)}. */
  public String text() {
    return name
        + (better == null
            ? ", direction from its first values"
            : better == Direction.UP ? ", up is better" : ", down is better")
        + (transform == Transform.LOG ? ", as log(x + .01)" : "");
  }
}
