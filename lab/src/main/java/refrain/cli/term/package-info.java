/**
 * What the terminal shows while runs train: progress, scores and small charts redrawn in place, or
 * plain lines where there is no terminal. {@link refrain.cli.term.Screen} is a pure function from
 * run statuses to lines; {@link refrain.cli.term.TerminalDisplay} puts them on the screen.
 */
@NullMarked
package refrain.cli.term;

import org.jspecify.annotations.NullMarked;
