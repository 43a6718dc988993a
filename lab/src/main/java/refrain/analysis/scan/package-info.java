/**
 * A model gone through layer by layer: what each of its heads does, what is lost without it, and
 * which earlier heads it needs.
 */
@NullMarked
package refrain.analysis.scan;

import org.jspecify.annotations.NullMarked;
