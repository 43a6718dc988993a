/**
 * What the analyses measure with: a model in one state, its heads, sets of heads to compare with,
 * ablations, losses under interventions. These know models and batches, and neither runs nor
 * findings.
 */
@NullMarked
package refrain.analysis.instrument;

import org.jspecify.annotations.NullMarked;
