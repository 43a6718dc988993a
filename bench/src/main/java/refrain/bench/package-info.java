/** JMH benchmarks of the kernels. Run with {@code bench/run}; never shipped, never in the tests. */
@NullMarked
package refrain.bench;

import org.jspecify.annotations.NullMarked;
