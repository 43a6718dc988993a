package refrain.train;

/** What a run does when it is confirmed that induction heads form in it. */
public enum PhaseAction {
  /** It is not watched. */
  NONE,
  /** It tells, and goes on. */
  TELL,
  /** It saves itself and waits to be resumed. */
  PAUSE,
  /** It saves itself and ends. */
  STOP
}
