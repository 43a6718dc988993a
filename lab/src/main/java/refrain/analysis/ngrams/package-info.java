/** Distance from n-gram tables over training, and what lies beyond them. */
@NullMarked
package refrain.analysis.ngrams;

import org.jspecify.annotations.NullMarked;
