package refrain.analysis.measure;

import java.util.stream.IntStream;

/**
 * Two measurements side by side.
 *
 * @param other what the first is compared with
 * @param loss the first's mean loss minus the other's, nats per token
 * @param icl the first's ICL score minus the other's, nats
 * @param byIndex [T] the first's loss at each token index minus the other's, nats; as far as both
 *     go
 * @param paired whether both read the same tokens, so that differences are within sequences
 */
public record Comparison(
    Measurement other, Change loss, Change icl, double[] byIndex, boolean paired) {
  /** Of two measurements. */
  public static Comparison of(Measurement one, Measurement other) {
    boolean paired = one.tokens() == other.tokens();
    SequenceLosses a = other.read();
    SequenceLosses b = one.read();
    double[] byIndex =
        IntStream.range(0, Math.min(a.byIndex().length, b.byIndex().length))
            .mapToDouble(t -> b.byIndex()[t] - a.byIndex()[t])
            .toArray();
    return new Comparison(
        other,
        paired ? Change.between(a.loss(), b.loss()) : Change.unpaired(a.loss(), b.loss()),
        paired ? Change.between(a.icl(), b.icl()) : Change.unpaired(a.icl(), b.icl()),
        byIndex,
        paired);
  }
}
