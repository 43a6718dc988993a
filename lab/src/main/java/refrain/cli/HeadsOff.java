package refrain.cli;

import java.util.List;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

/** Heads that are switched off, as the command line names them. */
final class HeadsOff {
  static final String MEANS = "Switch heads off: their output is zero, such as L1H3,L1H0.";

  private HeadsOff() {}

  /** The heads of those names; an error where one is not in the model. */
  static List<HeadId> parse(List<String> names, ModelSpec spec) {
    List<HeadId> heads = names.stream().map(HeadId::parse).distinct().toList();
    heads.forEach(head -> head.check(spec));
    return heads;
  }
}
