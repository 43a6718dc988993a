package refrain.docs;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import refrain.base.Default;
import refrain.docs.Sources.Doc;
import refrain.report.Figures;
import refrain.report.Item;
import refrain.study.Study;
import refrain.train.RunSpec;
import tools.jackson.databind.JsonNode;

/**
 * docs/format.md: everything that a study or a run can say, out of the records that read it and
 * their documentation.
 */
final class FormatPage {
  private static final String STUDY_FILE = "refrain.study.StudyFile";

  private final Sources sources;
  private final StringBuilder page = new StringBuilder();
  private final Set<Class<?>> described = new LinkedHashSet<>();

  /** Components of runs and studies of which nothing is said. */
  private final List<String> silent = new ArrayList<>();

  FormatPage(Path sources) {
    this.sources = new Sources(sources);
  }

  List<String> silent() {
    return silent;
  }

  String write() throws ClassNotFoundException {
    page.append(
        """
        # The format of runs and studies

        *Written by `FormatTest` from the records that read these files and from their documentation: `./mvnw -pl lab test -Dtest=FormatTest -Drefrain.write=true` writes it again.*

        Files are YAML or JSON. Where a default stands, the name may be left out. A run always starts from a preset, so in a run's settings every name may be left out: *preset* stands for the preset's value, which `./refrain train --preset r0-2l --print-config` shows. An unknown name is an error with the nearest valid ones.

        - [A study](#a-study), `./refrain study run FILE`
        - [A run](#a-run), `./refrain train --config FILE`, `--set NAME.NAME=VALUE`, and `set` of a variant
        - [The figures of a study](#the-figures-of-a-study), `NAME.figures.yaml` beside `NAME.yaml`
        """);
    heading(2, "A study");
    text(sources.of(Class.forName(STUDY_FILE)).text());
    describe(Study.class, true);
    heading(2, "A run");
    describe(RunSpec.class, false);
    heading(2, "The figures of a study");
    text(
        "`sections`: a list of `argument`, `when` and `items`; `arms`: a list; `data`: a map. An"
            + " item is one of the kinds below, by its name: `curves`, `dots`, `scatter`, `heads`, `table`,"
            + " `paths`, `patterns`, `bullets`, `group`, or words: `heading`, `text`, `note`,"
            + " `code`. `each: [a, b]` in an element of a list stands for a copy of the element for"
            + " each, in which `{it}` is replaced. What is not said is empty unless a default"
            + " stands.");
    describe(Figures.Arm.class, false);
    describe(Figures.Section.class, false);
    describe(Item.class, false);
    return page.toString();
  }

  private void heading(int level, String text) {
    page.append("\n").append("#".repeat(level)).append(" ").append(text).append("\n");
  }

  private void text(String text) {
    if (!text.isEmpty()) {
      page.append("\n").append(text).append("\n");
    }
  }

  /** A record, a choice or an enum, then all that its components need and that is new. */
  private void describe(Class<?> type, boolean required) {
    if (!described.add(type)) {
      return;
    }
    Doc doc = sources.of(type);
    heading(3, title(type));
    text(doc.text());
    if (type.isEnum()) {
      constants(type);
    } else if (type.isSealed()) {
      for (Class<?> choice : type.getPermittedSubclasses()) {
        choice(type, choice, required);
      }
    } else {
      components(type, required);
    }
    needed(type).forEach(next -> describe(next, required && isOfStudy(next)));
  }

  private static boolean isOfStudy(Class<?> type) {
    return type.getPackageName().equals("refrain.study");
  }

  private void constants(Class<?> type) {
    page.append("\n");
    for (Object constant : type.getEnumConstants()) {
      String said = sources.of((Enum<?>) constant).text().replace("\n\n", " ");
      page.append("- `").append(constant).append("`");
      page.append(said.isEmpty() ? "" : ": " + lower(said)).append("\n");
    }
  }

  private void choice(Class<?> of, Class<?> choice, boolean required) {
    described.add(choice);
    String name =
        of.isAnnotationPresent(JsonSubTypes.class)
            ? "kind: " + kind(of, choice)
            : title(choice).toLowerCase(Locale.ROOT);
    heading(4, "`" + name + "`");
    text(sources.of(choice).text());
    components(choice, required);
  }

  static String kind(Class<?> of, Class<?> choice) {
    return Arrays.stream(of.getAnnotation(JsonSubTypes.class).value())
        .filter(named -> named.value() == choice)
        .findFirst()
        .orElseThrow()
        .name();
  }

