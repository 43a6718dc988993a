package refrain.analysis.instrument;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;

/**
 * One head at one token of one sequence: where it looks from there, what the model predicts, and
 * what is lost of both, and of the loss on repeated random tokens, when heads are switched off.
 */
public final class LookingBack {
  /** How many tokens of the second saying a sentence has. */
  private static final int AGAIN = 8;

  /** From here on a head counts as one that looks at the previous token. */
  private static final double PREVIOUS = .25;

  private final ModelState model;
  private final RepeatedSequences repeated;
  private final Heads heads;
  private final Measurements found;

  /**
   * @param repeated sequences of the model's own probe text
   */
  public LookingBack(ModelState model, RepeatedSequences repeated) {
    this.model = model;
    this.repeated = repeated;
    this.found =
        Heads.measure(
            model,
            repeated,
            repeated.seed(),
            MeasureKind.PREFIX_MATCHING,
            MeasureKind.PREVIOUS_TOKEN_REPEATED);
    this.heads = Heads.of(found, model.spec());
  }

  /** By prefix matching on the repeated sequences. */
  public Heads heads() {
    return heads;
  }

  /** The head that matches best. */
  public HeadId best() {
    return heads.first(heads::score);
  }

  /** The first sequence, up to a token of its second saying; {@link #next} follows. */
  public int[] sentence() {
    int again = Math.min(AGAIN, Math.max(1, repeated.blocks()[0] / 2));
    return Arrays.copyOf(repeated.batch().tokens()[0], repeated.again(0) + again);
  }

  /** What follows {@link #sentence} if it goes on as it began. */
  public int next() {
    return repeated.batch().tokens()[0][sentence().length];
  }

  /** The attention of a head from the last of some tokens to each of them. */
  public double[] attention(HeadId head, int[] tokens) {
    QueryReadings readings = read(tokens, List.of());
    return IntStream.range(0, tokens.length)
        .mapToDouble(key -> readings.attention(head, 0, 0, key))
        .toArray();
  }

  /**
   * What the model predicts.
   *
   * @param token the likeliest
   * @param probability its own
   * @param ofAsked the probability of the token that was asked about
   */
  public record Prediction(int token, double probability, double ofAsked) {}

  /**
   * What follows some tokens.
   *
   * @param off heads that are switched off
   * @param asked a token whose probability is of interest
   */
  public Prediction predict(int[] tokens, List<HeadId> off, int asked) {
    QueryReadings readings = read(tokens, off);
    int token = readings.predicted(0, 0);
    return new Prediction(
        token,
        Math.exp(readings.logProbability(0, 0, t -> t == token)),
        Math.exp(readings.logProbability(0, 0, t -> t == asked)));
  }

  private QueryReadings read(int[] tokens, List<HeadId> off) {
    int[][] sequence = {Arrays.copyOf(tokens, tokens.length + 1)};
    int[][] queries = {{tokens.length - 1}};
    return model.read(sequence, queries, Ablation.FULL_ZERO.of(off, model.spec()));
  }

  /** Losses on the repeated sequences. */
  public RepeatedLoss.Means losses(List<HeadId> off) {
    Batch batch = repeated.batch();
    return RepeatedLoss.means(
        model.losses(batch, Ablation.FULL_ZERO.of(off, model.spec())), repeated);
  }

  /** How much of its attention a head pays to the token before, on the repeated sequences. */
  public double previous(HeadId head) {
    return found.value("prev.repeated." + head);
  }

  /** In a layer before the given head: the one that looks most at the token before, if one does. */
  public Optional<HeadId> previousTokenHead(HeadId head) {
    return heads.rest().stream()
        .filter(other -> other.layer() < head.layer() && previous(other) >= PREVIOUS)
        .max(Comparator.comparingDouble(this::previous));
  }

  /**
   * Another head to compare with: one that does not match and looks least at the token before, in
   * the head's own layer where there is one.
   */
  public Optional<HeadId> control(HeadId head) {
    return heads.rest().stream()
        .filter(other -> !other.equals(head) && previous(other) < PREVIOUS)
        .min(
            Comparator.comparing((HeadId other) -> other.layer() != head.layer())
                .thenComparingDouble(this::previous));
  }
}
