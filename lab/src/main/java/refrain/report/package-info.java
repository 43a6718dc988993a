/**
 * Figures and pages: vector figures (line charts, small multiples, attention patterns, dot plots),
 * tables and a self-contained HTML page. Everything here takes plain values and draws them; nothing
 * is measured, fitted or smoothed, so that a figure shows what the store holds. The same values
 * give the same bytes.
 */
@NullMarked
package refrain.report;

import org.jspecify.annotations.NullMarked;
