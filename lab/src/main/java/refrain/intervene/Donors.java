package refrain.intervene;

import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.model.Parameters;

/** Finds what {@link Source}s refer to. Called for each compiled plan: keep what is loaded. */
public interface Donors {
  /** The parameters of that reference; an unknown one is an error that says what is known. */
  Parameters checkpoint(String ref);

  /** The batch of that name; an unknown one is an error that says what is known. */
  Batch input(String name);

  /** Knows nothing. */
  Donors NONE =
      new Donors() {
        @Override
        public Parameters checkpoint(String ref) {
          throw RefrainException.badInput(
              "no donor checkpoint '" + ref + "': this command supplies none");
        }

        @Override
        public Batch input(String name) {
          throw RefrainException.badInput(
              "no donor input '" + name + "': this command supplies none");
        }
      };
}
