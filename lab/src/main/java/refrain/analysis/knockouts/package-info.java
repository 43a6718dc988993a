/** Ways to knock a head out, compared with each other and with circuits that are known. */
@NullMarked
package refrain.analysis.knockouts;

import org.jspecify.annotations.NullMarked;
