/** Where heads sit, and whether later heads use what they found (Argument 6). */
@NullMarked
package refrain.analysis.depth;

import org.jspecify.annotations.NullMarked;
