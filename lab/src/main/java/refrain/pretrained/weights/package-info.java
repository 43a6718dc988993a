/**
 * Tensors as files keep them, read a part at a time: what the formats have in common, and
 * safetensors. Knows no architecture.
 */
@NullMarked
package refrain.pretrained.weights;

import org.jspecify.annotations.NullMarked;
