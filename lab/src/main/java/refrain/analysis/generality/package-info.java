/** What induction heads do beyond copying: similar tokens, categories, words (Argument 4). */
@NullMarked
package refrain.analysis.generality;

import org.jspecify.annotations.NullMarked;
