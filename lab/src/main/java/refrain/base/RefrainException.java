package refrain.base;

import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A failure that the user can act on. The message names where, what was expected, what was found
 * and the remedy; the command line prints it alone, without a stack trace.
 */
public final class RefrainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What kind of failure, and with it the exit code. */
  public enum Kind {
    BAD_INPUT(ExitCode.BAD_INPUT),
    BAD_FILE(ExitCode.BAD_INPUT),
    DIVERGED(ExitCode.DIVERGED),
    DISK(ExitCode.DISK);

    private final ExitCode exitCode;

    Kind(ExitCode exitCode) {
      this.exitCode = exitCode;
    }

    public ExitCode exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  private RefrainException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** An argument or a configuration value that cannot be used. */
  public static RefrainException badInput(String message) {
    return new RefrainException(Kind.BAD_INPUT, message, null);
  }

  /** The same with the values that were found put into the message. */
  public static RefrainException badInput(String format, @Nullable Object... found) {
    return badInput(String.format(Locale.ROOT, format, found));
  }

  public static RefrainException badInput(String message, Throwable cause) {
    return new RefrainException(Kind.BAD_INPUT, message, cause);
  }

  /**
   * Refuses a value that is not good.
   *
   * @param format the message, with the values that were found
   */
  public static void require(boolean good, String format, @Nullable Object... found) {
    if (!good) {
      throw badInput(format, found);
    }
  }

  /** A file whose contents are not what its format asks for. */
  public static RefrainException badFile(String message) {
    return new RefrainException(Kind.BAD_FILE, message, null);
  }

  /** The same with the values that were found put into the message. */
  public static RefrainException badFile(String format, @Nullable Object... found) {
    return badFile(String.format(Locale.ROOT, format, found));
  }

  public static RefrainException badFile(String message, Throwable cause) {
    return new RefrainException(Kind.BAD_FILE, message, cause);
  }

  /** What a reading gives; where it throws, the message goes on with what a reader can do. */
  public static <T> T reading(Supplier<T> read, String remedy) {
    try {
      return read.get();
    } catch (RefrainException e) {
      throw badFile(e.getMessage() + "; " + remedy, e);
    }
  }

  /** Training that met NaN or infinity. */
  public static RefrainException diverged(String message) {
    return new RefrainException(Kind.DIVERGED, message, null);
  }

  /** A disk or a folder that refused to be written or read. */
  public static RefrainException disk(String message, Throwable cause) {
    return new RefrainException(Kind.DISK, message, cause);
  }

  public Kind kind() {
    return kind;
  }
}
