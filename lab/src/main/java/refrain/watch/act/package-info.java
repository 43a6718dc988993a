/**
 * What is done about events: a ladder of actions, each written down before it is taken. The process
 * that is watched is asked and never killed, and nothing here is a thread of it.
 */
@NullMarked
package refrain.watch.act;

import org.jspecify.annotations.NullMarked;
