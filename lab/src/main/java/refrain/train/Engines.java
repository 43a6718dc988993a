package refrain.train;

import refrain.base.Version;
import refrain.model.FusedTransformer;
import refrain.model.ModelSpec;
import refrain.model.ReferenceTransformer;
import refrain.model.Transformer;
import refrain.store.Arithmetic;
import refrain.store.Machine;
import refrain.tensor.KernelChoice;

/** The one place where an engine is chosen, and what it calculates with. */
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

  /** What this process calculates with. */
  public static Arithmetic arithmetic() {
    return new Arithmetic(
        Machine.processor(), KernelChoice.vectors(), KernelChoice.VERSION, Version.java());
  }
}
