package refrain.analysis.scan;

/** Told of how far a scan has come, and asked whether it goes on. */
@FunctionalInterface
public interface Progress {
  /** Always goes on. */
  Progress SILENT = (done, what) -> true;

  /**
   * @param done share of the work, 0 to 1
   * @param what is being done
   * @return false: stop, and keep what there is
   */
  boolean goOn(double done, String what);
}
