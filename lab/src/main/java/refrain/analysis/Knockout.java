package refrain.analysis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;

/**
 * The six ways to ablate heads (Olsson et al. 2022, Argument 3, has the two of zeros): what stands
 * in place of their outputs, and whether all attention patterns stay those of the intact pass
 * (preserving) or are computed anew (full).
 */
enum Knockout {
  PRESERVING_ZERO(true, Source.ZERO),
  PRESERVING_MEAN(true, Source.MEAN),
  PRESERVING_RESAMPLE(true, new Source.Resample(Knockout.SEED)),
  FULL_ZERO(false, Source.ZERO),
  FULL_MEAN(false, Source.MEAN),
  FULL_RESAMPLE(false, new Source.Resample(Knockout.SEED));

  private static final long SEED = 3;

  private final boolean preserving;
  private final Source source;

  Knockout(boolean preserving, Source source) {
    this.preserving = preserving;
    this.source = source;
  }

  boolean preserving() {
    return preserving;
  }

  /** As in the names of quantities, such as preserving.zero. */
  String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '.');
  }

  /** For people, such as "zero, pattern-preserving". */
  String words() {
    String kind = name().substring(name().indexOf('_') + 1).toLowerCase(Locale.ROOT);
    return kind + (preserving ? ", pattern-preserving" : ", full");
  }

  /**
   * The ablation of some heads at once. No pattern follows a head of the last layer: there both
   * kinds are one.
   *
   * @param layers of the model
   */
  List<Intervention> of(List<HeadId> heads, int layers) {
    List<Intervention> all = new ArrayList<>();
    for (HeadId head : heads) {
      all.add(new Intervention.Replace(Site.of(head), source, List.of()));
    }
    if (preserving && heads.stream().anyMatch(head -> head.layer() < layers - 1)) {
      all.add(new Intervention.FreezePatterns(List.of(), Source.CLEAN));
    }
    return all;
  }
}
