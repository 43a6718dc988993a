package refrain.data;

/**
 * How far back the samples of a language repeat themselves: x[t] = x[t - r], r drawn between these.
 *
 * @param least tokens
 * @param most tokens
 */
public record Distances(int least, int most) {}
