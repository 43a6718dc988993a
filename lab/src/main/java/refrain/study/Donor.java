package refrain.study;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.store.Graft;

/**
 * The variant whose last weights the runs of another one begin with, each with those of its own
 * seed. Whatever is fresh is drawn anew, not as the donor began.
 *
 * @param variant the donor; it runs to its last step
 * @param parameters that are taken as they are, by name or its beginning; empty: all
 * @param graft which of them are mixed with fresh ones, or turned; null: none
 */
public record Donor(
    String variant,
    @Default("[]") List<String> parameters,
    @Default("null") @Nullable Graft graft) {
  public Donor {
    parameters = List.copyOf(parameters);
  }
}
