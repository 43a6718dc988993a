package refrain.model;

/** The weights of a model that are read a layer at a time, so that it need not fit into memory. */
public interface LayerWeights {
  ModelSpec spec();

  /**
   * Reads one parameter.
   *
   * @param p as the layout of this model has it, or of a part of it
   * @param name under which it is read, where that is not the parameter's own: the block of a model
   *     of one block stands for any
   * @param arena where it goes, at the parameter's place
   */
  void read(Parameter p, String name, float[] arena);

  /**
   * Some columns of a matrix of ours, row-major: a panel of W_U's vocabulary, a head of W_Q's.
   *
   * @param rows of the matrix: d_model of W_U and W_Q
   * @param to [rows, count], from {@code at} on
   */
  void columns(String name, int rows, int first, int count, float[] to, int at);

  /** Some rows of the embedding, [count, d_model]. */
  void embeddings(int from, int count, float[] to, int at);

  /** The same weights for texts of so many tokens at most. */
  LayerWeights within(int context);
}
