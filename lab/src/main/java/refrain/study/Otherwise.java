package refrain.study;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;
import refrain.base.Default;

/**
 * A world in which a claim is false although everything else looks as observed. A claim shows
 * something only if it, or its control, does not pass there; how often it does not is simulated
 * from numbers of other seeds. In a study's file its kind stands in {@code kind}.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Otherwise.Deranged.class, name = "deranged"),
  @JsonSubTypes.Type(value = Otherwise.Exchanged.class, name = "exchanged"),
  @JsonSubTypes.Type(value = Otherwise.OtherQuantity.class, name = "other-quantity"),
  @JsonSubTypes.Type(value = Otherwise.NoEffect.class, name = "no-effect"),
  @JsonSubTypes.Type(value = Otherwise.Clock.class, name = "clock"),
})
public sealed interface Otherwise {
  /** A sentence that says in what world the claim is false. */
  String world();

  /**
   * The second number of each pair is another seed's: they have their spread and no relation.
   *
   * @param world the sentence
   */
  record Deranged(String world) implements Otherwise {}

  /**
   * In each seed the claim's arms have the numbers of the control's and the control's those of the
   * claim's.
   *
   * @param world the sentence
   */
  record Exchanged(String world) implements Otherwise {}

  /**
   * Another quantity has the name of the claimed one, such as that of another head.
   *
   * @param world the sentence
   * @param quantity the number that stands for the claim's
   * @param other the number that stands for the one it is compared with; null: that one as it is
   */
  record OtherQuantity(String world, String quantity, @Default("null") @Nullable String other)
      implements Otherwise {
    public OtherQuantity {
      Quantities.number(quantity);
      if (other != null) {
        Quantities.number(other);
      }
    }
  }

  /**
   * The claim's numbers spread as they do around where the paper's sentence ends to be true: its
   * own number, or no effect.
   *
   * @param world the sentence
   */
  record NoEffect(String world) implements Otherwise {}

  /**
   * Two dates have in common what a clock gives them and no more: what is left of each beside the
   * clock is another seed's.
   *
   * @param world the sentence
   */
  record Clock(String world) implements Otherwise {}
}
