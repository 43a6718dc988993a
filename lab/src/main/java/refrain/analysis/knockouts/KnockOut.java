package refrain.analysis.knockouts;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.analysis.Declarations.Members;

/** A way to say what a head does by taking it away. */
enum KnockOut {
  /** Its output is zero. */
  ZERO("zero", "its output is zero"),
  /** Its output is the mean over sequences at each position. */
  MEAN("mean", "its output is its mean over sequences at each position"),
  /** Its output is that of another sequence. */
  RESAMPLE("resample", "its output is that in another sequence"),
  /** Zero, and all later heads attend as they did. */
  PATTERNS("patterns kept", "its output is zero and all later heads attend as they did"),
  /** Each edge out of it alone. */
  EDGES(
      "edge by edge",
      "the sum of the rises without each edge that leads out of it, alone: to the queries, the keys"
          + " and the values of all heads of a later layer, and to the logits, which read its mean"
          + " over sequences there"),
  /** A straight line instead of taking it away. */
  GRADIENT(
      "gradient",
      "the gradient at its output times the difference of its mean over sequences to the output, by"
          + " a central difference along that way");

  private final String words;
  private final String means;

  KnockOut(String words, String means) {
    this.words = words;
    this.means = means;
  }

  /** As in the names of quantities. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** For titles. */
  String words() {
    return words;
  }

  /** For formulas. */
  String means() {
    return means;
  }

  static final Members<KnockOut> ALL =
      new Members<>(List.of(values()), KnockOut::key, KnockOut::words);

  /** All but the one that others are compared with. */
  static final Members<KnockOut> OTHERS =
      new Members<>(
          Arrays.stream(values()).filter(each -> each != MEAN).toList(),
          KnockOut::key,
          KnockOut::words);
}
