package refrain.analysis;

import java.util.List;
import refrain.base.RefrainException;

/**
 * Something that is computed from a run after it ended. The same run gives the same findings, to
 * the bit, whatever the number of threads.
 */
public abstract class Analysis {
  private final AnalysisKind kind;
  private final int version;
  private final List<Declarations> parts;

  /**
   * @param version raised whenever the findings of an unchanged run would change: what was kept of
   *     another version is computed again
   * @param parts what its parts declare; a finding that none of them declares is refused
   */
  protected Analysis(AnalysisKind kind, int version, Declarations... parts) {
    this.kind = kind;
    this.version = version;
    this.parts = List.of(parts);
  }

  public final AnalysisKind kind() {
    return kind;
  }

  public final int version() {
    return version;
  }

  /** The numbers and series that it gives. */
  final List<Declared> declared() {
    return parts.stream().flatMap(part -> part.all().stream()).toList();
  }

  /**
   * Whether it reads all runs of a study at the run's seed ({@link Subject#companions}): then it is
   * made again when there are others.
   */
  public boolean ofSeed() {
    return false;
  }

  /**
   * Analyses a run that was trained.
   *
   * @throws refrain.base.RefrainException when the run lacks what is needed; the message says what
   */
  public Findings of(Subject run) {
    throw RefrainException.badInput(
        "%s: '%s' is made of a model on disk, and this is a run that was trained",
        run.folder().path(), kind.slug());
  }
}
