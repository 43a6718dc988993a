package refrain.pretrained;

import java.util.List;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.pretrained.weights.StoredTensors;

/** A checkpoint of ours: its names and shapes are those of our parameters. */
final class OwnCheckpoint {
  private OwnCheckpoint() {}

  static Described of(ModelSpec spec, StoredTensors tensors, List<String> notes) {
    Mapping map = new Mapping(tensors);
    for (Parameter p : Layout.of(spec).all()) {
      int[] shape = p.shape();
      switch (p.role()) {
        case W_Q, W_K, W_V -> map.heads(p.name(), p.name(), shape[0], shape[1], shape[2]);
        case W_O -> map.stacked(p.name(), p.name(), shape[0], shape[1], shape[2]);
        case W_E, W_POS, W_IN, W_GATE, W_OUT, W_U ->
            map.rows(p.name(), p.name(), shape[0], shape[1]);
        case NORM_W, NORM_B, B_Q, B_K, B_V, B_O, ALPHA, B_IN, B_OUT ->
            map.vector(p.name(), p.name(), shape);
      }
    }
    if (spec.tied()) {
      map.ignore("unembed.W_U"); // written beside the embedding for other programs
    }
    return new Described("Refrain", spec, map, notes);
  }
}
