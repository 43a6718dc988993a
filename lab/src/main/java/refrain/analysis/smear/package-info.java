/** The circuit that keys smeared from two positions back bring about (Argument 2). */
@NullMarked
package refrain.analysis.smear;

import org.jspecify.annotations.NullMarked;
