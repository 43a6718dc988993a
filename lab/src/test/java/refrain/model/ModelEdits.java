package refrain.model;

import java.util.function.Consumer;

/** Edits of a model that change several components together. */
public final class ModelEdits {
  private ModelEdits() {}

  public static Consumer<ModelSpec.Builder> heads(int query, int key, int width) {
    return m -> {
      m.nHeads = query;
      m.nKvHeads = key;
      m.dHead = width;
    };
  }

  public static Consumer<ModelSpec.Builder> mlp(int width, Activation kind) {
    return m -> {
      m.dMlp = width;
      m.activation = kind;
    };
  }

  public static Consumer<ModelSpec.Builder> norm(Norm kind, boolean last) {
    return m -> {
      m.norm = kind;
      m.finalNorm = last;
    };
  }
}
