/**
 * What a study answers: its verdicts in sentences, rows and cards, the same on the terminal and on
 * the page. Every word that depends on a result is made from a verdict.
 */
@NullMarked
package refrain.report.answer;

import org.jspecify.annotations.NullMarked;
