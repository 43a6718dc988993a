/** A run in a few numbers, and the doses that it was given. */
@NullMarked
package refrain.analysis.summary;

import org.jspecify.annotations.NullMarked;
