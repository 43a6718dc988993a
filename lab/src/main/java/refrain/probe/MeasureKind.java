package refrain.probe;

/** The measures that a suite can be asked for, and how often each is worth its price. */
public enum MeasureKind {
  LOSS(Depth.CHEAP),
  ICL(Depth.CHEAP),
  PREFIX_MATCHING(Depth.CHEAP),
  PREVIOUS_TOKEN(Depth.CHEAP),
  REPEATED_LOSS(Depth.CHEAP),
  /** Taken where it is named: no preset does. */
  MATCH_OFFSETS(Depth.CHEAP, false),
  /** Taken where it is named: no preset does. */
  LONE_MATCH(Depth.CHEAP, false),
  PER_TOKEN_LOSSES(Depth.THOROUGH),
  PREVIOUS_TOKEN_REPEATED(Depth.THOROUGH),
  DUPLICATE_TOKEN(Depth.THOROUGH),
  /** Taken where it is named: no preset does. */
  START_ATTENTION(Depth.THOROUGH, false),
  ENTROPY(Depth.THOROUGH),
  DISTANCE(Depth.THOROUGH),
  COPYING(Depth.THOROUGH),
  OV_EIGENVALUES(Depth.THOROUGH),
  QK_EIGENVALUES(Depth.THOROUGH),
  /** Needs {@link #PREVIOUS_TOKEN} too. */
  QK_TRACE(Depth.THOROUGH),
  COMPOSITION(Depth.THOROUGH),
  /** Taken where the suite is given baselines. */
  NGRAM_DIVERGENCE(Depth.THOROUGH);

  /** When a measure is taken. */
  public enum Depth {
    /** At every measurement. */
    CHEAP,
    /** At the sparser, thorough ones. */
    THOROUGH
  }

  private final Depth depth;
  private final boolean usual;

  MeasureKind(Depth depth) {
    this(depth, true);
  }

  MeasureKind(Depth depth, boolean usual) {
    this.depth = depth;
    this.usual = usual;
  }

  public Depth depth() {
    return depth;
  }

  /**
   * Whether runs are probed by it unless they say otherwise; else it is taken where it is named.
   */
  public boolean usual() {
    return usual;
  }
}
