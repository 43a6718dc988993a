/**
 * What draws, whatever it draws: marks, inks and text of vector figures, tables, and a page that
 * opens offline. Takes plain values; measures, fits and smooths nothing, and knows no study. The
 * same values give the same bytes.
 */
@NullMarked
package refrain.draw;

import org.jspecify.annotations.NullMarked;
