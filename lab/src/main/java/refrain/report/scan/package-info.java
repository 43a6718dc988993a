/** What a scan of a model found, for people and for programs. */
@NullMarked
package refrain.report.scan;

import org.jspecify.annotations.NullMarked;
