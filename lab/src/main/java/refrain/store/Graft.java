package refrain.store;

import static refrain.base.RefrainException.require;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import refrain.base.Default;

/**
 * What a run makes of weights of its parent before its first step; all of them are then trained on.
 * A parameter W that is mixed begins as (1 - s) W + s F, where F are the values with which the run
 * would begin anew. One that is rotated is turned first: each head's matrix W becomes U W V^T with
 * U and V uniform over the orthogonal matrices, so its singular values stay and what it reads and
 * writes is lost. It is the placebo of the same parameter unturned. F, U and V are drawn from the
 * run's {@code seeds.init}.
 *
 * <p>Names are those of parameters, or their beginnings, such as {@code blocks.0.attn}.
 *
 * @param fresh s, from 0 (the parent's weights) to 1 (fresh ones)
 * @param mixed parameters that are mixed as they are
 * @param rotated parameters that are turned, and then mixed
 */
public record Graft(
    double fresh, @Default("[]") List<String> mixed, @Default("[]") List<String> rotated) {
  public Graft {
    require(fresh >= 0 && fresh <= 1, "graft: fresh is %s, expected 0 to 1", fresh);
    mixed = List.copyOf(new TreeSet<>(mixed));
    rotated = List.copyOf(new TreeSet<>(rotated));
    require(
        !mixed.isEmpty() || !rotated.isEmpty(),
        "graft: mixed and rotated are empty, expected at least one parameter");
  }

  /** All names that it is said with. */
  public Stream<String> names() {
    return Stream.concat(mixed.stream(), rotated.stream());
  }

  public boolean mixes(String parameter) {
    return names().anyMatch(name -> covers(name, parameter));
  }

  public boolean rotates(String parameter) {
    return rotated.stream().anyMatch(name -> covers(name, parameter));
  }

  /** Whether a parameter is asked for both as it is and turned. */
  public boolean contradicts(String parameter) {
    return rotates(parameter) && mixed.stream().anyMatch(name -> covers(name, parameter));
  }

  /** Whether a name is a parameter's, or its beginning. */
  static boolean covers(String name, String parameter) {
    return parameter.equals(name) || parameter.startsWith(name + ".");
  }
}
