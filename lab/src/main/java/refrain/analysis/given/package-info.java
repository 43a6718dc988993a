/** What parts of a circuit bring where they are given (Argument 2), and what is given with them. */
@NullMarked
package refrain.analysis.given;

import org.jspecify.annotations.NullMarked;
