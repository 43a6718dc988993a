/**
 * The tokenizers of pretrained models, as their files describe them: signs found in the text first,
 * then a normaliser, a splitter, and merges of bytes or characters. What a file asks for and is not
 * done here is refused by name.
 */
@NullMarked
package refrain.pretrained.token;

import org.jspecify.annotations.NullMarked;
