package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.cli.term.Ink;
import refrain.cli.term.Paragraph;
import refrain.cli.term.TerminalTraits;

/** {@code refrain explain}: the glossary, a word at a time. */
@Command(
    name = "explain",
    description = {
      "Say what a word means: an entry of docs/glossary.md. Without a word: which there are.",
      "Such as: explain induction head; explain pm; explain e-fold."
    })
final class ExplainCommand extends Subcommand {
  @Parameters(arity = "0..*", paramLabel = "WORD", description = "A term, or its symbol.")
  private List<String> words = new ArrayList<>();

  @Override
  public void run() {
    Glossary glossary = Glossary.load();
    if (words.isEmpty()) {
      glossary.terms().forEach(out()::println);
      return;
    }
    String word = String.join(" ", words);
    List<Glossary.Entry> found = glossary.find(word);
    if (found.isEmpty()) {
      throw RefrainException.badInput(
          "no entry '%s' in the glossary; the nearest: %s; 'refrain explain' lists all",
          word, Names.nearest(word, glossary.names()));
    }
    TerminalTraits traits = TerminalTraits.detect();
    Ink ink = new Ink(traits);
    for (Glossary.Entry entry : found) {
      out().println(ink.strong(entry.term()));
      entry
          .fields()
          .forEach((column, text) ->
              Paragraph.lines(column + ": " + text, traits.width() - 3, "  ")
                  .forEach(line -> out().println("  " + line)));
    }
  }
}
