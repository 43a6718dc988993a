/**
 * What {@code torch.save} writes: a zip file with a pickle in it, read without calling anything.
 */
@NullMarked
package refrain.pretrained.pickle;

import org.jspecify.annotations.NullMarked;
