/** The command line: one class a command, which parses, calls one thing and prints. */
@NullMarked
package refrain.cli;

import org.jspecify.annotations.NullMarked;
