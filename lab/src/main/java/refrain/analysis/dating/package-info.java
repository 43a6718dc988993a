/** When each curve of a run changed (Argument 1). */
@NullMarked
package refrain.analysis.dating;

import org.jspecify.annotations.NullMarked;
