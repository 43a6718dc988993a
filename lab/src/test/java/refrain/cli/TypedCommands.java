package refrain.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;

/** Tests that type commands and read what is said. */
abstract class TypedCommands {
  final StringWriter out = new StringWriter();
  final StringWriter err = new StringWriter();

  /** The exit code; what is said comes behind what was said before. */
  int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  /** The same with the display of runs, which writes to standard output itself. */
  int runHearingTheDisplay(StringWriter display, String... args) {
    PrintStream before = System.out;
    ByteArrayOutputStream shown = new ByteArrayOutputStream();
    System.setOut(new PrintStream(shown, true, StandardCharsets.UTF_8));
    try {
      return Main.run(args, new PrintWriter(out), new PrintWriter(err));
    } finally {
      System.setOut(before);
      display.append(shown.toString(StandardCharsets.UTF_8));
    }
  }

  /** Forgets what was said. */
  void forget() {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
  }
}
