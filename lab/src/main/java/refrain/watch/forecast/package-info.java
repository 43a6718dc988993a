/** When induction heads will form, foretold from what a run measures before: numbers in and out. */
@NullMarked
package refrain.watch.forecast;

import org.jspecify.annotations.NullMarked;
