package refrain.report;

import java.util.List;

/** TODO. */
final class CoOccurrenceSection implements ArgumentSection {
  @Override
  public List<Block> blocks(StudyView view) {
    return List.of();
  }
}
