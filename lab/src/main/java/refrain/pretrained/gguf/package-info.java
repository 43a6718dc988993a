/**
 * GGUF, the one-file format of llama.cpp and ollama: metadata, tokenizer and quantised tensors
 * (ggml's docs/gguf.md; the quantisations as in ggml-quants.c).
 */
@NullMarked
package refrain.pretrained.gguf;

import org.jspecify.annotations.NullMarked;
