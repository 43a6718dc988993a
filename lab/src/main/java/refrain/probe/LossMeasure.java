package refrain.probe;

/** A measure of per-token losses; needs no activations. */
public non-sealed interface LossMeasure extends Measure {

  /** The sequences whose losses are read. */
  default Stimulus stimulus() {
    return Stimulus.EVALUATION;
  }
}
