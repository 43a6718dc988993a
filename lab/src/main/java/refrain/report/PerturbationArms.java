package refrain.report;

import java.util.Arrays;
import java.util.List;
import refrain.draw.Style;

/** The arms of Argument 2 by what was perturbed. A group has one look in all its figures. */
enum PerturbationArms {
  PLAIN("as it is", 0, "2L", "1L"),
  SMEARED("smeared keys", 1, "2L-smeared", "1L-smeared"),
  BIAS(
      "previous-token bias or clamp",
      2,
      "2L-bias-0.5",
      "2L-bias-1",
      "2L-bias-2",
      "2L-bias-4",
      "2L-clamped"),
  /** Without a formation step: there is a head that matches from the start. */
  MATCH_GIVEN("the match clamped", 2, "2L-clamped-match", "2L-clamped-both"),
  PLACEBO(
      "placebo",
      4,
      "2L-smeared-from-0",
      "1L-smeared-from-2",
      "1L-smeared-from-0",
      "2L-bias-layer-1",
      "2L-bias-sink",
      "2L-bias-two-back"),
  TWO_BACK("smeared from i-2", 3, "2L-smeared-from-2"),
  LANGUAGE(
      "language",
      5,
      "2L-c0",
      "2L-c0.25",
      "2L-c0.75",
      "2L-c1",
      "2L-p0.5",
      "2L-p1",
      "2L-V64",
      "2L-V256"),
  TRAINING("training", 6, "2L-b32", "2L-b128", "2L-T128", "2L-half-rate", "2L-twice-rate"),
  POSITIONS("positions", 7, "2L-rotary", "2L-learned", "2L-learned-small");

  private final String label;
  private final int slot;
  private final List<String> variants;

  PerturbationArms(String label, int slot, String... variants) {
    this.label = label;
    this.slot = slot;
    this.variants = List.of(variants);
  }

  String label() {
    return label;
  }

  /** Which {@link Style}. */
  int slot() {
    return slot;
  }

  List<String> variants() {
    return variants;
  }

  /** The group of a variant; {@link #PLAIN} for one that perturbs nothing. */
  static PerturbationArms of(String variant) {
    return Arrays.stream(values())
        .filter(arm -> arm.variants.contains(variant))
        .findFirst()
        .orElse(PLAIN);
  }
}
