/**
 * A run under watch: which of its metrics, on which axis, by which detectors, and what is done
 * about their events.
 */
@NullMarked
package refrain.watch.follow;

import org.jspecify.annotations.NullMarked;
