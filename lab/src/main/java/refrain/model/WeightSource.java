package refrain.model;

/**
 * Where the weights of a model are read from, a part at a time, so that nobody has to hold all of
 * them. May be read by several threads.
 */
public interface WeightSource {
  /** What they are weights of. */
  ModelSpec spec();

  /**
   * Some columns of a parameter, row-major. A matrix is [in, out] with all heads side by side; a
   * vector or a table of biases is one row.
   *
   * @param name as in the model's {@link Layout}
   * @param rows of the matrix; of a table of positions as many as are wanted
   * @param to [rows, count], from {@code at} on
   */
  void columns(String name, int rows, int first, int count, float[] to, int at);

  /**
   * Reads one parameter whole.
   *
   * @param p as the layout of this model has it, or of a part of it
   * @param name under which it is read, where that is not the parameter's own: the block of a model
   *     of one block stands for any
   * @param arena where it goes, at the parameter's place
   */
  default void read(Parameter p, String name, float[] arena) {
    columns(name, p.rows(), 0, p.size() / p.rows(), arena, p.offset());
  }

  /** Whether a matrix lies row by row, so that rows are read faster than columns. */
  boolean byRows(String name);

  /**
   * Some rows of a matrix that lies row by row.
   *
   * @param columns of the matrix
   * @param to [count, columns], from {@code at} on
   */
  void rows(String name, int columns, int first, int count, float[] to, int at);

  /** Some rows of the embedding, [count, d_model]. */
  void embeddings(int first, int count, float[] to, int at);
}
