package refrain.export;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.store.NamedTensor;

/** A model's parameters in the shapes that other programs keep them in. */
final class Weights {
  private final Parameters parameters;

  Weights(Parameters parameters) {
    this.parameters = parameters;
  }

  /** As our checkpoints have them. */
  List<NamedTensor> all() {
    List<NamedTensor> tensors = new ArrayList<>();
    for (Parameter p : parameters.layout().all()) {
      tensors.add(new NamedTensor(p.name(), p.shape(), parameters.get(p.name())));
    }
    return tensors;
  }

  /** A parameter in row-major order. */
  float[] get(String name) {
    return parameters.get(name);
  }

  /** A parameter, or as many zeros where the model has none of this name. */
  float[] orZeros(String name, int size) {
    return parameters.layout().has(name) ? parameters.get(name) : new float[size];
  }

  /** A norm's scale, or as many ones where the model has none of this name. */
  float[] orOnes(String name, int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return parameters.layout().has(name) ? parameters.get(name) : ones;
  }

  /** W_Q, W_K or W_V, [head, d_model, d_head], as the matrix [head d_head, d_model] of x W^T. */
  float[] rows(String name) {
    int[] shape = parameters.layout().get(name).shape();
    float[] w = get(name);
    float[] rows = new float[w.length];
    for (int h = 0; h < shape[0]; h++) {
      for (int d = 0; d < shape[1]; d++) {
        for (int e = 0; e < shape[2]; e++) {
          rows[(h * shape[2] + e) * shape[1] + d] = w[(h * shape[1] + d) * shape[2] + e];
        }
      }
    }
    return rows;
  }

  /** A matrix [rows, columns] as [columns, rows]. */
  static float[] transposed(float[] x, int rows, int columns) {
    float[] turned = new float[x.length];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[c * rows + r] = x[r * columns + c];
      }
    }
    return turned;
  }

  /** A matrix [rows, columns] as [columns, rows]; zeros where the model has none of this name. */
  float[] turned(String name, int rows, int columns) {
    return transposed(orZeros(name, rows * columns), rows, columns);
  }

  static float[] joined(float[]... parts) {
    int length = 0;
    for (float[] part : parts) {
      length += part.length;
    }
    float[] all = new float[length];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
