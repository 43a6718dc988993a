package refrain.probe;

/** A measure of per-token losses; needs no activations. */
public non-sealed interface LossMeasure extends Measure {}
