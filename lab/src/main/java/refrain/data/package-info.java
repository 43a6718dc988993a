/** Synthetic languages, text corpora, the tokenizer and the match-and-copy oracle. */
@NullMarked
package refrain.data;

import org.jspecify.annotations.NullMarked;
