package refrain.probe;

/** The text that a model reads while it is measured. */
public enum Stimulus {
  /** The fixed evaluation set, drawn from the training distribution. */
  EVALUATION,
  /** {@link RepeatedSequences#draw}. */
  REPEATED,
  /** {@link RepeatedSequences#trained}. */
  REPEATED_AS_TRAINED,
  /** {@link LoneMatches#draw}. */
  LONE_MATCH
}
