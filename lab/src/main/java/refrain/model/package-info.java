/**
 * The transformer: its configuration, its parameters in one arena, the forward and the backward
 * pass, the names of its hook points, and generation.
 *
 * <p>{@link refrain.model.ReferenceTransformer} is the specification, in plain loops and float64;
 * {@link refrain.model.FusedTransformer} computes the same thing fast.
 */
@NullMarked
package refrain.model;

import org.jspecify.annotations.NullMarked;
