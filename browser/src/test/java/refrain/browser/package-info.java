/**
 * Looks at pages and figures in a browser. Tests only; run with {@code ./mvnw verify -Pbrowser}.
 */
@NullMarked
package refrain.browser;

import org.jspecify.annotations.NullMarked;
