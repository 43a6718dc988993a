package refrain.study;

import refrain.train.RunSpec;
import refrain.train.Seeds;

/** What differs between the seeds of a study. Within a seed all variants share it. */
public enum Varies {
  /** Initial weights, batches, language or split of a text, evaluation set and probes. */
  ALL,
  /**
   * Initial weights and batches: all seeds learn one language and are read on one evaluation set,
   * so that what differs is how they learn it, and nothing is said of other languages.
   */
  START;

  /** A run's specification at a seed. */
  RunSpec replicate(RunSpec spec, int seed) {
    return switch (this) {
      case ALL -> spec.replicate(seed);
      case START -> spec.with(s -> s.seeds = new Seeds(seed, seed, 0));
    };
  }
}
