/**
 * What {@code ./refrain serve} answers: the runs of a folder for a page that lives in a browser.
 * Everything is read from the store; nothing is written into run folders.
 */
@NullMarked
package refrain.serve;

import org.jspecify.annotations.NullMarked;
