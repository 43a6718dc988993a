/**
 * What stands between the JDK's HTTP server and whoever answers: routes, the guard, replies, event
 * streams. It knows no run.
 */
@NullMarked
package refrain.serve.http;

import org.jspecify.annotations.NullMarked;
