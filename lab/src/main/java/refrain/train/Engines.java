package refrain.train;

import refrain.model.FusedTransformer;
import refrain.model.ModelSpec;
import refrain.model.ReferenceTransformer;
import refrain.model.Transformer;

/** The one place where an engine is chosen. */
public final class Engines {
  private Engines() {}

  /**
   * @param threads how many sequences are computed at once; the result does not depend on it
   */
  public static Transformer create(EngineKind kind, ModelSpec spec, int threads) {
    return switch (kind) {
      case FUSED -> new FusedTransformer(spec, threads);
      case REFERENCE -> new ReferenceTransformer(spec);
    };
  }
}
