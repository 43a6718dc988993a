/** Matches of tokens that are alike and not the same: how well, by which heads, and since when. */
@NullMarked
package refrain.analysis.likeness;

import org.jspecify.annotations.NullMarked;
