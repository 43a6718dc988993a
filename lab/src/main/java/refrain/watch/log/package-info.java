/**
 * Training logs of any program as rows of numbers: formats found, bytes read as they are appended.
 */
@NullMarked
package refrain.watch.log;

import org.jspecify.annotations.NullMarked;
