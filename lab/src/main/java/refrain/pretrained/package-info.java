/**
 * Models that others trained, opened from disk: {@link refrain.pretrained.ModelOnDisk} is one, with
 * its specification, its weights under our names and its tokenizer. The packages below read the
 * formats; the classes here know what architectures mean.
 */
@NullMarked
package refrain.pretrained;

import org.jspecify.annotations.NullMarked;
