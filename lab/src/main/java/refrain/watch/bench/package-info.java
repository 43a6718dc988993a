/**
 * How good a watch is: logs with a known law and a known change or none, the methods that others
 * use, and what all of them make of the same logs.
 */
@NullMarked
package refrain.watch.bench;

import org.jspecify.annotations.NullMarked;
