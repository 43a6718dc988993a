package refrain.report;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.study.Study;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Where figures are found: beside the study, {@code olsson.figures.yaml} beside {@code
 * olsson.yaml}, and a copy of that in the folder of its runs, so that a report is drawn again from
 * the folder alone. A study without such a file has {@link DefaultFigures}.
 */
public final class FiguresFile {
  private static final String COPY = "figures.yaml";

  private static final Map<String, Class<? extends Item>> KINDS = new LinkedHashMap<>();

  static {
    KINDS.put("curves", Item.Curves.class);
    KINDS.put("dots", Item.Dots.class);
    KINDS.put("scatter", Item.Scatter.class);
    KINDS.put("table", Item.Grid.class);
    KINDS.put("paths", Item.Paths.class);
    KINDS.put("patterns", Item.Patterns.class);
  }

  private static final List<String> ALL = new ArrayList<>(KINDS.keySet());

  static {
    ALL.addAll(List.of("heading", "text", "note", "code", "bullets", "group"));
  }

  /** The whole file, before its items are read. */
  private record Outline(
      List<Figures.Arm> arms, Map<String, String> data, List<OutlineSection> sections) {}

  private record OutlineSection(String argument, Item.When when, ArrayNode items) {}

  private FiguresFile() {}

  /** The figures of a study that comes with the program; the default ones where it has no file. */
  public static Figures named(Study study) {
    String file = "studies/" + study.name() + ".figures.yaml";
    try (InputStream in = FiguresFile.class.getResourceAsStream("/" + file)) {
      return in == null
          ? DefaultFigures.of(study)
          : parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), file);
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }

  /** The figures of an own study: {@code mine.figures.yaml} beside {@code mine.yaml}. */
  public static Figures beside(Path file, Study study) {
    String name = file.getFileName().toString().replaceFirst("\\.(yaml|yml|json)$", "");
    Path figures = file.resolveSibling(name + ".figures.yaml");
    return Files.exists(figures) ? read(figures) : DefaultFigures.of(study);
  }

  /**
   * The figures of a study's folder. A folder that was made before figures were kept there has
   * those of the program's study of its name.
   */
  public static Figures in(Path folder, Study study) {
    Path copy = folder.resolve(COPY);
    return Files.exists(copy) ? read(copy) : named(study);
  }

  /** Keeps figures in a study's folder. */
  public static void keep(Figures figures, Path folder) {
    Path copy = folder.resolve(COPY);
    if (!figures.source().isEmpty()) {
      AtomicFiles.writeString(copy, figures.source());
      return;
    }
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      throw RefrainException.disk(copy + ": cannot be removed", e);
    }
  }

  private static Figures read(Path file) {
    try {
      return parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }

  /** Reads a figures file; {@code where} is what errors call it. */
  public static Figures parse(String text, String where) {
    JsonNode tree = FigureTree.expanded(Json.parseYaml(text, where), where);
    Outline outline = Json.read(FigureTree.complete(tree, Outline.class), Outline.class, where);
    List<Figures.Section> sections = new ArrayList<>();
    for (OutlineSection section : outline.sections()) {
      String in = where + ": section '" + section.argument() + "'";
      sections.add(
          new Figures.Section(section.argument(), section.when(), items(section.items(), in)));
    }
    return new Figures(where, text, outline.arms(), outline.data(), sections);
  }

  private static List<Item> items(JsonNode list, String where) {
    List<Item> items = new ArrayList<>();
    for (JsonNode element : list) {
      items.add(item(element, where + ", item " + (items.size() + 1)));
    }
    return items;
  }

  private static Item item(JsonNode element, String where) {
    String kind = FigureTree.only(element, where, ALL);
    JsonNode body = element.get(kind);
    return switch (kind) {
      case "heading" -> words(Item.Words.Kind.HEADING, body, where);
      case "text" -> words(Item.Words.Kind.TEXT, body, where);
      case "note" -> words(Item.Words.Kind.NOTE, body, where);
      case "code" -> words(Item.Words.Kind.CODE, body, where);
      case "bullets" -> new Item.Bullets(List.of(Json.read(body, String[].class, where)));
      case "group" -> {
        Shell shell = Json.read(FigureTree.complete(body, Shell.class), Shell.class, where);
        yield new Item.Group(
            shell.when(), items(shell.items(), where), items(shell.otherwise(), where));
      }
      default -> figure(body, Objects.requireNonNull(KINDS.get(kind)), where);
    };
  }

  /** A group before its items are read. */
  private record Shell(Item.When when, ArrayNode items, ArrayNode otherwise) {}

  private static Item words(Item.Words.Kind kind, JsonNode body, String where) {
    if (!body.isString()) {
      throw RefrainException.badInput(where + ": is " + body + ", expected text");
    }
    return new Item.Words(kind, body.asString());
  }

  private static <T extends Item> T figure(JsonNode body, Class<T> type, String where) {
    JsonNode title = body.path("title");
    String named = title.isString() ? where + " '" + title.asString() + "'" : where;
    return Json.read(FigureTree.complete(body, type), type, named);
  }
}
