/** Heads ablated alone around the change, and as a set (Argument 3). */
@NullMarked
package refrain.analysis.ablation;

import org.jspecify.annotations.NullMarked;
