package refrain.analysis.ondisk;

import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * Which heads of a model on disk are off in an arm of a study, and what stands in their place.
 *
 * @param heads which
 * @param number how many of the best heads, or of others for as many of them
 * @param by what their mix of values is replaced by
 * @param draws sets of others; their numbers are averaged
 */
public record OffArm(
    @Default("NONE") Which heads,
    @Default("0") int number,
    @Default("ZERO") By by,
    @Default("1") int draws) {

  /** A choice of heads. */
  public enum Which {
    /** The model as it is. */
    NONE,
    /** Those with the highest prefix-matching scores. */
    BEST,
    /** As many others in each layer, none of which matches prefixes. */
    OTHERS
  }

  /** What a head's mix of values is replaced by. */
  public enum By {
    ZERO,
    /** Its mean over positions of natural text. */
    MEAN
  }

  public OffArm {
    RefrainException.require(
        heads == Which.NONE ? number == 0 : number >= 1,
        "arm: number is %s, expected %s",
        number,
        heads == Which.NONE ? "0 where no head is off" : "1 or more");
    RefrainException.require(
        draws >= 1 && (heads == Which.OTHERS || draws == 1),
        "arm: draws is %s, expected 1, or more where other heads are drawn",
        draws);
  }
}
