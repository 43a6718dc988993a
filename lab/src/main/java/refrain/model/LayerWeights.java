package refrain.model;

/** Weights that are read a layer at a time, whole, so that the model need not fit into memory. */
public interface LayerWeights extends WeightSource {
  /**
   * Reads one parameter.
   *
   * @param p as the layout of this model has it, or of a part of it
   * @param name under which it is read, where that is not the parameter's own: the block of a model
   *     of one block stands for any
   * @param arena where it goes, at the parameter's place
   */
  void read(Parameter p, String name, float[] arena);

  /** The same weights for texts of so many tokens at most. */
  LayerWeights within(int context);
}
