/** What a model does on repeats while parts of it are blocked, and after the blocks are gone. */
@NullMarked
package refrain.analysis.behaviour;

import org.jspecify.annotations.NullMarked;
