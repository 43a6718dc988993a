package refrain.model;

/** Parameters in memory as a {@link WeightSource}. */
public record InMemory(Parameters parameters) implements WeightSource {
  @Override
  public ModelSpec spec() {
    return parameters.spec();
  }

  @Override
  public void columns(String name, int rows, int first, int count, float[] to, int at) {
    Parameter p = parameters.layout().get(name);
    boolean table = p.role() == Parameter.Role.W_POS;
    int width = table ? p.shape()[1] : p.size() / rows;
    for (int r = 0; r < rows; r++) {
      int from = p.offset() + r * width + first;
      System.arraycopy(parameters.arena(), from, to, at + r * count, count);
    }
  }

  /** Matrices of even layers are read by rows, so that both ways are tested. */
  @Override
  public boolean byRows(String name) {
    return parameters.layout().get(name).layer() % 2 == 0;
  }

  @Override
  public void rows(String name, int columns, int first, int count, float[] to, int at) {
    int from = parameters.layout().get(name).offset() + first * columns;
    System.arraycopy(parameters.arena(), from, to, at, count * columns);
  }

  @Override
  public void embeddings(int first, int count, float[] to, int at) {
    int d = spec().dModel();
    int from = parameters.layout().get("embed.W_E").offset() + first * d;
    System.arraycopy(parameters.arena(), from, to, at, count * d);
  }
}
