/**
 * A run in the files of other programs: curves for TensorBoard and tables, weights for
 * transformers, TransformerLens and PyTorch. Reads the store and changes nothing in it.
 */
@NullMarked
package refrain.export;

import org.jspecify.annotations.NullMarked;
