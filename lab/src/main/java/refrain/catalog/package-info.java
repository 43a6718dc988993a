/** The runs that are on disk: found, a row each, sorted and chosen, removed, compared. */
@NullMarked
package refrain.catalog;

import org.jspecify.annotations.NullMarked;
