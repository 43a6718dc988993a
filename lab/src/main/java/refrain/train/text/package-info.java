/** A run on the user's own text, chosen by the text's size, and what is to be expected of it. */
@NullMarked
package refrain.train.text;

import org.jspecify.annotations.NullMarked;
