package refrain.cli;

import java.io.PrintWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;
import refrain.base.ExitCode;
import refrain.base.Printable;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.tensor.KernelChoice;

/** The one place that turns a failure into what the user reads and into an exit code. */
final class Failures {
  private Failures() {}

  /** Arguments that do not parse: what is wrong, what was perhaps meant, where to look. */
  static ExitCode report(ParameterException e) {
    RefrainException own = firstRefrainException(e);
    PrintWriter err = e.getCommandLine().getErr();
    err.println("refrain: " + shown(own == null ? e : own));
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        err.println("Did you mean " + String.join(" or ", suggestions) + "?");
      }
    }
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println("See '" + command + " --help'.");
    return ExitCode.BAD_INPUT;
  }

  /** A failure of a command: one line if the user can act on it, else everything we know. */
  static ExitCode report(Throwable e, PrintWriter err) {
    RefrainException own = firstRefrainException(e);
    if (own != null) {
      err.println("refrain: " + shown(own));
      return own.kind().exitCode();
    }
    if (memoryIsShort(e)) {
      long heap = Runtime.getRuntime().maxMemory() >> 20;
      err.println(
          ("refrain: memory ran out: Java may take %s MiB; give it more, as in"
                  + " REFRAIN_JAVA_OPTS=-Xmx%sm, or make the batch, the context, the model or the"
                  + " text smaller; what was written before is whole")
              .formatted(heap, 2 * heap));
      return ExitCode.BAD_INPUT;
    }
    e.printStackTrace(err);
    err.println(
        ("refrain: this is a defect of refrain %s on Java %s; please report it with the "
                + "lines above and the command you gave.")
            .formatted(Version.refrain(), Version.java()));
    return ExitCode.INTERNAL;
  }

  private static String shown(Exception e) {
    return Printable.of(String.valueOf(e.getMessage()));
  }

  /** Said once a command: the engine runs, but not on the fast kernels, and why. */
  static void tellOfSlowKernels(PrintWriter err) {
    String notice = KernelChoice.chosen().notice();
    if (notice != null) {
      err.println("refrain: " + notice);
      err.flush();
    }
  }

  private static boolean memoryIsShort(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof OutOfMemoryError) {
        return true;
      }
    }
    return false;
  }

  /** Pools and parsers wrap what a task throws; what the user can act on may lie below. */
  private static @Nullable RefrainException firstRefrainException(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      if (t instanceof RefrainException own) {
        return own;
      }
    }
    return null;
  }
}
