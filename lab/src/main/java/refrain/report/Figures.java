package refrain.report;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import refrain.analysis.Quantities;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.Variant;

/**
 * What a study's page draws.
 *
 * @param where what errors call it: its file
 * @param source the file's text; "" for the default figures of a study without one
 * @param arms variants that have one look and one name in all figures
 * @param data headings for kinds of data
 * @param sections of arguments
 */
public record Figures(
    String where, String source, List<Arm> arms, Map<String, String> data, List<Section> sections) {
  /**
   * A group of variants.
   *
   * @param slot which {@link refrain.draw.Style}
   */
  public record Arm(String label, int slot, List<String> variants) {
    public Arm {
      variants = List.copyOf(variants);
    }
  }

  /**
   * A section of the page, in the place of its argument.
   *
   * @param argument identifier of the argument
   * @param when what has to be there
   */
  public record Section(String argument, Item.When when, List<Item> items) {
    public Section {
      items = List.copyOf(items);
    }
  }

  public Figures {
    arms = List.copyOf(arms);
    data = Map.copyOf(data);
    sections = List.copyOf(sections);
  }

  /** The items of an argument's section, with what has to be there for it. */
  List<Section> of(String argument) {
    return sections.stream().filter(s -> s.argument().equals(argument)).toList();
  }

  /**
   * Finds names that the study does not have, before anything is run or drawn.
   *
   * @param study the whole study, not a part of it
   * @throws RefrainException that names the figure and the nearest names
   */
  public void check(Study study) {
    Set<String> variants = set(study.variants().stream().map(Variant::name));
    Set<String> claims = set(study.claims().stream().map(Claim::id));
    Set<String> arguments = set(study.arguments().stream().map(Argument::id));
    for (Arm arm : arms) {
      for (String variant : arm.variants()) {
        known(variants, variant, "arm '" + arm.label() + "'", "variant");
      }
    }
    for (Section section : sections) {
      String of = "section '" + section.argument() + "'";
      known(arguments, section.argument(), of, "argument");
      section.when().names(new Check(of, variants, claims));
      for (Item item : section.items()) {
        check(item, variants, claims);
      }
    }
  }

  private void check(Item item, Set<String> variants, Set<String> claims) {
    if (item instanceof Item.Group group) {
      group.when().names(new Check("a group", variants, claims));
      group.items().forEach(inner -> check(inner, variants, claims));
      group.otherwise().forEach(inner -> check(inner, variants, claims));
    } else {
      String name = item.name();
      String shown = name.length() > 60 ? name.substring(0, 60) + "..." : name;
      item.names(new Check("figure '" + shown + "'", variants, claims));
    }
  }

  private void known(Set<String> names, String name, String of, String kind) {
    if (!names.contains(name)) {
      throw RefrainException.badInput(
          where
              + ": "
              + of
              + ": no "
              + kind
              + " '"
              + name
              + "'; the nearest names are "
              + Names.nearest(name, names));
    }
  }

  private static Set<String> set(Stream<String> names) {
    return names.collect(Collectors.toCollection(HashSet::new));
  }

  /** The names of one figure held against those that there are. */
  private final class Check implements Item.Names {
    private final String of;
    private final Set<String> variants;
    private final Set<String> claims;

    Check(String of, Set<String> variants, Set<String> claims) {
      this.of = of;
      this.variants = variants;
      this.claims = claims;
    }

    @Override
    public void variant(String name) {
      known(variants, name, of, "variant");
    }

    @Override
    public void claim(String id) {
      known(claims, id, of, "claim");
    }

    @Override
    public void number(String name) {
      declared(() -> Quantities.number(name));
    }

    @Override
    public void series(String name) {
      if (RunCurve.named(name).isEmpty()) {
        declared(() -> Quantities.series(name.replace("{head}", "HEAD")));
      }
    }

    private void declared(Runnable lookup) {
      try {
        lookup.run();
      } catch (RefrainException e) {
        throw RefrainException.badInput(where + ": " + of + ": " + e.getMessage(), e);
      }
    }

    @Override
    public void words(String text) {
      Phrases.names(text, this, where + ": " + of);
    }
  }
}
