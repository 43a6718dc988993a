/**
 * Studies: which runs, over which seeds, compared with which control, and what they have to show. A
 * study is a file that a person can read; running it side by side on all cores, summing up its runs
 * and judging its claims is the code here.
 */
@NullMarked
package refrain.study;

import org.jspecify.annotations.NullMarked;
