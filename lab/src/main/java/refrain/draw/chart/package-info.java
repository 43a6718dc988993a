/**
 * Charts: curves, small multiples, dots with intervals, scatters, paths, attention patterns. Each
 * is a record of plain values that draws itself as a {@link refrain.draw.Figure}.
 */
@NullMarked
package refrain.draw.chart;

import org.jspecify.annotations.NullMarked;
