package refrain.report;

import java.util.List;
import refrain.draw.Block;

/** The figures and tables of one argument, drawn from what is stored. */
@FunctionalInterface
interface ArgumentSection {
  /** In reading order; empty where the study has no runs for it. Measures and fits nothing. */
  List<Block> blocks(StudyView view);

  /** No figures of its own. */
  ArgumentSection NONE = view -> List.of();
}
