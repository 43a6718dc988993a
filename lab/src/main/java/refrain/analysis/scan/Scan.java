package refrain.analysis.scan;

import java.util.List;
import org.jspecify.annotations.Nullable;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Verdict;
import refrain.probe.Definition;

/**
 * What was found of a model's heads: the one value that the terminal, JSON, CSV and pages show.
 *
 * @param model what it is called
 * @param architecture what people call its kind, with its sizes
 * @param layers that were gone through; fewer than the model has where it was stopped
 * @param headsPerLayer heads of each
 * @param text what it read, in words
 * @param definitions what the numbers mean, in the order of their columns
 * @param heads layer by layer
 * @param effects what changes without heads; null: not asked
 * @param notes what could not be had and why, a sentence each
 */
public record Scan(
    String model,
    String architecture,
    int layers,
    int headsPerLayer,
    String text,
    List<Definition> definitions,
    List<HeadRow> heads,
    @Nullable Effects effects,
    List<String> notes) {
  public Scan {
    definitions = List.copyOf(definitions);
    heads = List.copyOf(heads);
    notes = List.copyOf(notes);
  }

  /** Whether every head has a verdict. */
  public boolean hasVerdicts() {
    return !heads.isEmpty() && heads.stream().allMatch(row -> row.match() != null);
  }

  /** How many heads have this verdict. */
  public long count(Verdict verdict) {
    return heads.stream().filter(row -> row.match() != null && row.verdict() == verdict).count();
  }
}
