package refrain.watch.log;

/** A run's log, read as it grows. */
public interface LogSource {
  /** What the run is called: the path under which it was found. */
  String name();

  /** What was found there, for people: {@code JSON lines}. */
  String found();

  /**
   * Reads what is new.
   *
   * @return whether there was anything
   * @throws refrain.base.RefrainException of kind BAD_FILE where what lies there is no log
   */
  boolean poll(RowSink sink);

  /** Reads what has no end of its own; nothing may follow. */
  void end(RowSink sink);

  LogCounts counts();
}
