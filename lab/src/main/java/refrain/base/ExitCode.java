package refrain.base;

/** Exit codes of the command line, the whole list. */
public enum ExitCode {
  OK(0),
  /** A failure that the program did not foresee; the only one that prints a stack trace. */
  INTERNAL(1),
  /** Bad input: an argument, a configuration or a file that cannot be used as given. */
  BAD_INPUT(2),
  /** The disk is full, a folder cannot be written, a file cannot be read. */
  DISK(3),
  /** A watched run left its curve, and stayed there. */
  PHASE_CHANGE(20),
  /**
   * Training met NaN or infinity, or ended with a loss far above that of its start; a watched run
   * became worse than its best.
   */
  DIVERGED(21),
  /** A watched run wrote nothing for longer than its own intervals explain. */
  STALLED(22);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }
}