  private void components(Class<?> type, boolean required) {
    if (type.getRecordComponents().length == 0) {
      return;
    }
    page.append("\n| name | type | default | |\n|---|---|---|---|\n");
    for (RecordComponent c : type.getRecordComponents()) {
      String said = said(sources, type, c);
      boolean typeSays = typeName(c.getGenericType()).contains("](#");
      if (said.isEmpty() && !typeSays && !type.getPackageName().equals("refrain.report")) {
        silent.add(type.getName() + "." + c.getName());
      }
      page.append(
          "| `%s` | %s | %s | %s |\n"
              .formatted(
                  c.getName(),
                  typeName(c.getGenericType()),
                  standard(type, c, required),
                  said.replace("\n", " ").replace("|", "\\|")));
    }
  }

  /** What a record says of a component, or the interface that asks for it. */
  static String said(Sources sources, Class<?> type, RecordComponent c) {
    String own = sources.of(type).components().getOrDefault(c.getName(), "");
    return own.isEmpty()
        ? Arrays.stream(type.getInterfaces())
            .map(of -> sources.of(of, c.getName()).text())
            .collect(Collectors.joining(" "))
        : own;
  }

  private static String standard(Class<?> type, RecordComponent c, boolean required) {
    Default value = c.getAnnotation(Default.class);
    if (value != null) {
      return value.value().equals("null") ? "none" : "`" + value.value() + "`";
    }
    Item.Default drawn = c.getAnnotation(Item.Default.class);
    if (drawn != null) {
      return "`" + drawn.value() + "`";
    }
    if (type.getPackageName().startsWith("refrain.report")) {
      return "";
    }
    return required ? "*required*" : isOfRun(type) ? "*preset*" : "*required*";
  }

  /** Whether a preset gives the whole record; choices have to be said whole. */
  private static boolean isOfRun(Class<?> type) {
    return Arrays.stream(type.getInterfaces()).noneMatch(Class::isSealed);
  }

  private static String typeName(Type type) {
    if (type instanceof ParameterizedType p) {
      Type last = p.getActualTypeArguments()[p.getActualTypeArguments().length - 1];
      return (p.getRawType() == Map.class ? "map of name to " : "list of ") + typeName(last);
    }
    if (type instanceof WildcardType w) {
      return typeName(w.getUpperBounds()[0]);
    }
    Class<?> c = (Class<?>) type;
    return switch (c.getSimpleName()) {
      case "int", "long", "Integer", "Long" -> "whole number";
      case "double", "Double" -> "number";
      case "boolean", "Boolean" -> "true, false";
      case "String" -> "text";
      default ->
          JsonNode.class.isAssignableFrom(c)
              ? "[settings](#a-run)"
              : "[%s](#%s)".formatted(title(c), anchor(title(c)));
    };
  }

  /** The name of a class in words: the ones around it only where they tell it from others. */
  static String title(Class<?> type) {
    String words =
        type.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    Class<?> around = type.getEnclosingClass();
    boolean named = around != null && !Set.of(Item.class, Figures.class).contains(around);
    String all = named && !around.isSealed() ? title(around) + ": " + words : words;
    return all.substring(0, 1).toUpperCase(Locale.ROOT) + all.substring(1);
  }

  private static String anchor(String title) {
    return title.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9 -]", "").replace(' ', '-');
  }

  private static String lower(String sentence) {
    return sentence.length() > 1 && Character.isLowerCase(sentence.charAt(1))
        ? sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1)
        : sentence;
  }

  /** The classes of this program that a type's components are of, in their order. */
  static Set<Class<?>> needed(Class<?> type) {
    Set<Class<?>> needed = new LinkedHashSet<>();
    Stream<Class<?>> records =
        type.isSealed() ? Arrays.stream(type.getPermittedSubclasses()) : Stream.of(type);
    records
        .filter(Class::isRecord)
        .filter(record -> !writtenAsText(record))
        .flatMap(record -> Arrays.stream(record.getRecordComponents()))
        .forEach(c -> collect(c.getGenericType(), needed));
    return needed;
  }

  private static void collect(Type type, Set<Class<?>> into) {
    if (type instanceof ParameterizedType p) {
      Arrays.stream(p.getActualTypeArguments()).forEach(argument -> collect(argument, into));
    } else if (type instanceof Class<?> c
        && c.getName().startsWith("refrain.")
        && !JsonNode.class.isAssignableFrom(c)) {
      into.add(c);
    }
  }

  static boolean writtenAsText(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .filter(method -> method.isAnnotationPresent(JsonCreator.class))
        .map(Method::getParameterTypes)
        .anyMatch(types -> Arrays.equals(types, new Class<?>[] {String.class}));
  }
}
