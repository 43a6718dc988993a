/**
 * Training: the configuration of a run as one value, the optimiser, the step loop and how a run
 * survives being killed.
 *
 * <p>A run is its {@link refrain.train.RunSpec}: the same specification gives the same bits on the
 * same version of the program, whatever the number of threads and however often it was stopped and
 * resumed on the way.
 */
@NullMarked
package refrain.train;

import org.jspecify.annotations.NullMarked;
