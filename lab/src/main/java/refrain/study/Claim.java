package refrain.study;

import static refrain.base.RefrainException.require;

import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * What a study has to show.
 *
 * @param id short name
 * @param argument the id of the argument that it belongs to, {@link Study#arguments}
 * @param data which data it is about, such as R0 or code
 * @param sentence what is claimed
 * @param test the number and its bar
 * @param control what has to come out where the claimed cause is absent; null: none. The claim
 *     holds only if its control does too.
 * @param seeds with fewer runs the verdict is "undecided"
 * @param why where the bar comes from
 */
public record Claim(
    String id,
    String argument,
    String data,
    String sentence,
    Test test,
    @Default("null") @Nullable Test control,
    int seeds,
    String why) {
  public Claim {
    argument = Argument.normal(argument);
    require(seeds >= 1, "claim '%s': seeds is %s, expected 1 or more", id, seeds);
  }
}
