package refrain.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the command lines that it reads, one a line, in one process; the first failure ends it. */
public final class ReadmeRun {
  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|([^\\s'\"]+)");
  private static final String PROGRAM = "./refrain";

  private ReadmeRun() {}

  public static void main(String[] commands) {
    for (String command : commands) {
      StringWriter said = new StringWriter();
      PrintWriter both = new PrintWriter(said, true);
      long begun = System.nanoTime();
      List<String> words = words(command);
      int code =
          words.getFirst().equals(PROGRAM)
              ? Main.run(words.subList(1, words.size()).toArray(String[]::new), both, both)
              : 127;
      System.out.printf("$ %s: %d, %.1f s%n", command, code, (System.nanoTime() - begun) * 1e-9);
      if (code != 0) {
        System.out.println(said);
        System.exit(1);
      }
    }
    System.exit(0);
  }

  /** A command line's words, as a shell would part them. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    int end = -1;
    Matcher matcher = WORD.matcher(command);
    while (matcher.find()) {
      String part =
          matcher.group(1) != null
              ? matcher.group(1)
              : matcher.group(2) != null ? matcher.group(2) : matcher.group(3);
      if (matcher.start() == end) {
        words.set(words.size() - 1, words.getLast() + part);
      } else {
        words.add(part);
      }
      end = matcher.end();
    }
    return words;
  }
}
