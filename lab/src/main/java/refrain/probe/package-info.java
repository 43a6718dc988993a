/**
 * What is measured of a model: one measure a file, each with its definition on top and as data. A
 * {@link refrain.probe.ProbeSuite} gathers what all selected measures need in one forward pass over
 * the evaluation set and one over repeated random tokens. Code here never knows which value would
 * count as a success; that belongs to the studies.
 */
@NullMarked
package refrain.probe;

import org.jspecify.annotations.NullMarked;
