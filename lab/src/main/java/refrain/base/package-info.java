/** Errors and exit codes: what every other package may use. */
@NullMarked
package refrain.base;

import org.jspecify.annotations.NullMarked;
