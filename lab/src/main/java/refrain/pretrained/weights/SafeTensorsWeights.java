package refrain.pretrained.weights;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import refrain.store.SafeTensors;

/** One safetensors file. */
public final class SafeTensorsWeights implements StoredTensors {
  private final String where;
  private final SafeTensors file;
  private final Set<String> names;

  private SafeTensorsWeights(String where, SafeTensors file) {
    this.where = where;
    this.file = file;
    this.names = new LinkedHashSet<>(file.names());
  }

  /**
   * Opens and checks a file.
   *
   * @throws refrain.base.RefrainException that names what is wrong with it
   */
  public static SafeTensorsWeights open(Path path) {
    return new SafeTensorsWeights(path.getFileName().toString(), SafeTensors.open(path));
  }

  @Override
  public String where() {
    return where;
  }

  @Override
  public Set<String> names() {
    return names;
  }

  @Override
  public int[] shape(String name) {
    return file.shape(name);
  }

  @Override
  public String type(String name) {
    return file.type(name).name();
  }

  @Override
  public void rows(String name, int from, int count, float[] to, int at) {
    int width = StoredTensors.width(file.shape(name));
    file.floats(name, (long) from * width, count * width, to, at);
  }

  @Override
  public void close() {
    file.close();
  }
}
