package refrain.store;

import static refrain.base.RefrainException.require;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;

/**
 * The checkpoint of another run that a run begins from.
 *
 * @param folder where that run lay, as it was given; nothing is read there once this run has saved
 *     its first state. Empty: it is not known yet, as in a study that is to train that run first
 * @param id the identifier of that run
 * @param step of the checkpoint
 * @param tokens that the weights had been trained to predict
 * @param parts what is taken of it
 * @param parameters names of the parameters that are taken, or their beginnings, such as {@code
 *     blocks.0}; those of the graft are taken too. The others, and their moments, are as in a new
 *     run. Empty: all
 * @param sha256 checksums of what is taken, by file. Empty: the run's identifier, which fixes the
 *     weights of each step, says what is taken; so a run can be known before its parent was trained
 * @param graft what is made of some of the weights; null: all that is taken is left as it is
 */
public record Parent(
    String folder,
    String id,
    long step,
    long tokens,
    List<Part> parts,
    @Default("[]") List<String> parameters,
    Map<String, String> sha256,
    @Default("null") @Nullable Graft graft) {
  /** What a checkpoint holds. */
  public enum Part {
    /** The parameters. */
    WEIGHTS,
    /** The moments of AdamW; with them the count of steps goes on. */
    MOMENTS,
    /** The generator of batches; without it the batches are those of the run's own data seed. */
    GENERATOR
  }

  public Parent {
    require(!parts.isEmpty(), "parent: parts is empty, expected at least one");
    parts = List.copyOf(new TreeSet<>(parts));
    parameters = List.copyOf(new TreeSet<>(parameters));
    sha256 = Collections.unmodifiableMap(new TreeMap<>(sha256));
    require(
        graft == null || parts.equals(List.of(Part.WEIGHTS)),
        "parent: graft is of weights, but parts is %s, expected %s: moments belong to the weights"
            + " that they were made with",
        parts,
        List.of(Part.WEIGHTS));
  }

  public boolean takes(Part part) {
    return parts.contains(part);
  }

  /** Whether a parameter is taken, where weights or moments are. */
  public boolean takes(String parameter) {
    return parameters.isEmpty()
        || parameters.stream().anyMatch(name -> Graft.covers(name, parameter))
        || graft != null && graft.mixes(parameter);
  }

  /** The step that the run begins at: the checkpoint's where it takes the moments, else 0. */
  public int begins() {
    return takes(Part.MOMENTS) ? (int) step : 0;
  }

  /** The same in the folder where that run lies. */
  public Parent in(String place) {
    return new Parent(place, id, step, tokens, parts, parameters, sha256, graft);
  }

  /** RUN@STEP, as it was given. */
  public String name() {
    return (folder.isEmpty() ? "run " + id : folder) + "@" + step;
  }
}
