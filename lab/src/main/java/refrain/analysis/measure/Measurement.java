package refrain.analysis.measure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.probe.Definition;

/**
 * What was measured of one run after so many steps: the one value that the terminal, JSON, CSV and
 * pages print.
 *
 * @param run whose state it is
 * @param step updates done
 * @param text what losses and the ICL score are read on, in words
 * @param definitions what the numbers mean, in the order of their columns
 * @param read the losses behind it, sequence by sequence
 * @param tokens a hash of what was read: measurements on the same tokens are compared in pairs
 * @param model as it is
 * @param intervened what an intervention makes of it; null: none was asked for
 * @param notes what could not be had and why, a sentence each
 */
public record Measurement(
    Run run,
    long step,
    String text,
    List<Definition> definitions,
    SequenceLosses read,
    int tokens,
    Reading model,
    @Nullable Intervened intervened,
    List<String> notes) {

  /**
   * Whose state it is.
   *
   * @param path of its folder
   * @param id what its weights are known by
   * @param name for people
   * @param variant of a study, "" elsewhere
   * @param seed of the initial parameters; null: nobody knows, of a model on disk
   * @param context positions that it was trained on, or that are read of it; nothing is read beyond
   * @param steps that it was trained for
   * @param formed the step at which heads had formed; null: they had not, or nobody knows
   */
  public record Run(
      String path,
      String id,
      String name,
      String variant,
      @Nullable Long seed,
      int context,
      long steps,
      @Nullable Long formed) {

    /** A model on disk, of whose training nothing is known. */
    static Run onDisk(String path, String name, String variant, int context) {
      return new Run(path, "", name, variant, null, context, 0, null);
    }

    /** Whether it is a model on disk and no run. */
    public boolean isOnDisk() {
      return seed == null;
    }

    /** The seed, as a column of numbers has it: NaN where nobody knows. */
    public double seedInColumn() {
      return seed == null ? Double.NaN : seed;
    }

    /** Its place in a table of a study, or its name. */
    public String label() {
      return variant.isEmpty() ? name : variant;
    }
  }

  /**
   * A model under an intervention.
   *
   * @param interventions in words
   * @param model as it then is
   * @param change of its losses, sequence by sequence
   * @param placebo the same on other heads
   */
  public record Intervened(
      List<String> interventions, Reading model, Removal change, Placebo placebo) {}

  public Measurement {
    definitions = List.copyOf(definitions);
    notes = List.copyOf(notes);
  }

  /** Whether every head has a verdict. */
  public boolean hasVerdicts() {
    return model.heads().stream().allMatch(row -> row.match() != null);
  }

  /** Whether each head was removed. */
  public boolean hasEffects() {
    return model.heads().stream().allMatch(row -> row.without() != null);
  }
}
