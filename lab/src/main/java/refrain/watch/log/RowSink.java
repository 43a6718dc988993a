package refrain.watch.log;

/** Takes the rows that a reader finds. */
public interface RowSink {
  /** A row, which the reader fills anew afterwards. */
  void row(LogRow row);

  /** The steps of what follows begin again: another file of the run, or the file was rewritten. */
  default void begunAgain(String why) {}
}
