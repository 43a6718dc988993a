/**
 * How fast this machine trains: steps of models of fixed and of random sizes, what they are made
 * of, and the limits that they are held against.
 */
@NullMarked
package refrain.train.bench;

import org.jspecify.annotations.NullMarked;
