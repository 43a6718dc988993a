/**
 * Interventions as data: what is replaced, scaled, frozen, clamped or biased inside a model, in
 * records that can be written into a run's configuration. {@link refrain.intervene.Interventions}
 * checks a list of them against a model and compiles it, for each batch, to the {@link
 * refrain.model.Plan} that the engines know; the same list works in evaluation and in training.
 */
@NullMarked
package refrain.intervene;

import org.jspecify.annotations.NullMarked;
