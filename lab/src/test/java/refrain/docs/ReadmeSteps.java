package refrain.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What README tells its readers to type, in order. Before each block of code stands a comment that
 * says what the build does with it: {@code <!-- build: ... -->} with a line for each command of the
 * block, or one line for a file or a snippet.
 *
 * <ul>
 *   <li>{@code as it is}
 *   <li>{@code with --set steps=20}: with settings that make it small
 *   <li>{@code instead ./refrain ...}: something small of the same kind
 *   <li>{@code not run: why}, but by {@code .ci/readme}, which runs all of them whole
 *   <li>{@code never: why}
 *   <li>{@code file mine.yaml}: the block is this file
 *   <li>{@code python}, or {@code python with THIS for THAT}: run where REFRAIN_PYTHON names an
 *       interpreter
 *   <li>{@code output}: what a command printed
 * </ul>
 */
final class ReadmeSteps {
  /** What the build does with a step. */
  enum Kind {
    COMMAND,
    NOT_RUN,
    FILE,
    PYTHON,
    OUTPUT
  }

  /**
   * One thing to do.
   *
   * @param text the command with its settings, the contents, or the snippet
   * @param word the mark of what is not run, or the file's name
   */
  record Step(Kind kind, String text, String word) {}

  private static final String FENCE = "```";
  private static final String MARK = "<!-- build:";
  private static final Set<String> LANGUAGES = Set.of("", "yaml", "python");

  private final List<Step> steps = new ArrayList<>();
  private final List<String> unmarked = new ArrayList<>();

  private ReadmeSteps() {}

  static ReadmeSteps of(Path readme) throws IOException {
    ReadmeSteps all = new ReadmeSteps();
    List<String> lines = Files.readAllLines(readme);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith(FENCE)) {
        int end = i + 1;
        while (!lines.get(end).equals(FENCE)) {
          end++;
        }
        all.block(lines.get(i).substring(3), marks(lines, i), lines.subList(i + 1, end), i + 1);
        i = end;
      }
    }
    return all;
  }

  List<Step> steps() {
    return steps;
  }

  /** What stands in README without a word on how the build runs it. */
  List<String> unmarked() {
    return unmarked;
  }

  /** The lines of the comment that ends above a line; none where there is none. */
  private static List<String> marks(List<String> lines, int fence) {
    int from = fence - 1;
    if (from < 0 || !lines.get(from).endsWith("-->")) {
      return List.of();
    }
    while (from > 0 && !lines.get(from).startsWith("<!--")) {
      from--;
    }
    String comment = String.join("\n", lines.subList(from, fence));
    return comment.startsWith(MARK)
        ? comment
            .substring(MARK.length(), comment.length() - "-->".length())
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList()
        : List.of();
  }

  private void block(String language, List<String> marks, List<String> body, int line) {
    String whole = String.join("\n", body) + "\n";
    String first = marks.isEmpty() ? "" : marks.getFirst();
    if (!LANGUAGES.contains(language)) {
      unmarked.add("line " + line + ": a block in " + language);
    } else if (first.startsWith("file ")) {
      steps.add(new Step(Kind.FILE, whole, first.substring("file ".length())));
    } else if (first.matches("python( with \\S+ for \\S+)?")) {
      String[] words = first.split(" ");
      String snippet = words.length == 1 ? whole : whole.replace(words[4], words[2]);
      steps.add(new Step(Kind.PYTHON, snippet, ""));
    } else if (first.equals("output")) {
      steps.add(new Step(Kind.OUTPUT, whole, ""));
    } else {
      commands(marks, body.stream().filter(each -> !each.isBlank()).toList(), line);
    }
  }

  private void commands(List<String> marks, List<String> commands, int line) {
    if (marks.size() != commands.size()) {
      unmarked.add(
          "line %d: %d commands and %d marks: %s"
              .formatted(line, commands.size(), marks.size(), commands));
      return;
    }
    for (int i = 0; i < marks.size(); i++) {
      steps.add(command(commands.get(i).replaceFirst("\\s+#.*", ""), marks.get(i), line));
    }
  }

  private Step command(String command, String mark, int line) {
    if (mark.equals("as it is")) {
      return new Step(Kind.COMMAND, command, "");
    }
    if (mark.startsWith("with ")) {
      return new Step(Kind.COMMAND, command + mark.substring("with".length()), "");
    }
    if (mark.startsWith("instead ")) {
      return new Step(Kind.COMMAND, mark.substring("instead ".length()), "");
    }
    if (!mark.matches("(not run|never): .+")) {
      unmarked.add("line " + line + ": '" + mark + "' is no mark");
    }
    return new Step(Kind.NOT_RUN, command, mark);
  }
}
