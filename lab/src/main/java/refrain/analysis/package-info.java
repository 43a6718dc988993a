/**
 * What is computed from a run after it ended, out of its metrics and checkpoints: change dates,
 * ablations, circuits. An analysis reads one run (and perhaps its control), returns numbers with
 * their definitions, and is kept beside the run. It knows no bars and no claims.
 */
@NullMarked
package refrain.analysis;

import org.jspecify.annotations.NullMarked;
