package refrain.draw.chart;

/**
 * A horizontal mark at a value of y, for example a bar that a claim must reach.
 *
 * @param at where, in units of y
 * @param label written on the line
 */
public record Level(double at, String label) {}
