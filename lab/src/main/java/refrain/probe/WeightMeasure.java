package refrain.probe;

/** A measure of the weights; needs no text, or only another measure's scores. */
public non-sealed interface WeightMeasure extends Measure {}
