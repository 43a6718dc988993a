/**
 * Finds when a curve of training leaves its law, while it is written: numbers in, events out.
 * Nothing here knows files, runs or models; every rule uses the past alone, so that the same
 * numbers give the same events whenever they come.
 */
@NullMarked
package refrain.watch;

import org.jspecify.annotations.NullMarked;
