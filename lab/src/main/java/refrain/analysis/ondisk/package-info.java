/**
 * What is measured of a pretrained model on disk with heads off, for a study of it: prompts, the
 * sets of heads, what is kept beside the study, and the numbers that claims are about.
 */
@NullMarked
package refrain.analysis.ondisk;

import org.jspecify.annotations.NullMarked;
