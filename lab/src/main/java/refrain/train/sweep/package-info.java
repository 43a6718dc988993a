/** Many runs of one question: which, how many side by side, and what they will take. */
@NullMarked
package refrain.train.sweep;

import org.jspecify.annotations.NullMarked;
