package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.ModelSpec;

/**
 * The six ways to ablate heads (Olsson et al. 2022, Argument 3, has the two of zeros): what stands
 * in place of their outputs, and whether all attention patterns stay those of the intact pass
 * (preserving) or are computed anew (full).
 */
public enum Ablation {
  PRESERVING_ZERO(true, Source.ZERO),
  PRESERVING_MEAN(true, Source.MEAN),
  PRESERVING_RESAMPLE(true, new Source.Resample(Ablation.SEED)),
  FULL_ZERO(false, Source.ZERO),
  FULL_MEAN(false, Source.MEAN),
  FULL_RESAMPLE(false, new Source.Resample(Ablation.SEED));

  private static final long SEED = 3;

  private final boolean preserving;
  private final Source source;

  Ablation(boolean preserving, Source source) {
    this.preserving = preserving;
    this.source = source;
  }

  /** As in the names of quantities, such as preserving.zero. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** For people, such as "zero, pattern-preserving". */
  public String words() {
    String kind = name().substring(name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    return kind + (preserving ? ", pattern-preserving" : ", full");
  }

  /**
   * The ablation of some heads at once. No pattern follows a head of the last layer: there both
   * kinds are one. Patterns that come before all of the heads are intact by themselves.
   */
  public List<Intervention> of(List<HeadId> heads, ModelSpec spec) {
    List<Intervention> all = new ArrayList<>();
    for (HeadId head : heads) {
      all.add(new Intervention.Replace(Site.of(head), source, List.of()));
    }
    int first = heads.stream().mapToInt(HeadId::layer).min().orElse(spec.nLayers());
    List<HeadId> after = HeadId.all(spec).stream().filter(head -> head.layer() > first).toList();
    if (preserving && !after.isEmpty()) {
      all.add(new Intervention.FreezePatterns(after, Source.CLEAN));
    }
    return all;
  }
}
