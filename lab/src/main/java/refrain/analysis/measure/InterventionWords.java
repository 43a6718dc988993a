package refrain.analysis.measure;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import refrain.base.RefrainException;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.store.Checked;
import refrain.store.Json;
import refrain.store.Written;
import tools.jackson.databind.JsonNode;

/**
 * Interventions in few words: "zero L1H3", "mean L1H3 L1H2, zero mlp.0". A method and the places
 * that it is made on, several parted by commas.
 */
public final class InterventionWords {
  private static final String FORM =
      "expected zero, mean or resample and heads or other places, such as \"zero L1H3\" or"
          + " \"mean L1H2 L1H3, zero mlp.0\", or a file with a list of interventions";

  private static final String LIST = "interventions";

  private InterventionWords() {}

  /** A file's list; by itself, or under its name as in a run's configuration. */
  record Listed(List<Intervention> interventions) {}

  /** The interventions of a file, where there is one of that name, or those that words say. */
  public static List<Intervention> of(String text) {
    Path file;
    try {
      file = Path.of(text);
    } catch (InvalidPathException e) {
      return parse(text);
    }
    if (!Files.exists(file)) {
      return parse(text);
    }
    Written written = Written.file(file);
    boolean named = written.tree().has(LIST);
    JsonNode list =
        written.tree().isArray() ? written.tree() : Json.object().arrayNode().add(written.tree());
    JsonNode whole = named ? written.tree() : Json.object().set(LIST, list);
    List<Intervention> all =
        Checked.read(
                whole,
                Listed.class,
                path -> written.place(named ? path : path.replaceFirst("^" + LIST, "")),
                List.of())
            .interventions();
    if (!all.stream().allMatch(Intervention::always)) {
      throw RefrainException.badInput(
          "%s: 'from' and 'until' are steps of training and mean nothing where a state is measured;"
              + " leave them out, and choose the state with --at",
          file);
    }
    return all;
  }

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

  /**
   * An intervention in the same words where there are any, else as files have it; an oracle is
   * called one.
   */
  public static String words(Intervention intervention) {
    if (intervention instanceof Intervention.Replace r && r.positions().isEmpty() && r.always()) {
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
    return Json.line(intervention) + (intervention.isOracle() ? " (an oracle)" : "");
  }
}
