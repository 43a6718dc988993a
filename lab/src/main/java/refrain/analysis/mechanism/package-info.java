/** The circuit of the heads that formed, and the order in which it did (Argument 5). */
@NullMarked
package refrain.analysis.mechanism;

import org.jspecify.annotations.NullMarked;
