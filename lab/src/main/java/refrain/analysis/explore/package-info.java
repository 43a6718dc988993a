/**
 * What a page asks of a run at any of its steps: the state itself, reached exactly; what follows
 * from a change of it, beside its placebo; its circuit, tables of its heads, the evidence for one
 * head, and what it goes on with. Answers are records that become JSON as they are. All of it takes
 * one thread, can be given up, and writes nothing into runs.
 */
@NullMarked
package refrain.analysis.explore;

import org.jspecify.annotations.NullMarked;
