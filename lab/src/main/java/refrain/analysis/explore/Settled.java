package refrain.analysis.explore;

import org.jspecify.annotations.Nullable;
import refrain.analysis.measure.Change;

/**
 * What became of a {@link Stretch} at its end.
 *
 * @param exactness {@link Exactness#VERIFIED} or {@link Exactness#OTHER}
 * @param sha256 of the parameters that it led to, 64 hexadecimal digits
 * @param difference of the losses there, where they are others; null: none, or not known
 * @param why they are others; "" where they are not
 */
record Settled(Exactness exactness, String sha256, @Nullable Change difference, String why) {}
