/**
 * Everything on disk: safetensors files, the metrics log, run folders with their checkpoints, and
 * JSON and YAML read strictly. Whatever is written here is either wholly there or not there, also
 * after a kill -9 or on a full disk, so every reader (reports, pages, a resumed run) can trust what
 * it finds. Knows tensors by name and shape only.
 */
@NullMarked
package refrain.store;

import org.jspecify.annotations.NullMarked;
