package refrain.study;

import static refrain.base.RefrainException.require;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * What a study has to show.
 *
 * @param id short name
 * @param argument the id of the argument that it belongs to, {@link Study#arguments}
 * @param data which data it is about, such as R0 or code
 * @param sentence what is claimed
 * @param kind whether it is one of the few that the study stands for
 * @param test the number and its bar
 * @param control what has to come out where the claimed cause is absent; null: none. The claim
 *     holds only if its control does too.
 * @param seeds with fewer the verdict is "undecided"
 * @param paper what the paper says; null: nothing, the claim is our own guess
 * @param otherwise the world in which the claim is false; null: none is simulated
 * @param seen what had been seen of its numbers when it was written
 * @param supersedes ids of earlier claims, of this or an earlier edition, that it stands for now
 * @param why where the bar comes from
 */
public record Claim(
    String id,
    String argument,
    String data,
    String sentence,
    @Default("EXPLORATORY") Kind kind,
    Test test,
    @Default("null") @Nullable Test control,
    int seeds,
    @Default("null") @Nullable Paper paper,
    @Default("null") @Nullable Otherwise otherwise,
    @Default("NOTHING") Seen seen,
    @Default("[]") List<String> supersedes,
    String why) {

  /** How a claim is judged. */
  public enum Kind {
    /** One of the few that the study stands for: together at 5 %, by Holm's procedure. */
    PRIMARY("primary"),
    /** All others: each at 5 % by itself, so that some hold by chance. */
    EXPLORATORY("exploratory");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  public Claim {
    argument = Argument.normal(argument);
    supersedes = List.copyOf(supersedes);
    require(seeds >= 1, "claim '%s': seeds is %s, expected 1 or more", id, seeds);
  }

  public boolean primary() {
    return kind == Kind.PRIMARY;
  }
}
