/**
 * The transformer: its configuration, its parameters in one arena, the forward and the backward
 * pass, the names of its hook points, and generation.
 *
 * <p>{@link refrain.model.ReferenceTransformer} is the specification, in plain loops and float64;
 * {@link refrain.model.FusedTransformer} computes the same thing fast.
 *
 * <p>A letter means one thing in this package:
 *
 * <pre>
 * T       positions of a sequence (context)      V   tokens of the vocabulary (d_vocab)
 * d       width of the stream (d_model)          s   a sequence of the batch
 * l       a block                                t   a position
 * h, kv   a query head, a key and value head     i   a query's position; a matrix's row
 * c       a feature of a head                    j   a key's position; a matrix's column
 * x, y    what a map reads, what it gives        dX  the gradient of X, as in dq, dStream
 * q k v   query, key, value                      z   a head's mix of values
 * </pre>
 *
 * <p>{@code spec} is a {@link refrain.model.ModelSpec}; in the fast engine {@code call} is what all
 * its parts share, {@code kept} one block's activations, {@code part} a shard's gradient.
 */
@NullMarked
package refrain.model;

import org.jspecify.annotations.NullMarked;
