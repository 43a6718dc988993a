package refrain.analysis.ondisk;

import java.util.List;
import refrain.model.PromptTree;

/** Prompts that a model reads, and what is kept of what it says of them. */
interface Stimulus {
  /** As in the names of files. */
  String name();

  List<PromptTree> trees();

  /** What is independent of each other: words, sequences, texts. */
  int units();

  /**
   * What is kept, [unit][column].
   *
   * @param said of each tree
   */
  double[][] read(PromptTree.Said[] said);
}
