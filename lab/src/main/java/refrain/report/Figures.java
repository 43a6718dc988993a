package refrain.report;

import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Quantities;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.report.Item.Name;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.Study;
import refrain.study.Variant;

/**
 * What a study's page draws.
 *
 * @param where what errors call it: its file
 * @param source the file's text; "" for the default figures of a study without one
 * @param question what the study asks, which its summary answers; "": its title says it
 * @param arms variants that have one look and one name in all figures
 * @param data headings for kinds of data
 * @param sections of arguments
 */
public record Figures(
    String where,
    String source,
    String question,
    List<Arm> arms,
    Map<String, String> data,
    List<Section> sections) {
  /**
   * A group of variants that look alike and have one name where marks are runs.
   *
   * @param slot which {@link refrain.draw.Style}; -1: one that no neighbour has, see {@link Looks}
   */
  public record Arm(String label, @Item.Default("-1") int slot, List<String> variants) {
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
        known(variants, variant, where + ": arm '" + arm.label() + "'", "variant");
      }
    }
    for (Section section : sections) {
      String at = where + ": section '" + section.argument() + "'";
      known(arguments, section.argument(), at, "argument");
      Check check = new Check(where, variants, claims);
      check.inside(section.when(), at);
      section.items().forEach(check::item);
    }
  }

  private static void known(Set<String> names, String name, String at, String kind) {
    if (!names.contains(name)) {
      String nearest = Names.nearest(name, names);
      throw RefrainException.badInput(
          "%s: no %s '%s'; the nearest names are %s".formatted(at, kind, name, nearest));
    }
  }

  private static Set<String> set(Stream<String> names) {
    return names.collect(Collectors.toCollection(HashSet::new));
  }

  /** The names in items held against those that there are. */
  private record Check(String where, Set<String> variants, Set<String> claims) {
    void item(Item item) {
      String name =
          switch (item) {
            case Item.Curves f -> f.title();
            case Item.Dots f -> f.title();
            case Item.Scatter f -> f.title();
            case Item.HeadMarks f -> f.title();
            case Item.Paths f -> f.title();
            case Item.Grid t -> t.caption();
            case Item.Patterns p -> p.caption();
            case Item.Words words -> words.text();
            case Item.Bullets bullets -> String.join(" ", bullets.texts());
            case Item.Group group -> "group";
          };
      String at =
          where + ": figure '" + (name.length() > 60 ? name.substring(0, 60) + "..." : name) + "'";
      inside((Record) item, at);
      if (item instanceof Item.Grid grid) {
        for (Item.Line row : grid.rows()) {
          grid.columns().forEach(c -> c.numbers(row).forEach(q -> name(Name.NUMBER, q, at)));
        }
      }
    }

    /** All names in a record, by what its components are said to be. */
    void inside(Record record, String at) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        Item.Is is = component.getAnnotation(Item.Is.class);
        Object value = value(record, component);
        for (Object each : value instanceof List<?> list ? list : Arrays.asList(value)) {
          if (each instanceof Item item) {
            item(item);
          } else if (each instanceof Record inner) {
            inside(inner, at);
          } else if (is != null && each instanceof String name && !name.isEmpty()) {
            name(is.value(), name, at);
          }
        }
      }
      if (record instanceof Item.Curve curve) {
        for (String axis :
            curve.x().isEmpty() ? List.of(curve.y()) : List.of(curve.x(), curve.y())) {
          name(curve.overVariants() ? Name.NUMBER : Name.SERIES, axis, at);
        }
      }
    }

    private void name(Name kind, String name, String at) {
      switch (kind) {
        case VARIANT -> known(variants, name, at, "variant");
        case CLAIM -> known(claims, name, at, "claim");
        case NUMBER -> declared(() -> Quantities.number(name), at);
        case SERIES -> {
          if (RunCurve.named(name).isEmpty()) {
            declared(() -> Quantities.series(name.replace("{head}", "HEAD")), at);
          }
        }
        case WORDS -> Phrases.names(name, at, (k, found) -> name(k, found, at));
      }
    }

    private void declared(Runnable lookup, String at) {
      try {
        lookup.run();
      } catch (RefrainException e) {
        throw RefrainException.badInput(at + ": " + e.getMessage(), e);
      }
    }
  }

  private static @Nullable Object value(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }
}
