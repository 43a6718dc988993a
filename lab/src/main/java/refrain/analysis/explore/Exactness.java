package refrain.analysis.explore;

/** What is known of a state that a run once had. */
public enum Exactness {
  /** It was read: a checkpoint that has its checksums, or the initial parameters. */
  STORED,
  /** Trained again, on a way that led to the next checkpoint with its SHA-256: the same bits. */
  VERIFIED,
  /** Trained again, so far with the losses and gradient norms that the run recorded. */
  REPLAYED,
  /** Trained again to other bits than the run's: near it perhaps, and never exact. */
  OTHER
}
