/**
 * What {@code measure} says of a model in one state: its heads with a verdict each, its losses,
 * what is lost without a head or under an intervention, and one head on one prompt.
 */
@NullMarked
package refrain.analysis.measure;

import org.jspecify.annotations.NullMarked;
