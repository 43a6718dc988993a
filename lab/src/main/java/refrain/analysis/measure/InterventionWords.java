package refrain.analysis.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.store.Json;

/**
 * Interventions in few words: "zero L1H3", "mean L1H3 L1H2, zero mlp.0". A method and the places
 * that it is made on, several parted by commas.
 */
public final class InterventionWords {
  private static final String FORM =
      "expected zero, mean or resample and heads or other places, such as \"zero L1H3\" or"
          + " \"mean L1H2 L1H3, zero mlp.0\", or a file with a list of interventions";

  private InterventionWords() {}

  /**
   * The interventions that words say.
   *
   * @throws RefrainException when they say none
   */
  public static List<Intervention> parse(String text) {
    List<Intervention> all = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      String[] words = part.strip().split("\\s+");
      Source source =
          switch (words[0].toLowerCase(Locale.ROOT)) {
            case "zero" -> Source.ZERO;
            case "mean" -> Source.MEAN;
            case "resample" -> new Source.Resample(0);
            default -> throw RefrainException.badInput("--intervene '%s': %s", text, FORM);
          };
      if (words.length < 2) {
        throw RefrainException.badInput("--intervene '%s': %s", text, FORM);
      }
      for (int i = 1; i < words.length; i++) {
        all.add(new Intervention.Replace(Site.parse(words[i]), source, List.of()));
      }
    }
    return all;
  }

  /** An intervention in the same words where there are any, else as files have it. */
  public static String words(Intervention intervention) {
    if (intervention instanceof Intervention.Replace r && r.positions().isEmpty()) {
      switch (r.source()) {
        case Source.Zero _ -> {
          return "zero " + r.site();
        }
        case Source.Mean _ -> {
          return "mean " + r.site();
        }
        case Source.Resample _ -> {
          return "resample " + r.site();
        }
        default -> {}
      }
    }
    return Json.line(intervention);
  }
}
