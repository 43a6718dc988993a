/** Copying that needs several matches: how many, and which layer makes which. */
@NullMarked
package refrain.analysis.hops;

import org.jspecify.annotations.NullMarked;
