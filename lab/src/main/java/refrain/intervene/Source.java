package refrain.intervene;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import refrain.base.Default;
import refrain.base.RefrainException;

/**
 * Where values come from that are put in place of an activation, a pattern or an edge's
 * contribution. They are constants: no gradient flows into them. Values out of a forward pass are
 * those of a clean one, without interventions.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Source.Zero.class, name = "zero"),
  @JsonSubTypes.Type(value = Source.Mean.class, name = "mean"),
  @JsonSubTypes.Type(value = Source.Clean.class, name = "clean"),
  @JsonSubTypes.Type(value = Source.Resample.class, name = "resample"),
  @JsonSubTypes.Type(value = Source.Input.class, name = "input"),
  @JsonSubTypes.Type(value = Source.Checkpoint.class, name = "checkpoint")
})
public sealed interface Source {
  Source ZERO = new Zero();
  Source MEAN = new Mean();
  Source CLEAN = new Clean();

  /** Zeros. */
  record Zero() implements Source {}

  /** The mean over the batch's sequences, position by position. */
  record Mean() implements Source {}

  /** The same place of the same sequence in a clean pass of the same model. */
  record Clean() implements Source {}

  /**
   * The same place of another sequence of the batch. Which one: a derangement (a permutation that
   * leaves nothing in its place) that depends on the seed and the number of sequences only.
   *
   * @param seed of the derangement
   */
  record Resample(@Default("0") long seed) implements Source {}

  /**
   * The same place when the model reads another batch, of the same shape, that the caller supplies
   * under this name.
   *
   * @param name of the batch
   */
  record Input(String name) implements Source {
    public Input {
      named(name, "input");
    }
  }

  /**
   * The same place in another set of parameters of the same shape, reading the same batch.
   *
   * @param ref what the caller's {@link Donors} knows it by
   */
  record Checkpoint(String ref) implements Source {
    public Checkpoint {
      named(ref, "checkpoint");
    }
  }

  private static void named(String name, String what) {
    if (name.isBlank()) {
      throw RefrainException.badInput(
          "source: a donor " + what + " needs a name, found a blank one");
    }
  }
}
