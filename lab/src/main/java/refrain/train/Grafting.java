package refrain.train;

import static refrain.base.RefrainException.require;

import java.util.Arrays;
import java.util.List;
import org.hipparchus.linear.MatrixUtils;
import org.hipparchus.linear.QRDecomposition;
import org.hipparchus.linear.RealMatrix;
import refrain.base.RefrainException;
import refrain.data.Rng;
import refrain.model.Layout;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.store.Graft;

/** Mixes and turns the weights that a run takes from its parent ({@link Graft}). */
final class Grafting {
  private Grafting() {}

  /**
   * @throws RefrainException when a name is of no parameter of the model, when a parameter is to be
   *     both left and turned, or when one that is no matrix is to be turned
   */
  static void check(Graft graft, ModelSpec model) {
    List<Parameter> all = Layout.of(model).all();
    graft
        .names()
        .forEach(name -> {
          Graft one = new Graft(0, List.of(name), List.of());
          require(
              all.stream().anyMatch(p -> one.mixes(p.name())),
              "graft: no parameter is '%s' or begins with it; there are %s",
              name,
              String.join(", ", all.stream().map(Parameter::name).toList()));
        });
    for (Parameter p : all) {
      if (graft.rotates(p.name())) {
        require(
            !graft.contradicts(p.name()),
            "graft: '%s' is among both mixed and rotated, expected one of them",
            p.name());
        require(
            p.role().name().startsWith("W_"),
            "graft: '%s' is rotated, but has shape %s of vectors; only matrices can be turned",
            p.name(),
            Arrays.toString(p.shape()));
      }
    }
  }

  /**
   * Puts what the graft makes of the parent's weights in their place.
   *
   * @param parameters with the parent's values where they are taken
   * @param fresh an arena with the values of a new run
   * @param seed of the rotations, the run's {@code seeds.init}
   */
  static void apply(Graft graft, Parameters parameters, float[] fresh, long seed) {
    double s = graft.fresh();
    for (Parameter p : parameters.layout().all()) {
      if (graft.mixes(p.name())) {
        float[] given = Parameters.read(p, parameters.arena());
        if (graft.rotates(p.name())) {
          rotate(given, p.shape(), Rng.of(seed).split("rotated " + p.name()));
        }
        float[] own = Parameters.read(p, fresh);
        for (int i = 0; i < given.length; i++) {
          given[i] = (float) ((1 - s) * given[i] + s * own[i]);
        }
        Parameters.write(p, given, parameters.arena());
      }
    }
  }

  /**
   * Turns each matrix of a parameter in place: W becomes U W V^T.
   *
   * @param shape its last two axes are those of a matrix, the one before them counts heads
   */
  static void rotate(float[] values, int[] shape, Rng rng) {
    int columns = shape[shape.length - 1];
    int rows = shape[shape.length - 2];
    int size = rows * columns;
    for (int head = 0; head * size < values.length; head++) {
      Rng own = rng.split("matrix " + head);
      RealMatrix w = MatrixUtils.createRealMatrix(rows, columns);
      for (int i = 0; i < size; i++) {
        w.setEntry(i / columns, i % columns, values[head * size + i]);
      }
      RealMatrix turned =
          orthogonal(rows, own.split("rows"))
              .multiply(w)
              .multiplyTransposed(orthogonal(columns, own.split("columns")));
      for (int i = 0; i < size; i++) {
        values[head * size + i] = (float) turned.getEntry(i / columns, i % columns);
      }
    }
  }

  /**
   * A matrix drawn uniformly from the orthogonal ones: Q of a Gaussian matrix, with the signs that
   * make the diagonal of R positive (Mezzadri 2007, How to generate random matrices from the
   * classical compact groups).
   */
  private static RealMatrix orthogonal(int n, Rng rng) {
    RealMatrix gaussian = MatrixUtils.createRealMatrix(n, n);
    for (int i = 0; i < n * n; i++) {
      gaussian.setEntry(i / n, i % n, rng.nextGaussian());
    }
    QRDecomposition qr = new QRDecomposition(gaussian);
    RealMatrix q = qr.getQ().copy();
    for (int j = 0; j < n; j++) {
      if (qr.getR().getEntry(j, j) < 0) {
        q.setColumnVector(j, q.getColumnVector(j).mapMultiply(-1));
      }
    }
    return q;
  }
}
