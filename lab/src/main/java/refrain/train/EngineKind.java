package refrain.train;

/** Which implementation computes forward and backward passes. */
public enum EngineKind {
  /** Float32 with vector instructions, one sequence at a time through the cache. */
  FUSED,
  /** Float64 in plain loops: the specification, for small sizes. */
  REFERENCE
}
