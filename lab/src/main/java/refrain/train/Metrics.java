package refrain.train;

/**
 * The columns of {@code metrics.jsonl} that the program itself reads. Those that start with {@code
 * train} come from the step that led to the row's state, the others from the probe of that state.
 */
public final class Metrics {
  /** Tokens that the model was trained to predict so far. */
  public static final String TOKENS = "tokens";

  /** Mean loss of the step's batch before the update, nats per token. */
  public static final String TRAIN_LOSS = "train.loss";

  /** Euclidean norm of the gradient before clipping. */
  public static final String GRADIENT_NORM = "train.gradNorm";

  /** Learning rate of the step. */
  public static final String RATE = "train.rate";

  /** Mean loss on the evaluation set, nats per token. */
  public static final String LOSS = "loss";

  /** [T] mean loss on the evaluation set by token index, nats. */
  public static final String LOSS_BY_INDEX = "loss.byIndex";

  /** In-context-learning score, nats. */
  public static final String ICL = "icl";

  /** Loss at the late indices of the in-context-learning score, nats. */
  public static final String LATE_LOSS = "icl.late";

  /** Highest prefix-matching score of any head. */
  public static final String PREFIX_MATCHING = "pm.best";

  /** The head that has it: layer times heads plus head. */
  public static final String PREFIX_MATCHING_HEAD = "pm.best.head";

  /** Prefix-matching score of uniform attention on the probe's sequences. */
  public static final String PREFIX_MATCHING_CHANCE = "pm.uniform";

  /** Highest previous-token score of any head of layer 0. */
  public static final String PREVIOUS_TOKEN = "prev.best.L0";

  /** How many interventions the probe measured under; where they change in the run. */
  public static final String INTERVENTIONS = "interventions.on";

  /** Before the names of what a blocked state measures without its interventions. */
  public static final String UNBLOCKED = "unblocked.";

  private Metrics() {}
}
