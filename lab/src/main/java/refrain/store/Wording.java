package refrain.store;

import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.exc.InvalidFormatException;
import tools.jackson.databind.exc.InvalidTypeIdException;
import tools.jackson.databind.exc.MismatchedInputException;

/** Says what is wrong with a configuration in its own terms and not in the parser's. */
final class Wording {
  private static final Pattern VALUE =
      Pattern.compile(
          "(Array|Object|String|Boolean|Integer|Floating-point|Number) value"
              + "(?: \\((?!token)(.*?)\\)(?= |;|:|$))?");
  private static final Pattern NULL = Pattern.compile("because \"(\\w+)\" is null");

  private Wording() {}

  private static final Map<Class<?>, String> EXPECTED =
      Map.of(
          int.class, "a whole number",
          Integer.class, "a whole number",
          long.class, "a whole number",
          double.class, "a number",
          boolean.class, "true or false",
          String.class, "a text",
          java.util.List.class, "a list",
          java.util.ArrayList.class, "a list");

  /** One line: what was expected and what was found. */
  static String of(JacksonException e) {
    Throwable cause = e.getCause();
    if (e instanceof InvalidTypeIdException unknown) {
      return kind(unknown);
    }
    if (cause instanceof NullPointerException) {
      return "expected a value, found nothing" + nameOf(cause);
    }
    if (cause != null && !(cause instanceof JacksonException)) {
      return oneLine(String.valueOf(cause.getMessage()));
    }
    if (e instanceof InvalidFormatException format) {
      return "expected " + expected(format.getTargetType()) + ", found '" + format.getValue() + "'";
    }
    if (e instanceof MismatchedInputException mismatch) {
      return mismatch(mismatch);
    }
    if (e instanceof StreamReadException syntax) {
      return oneLine(syntax.getOriginalMessage());
    }
    return oneLine(e.getOriginalMessage());
  }

  /** What is said of a place; a record's own name for itself is that of the place, said once. */
  static String at(String path, String said) {
    String name = path.substring(path.lastIndexOf('.') + 1);
    boolean itself = !path.isEmpty() && said.startsWith(name);
    if (itself && (said.startsWith(": ", name.length()) || said.startsWith(" ", name.length()))) {
      return path + said.substring(name.length());
    }
    return path.isEmpty() ? said : path + ": " + said;
  }

  /** Which value was none: Java says so in the words of our own code. */
  private static String nameOf(Throwable cause) {
    Matcher name = NULL.matcher(String.valueOf(cause.getMessage()));
    return name.find() ? " for '" + name.group(1) + "'" : "";
  }

  private static String kind(InvalidTypeIdException e) {
    String message = String.valueOf(e.getOriginalMessage());
    int from = message.indexOf("known type ids = [");
    int to = message.indexOf(']', Math.max(from, 0));
    String known =
        from < 0 || to < 0
            ? ""
            : "; there are " + message.substring(from + "known type ids = [".length(), to);
    return e.getTypeId() == null
        ? "expected names with values, one of them 'kind', such as {kind: ...}; found no kind"
        : "unknown kind '" + e.getTypeId() + "'" + known;
  }

  private static String mismatch(MismatchedInputException e) {
    String message = String.valueOf(e.getOriginalMessage());
    if (message.startsWith("Missing creator property")) {
      return "is missing";
    }
    if (message.startsWith("Trailing token")) {
      return "expected the end, found more; one document is expected";
    }
    Class<?> type = e.getTargetType();
    String found = found(message);
    return type == null || found.isEmpty()
        ? oneLine(message)
        : "expected " + expected(type) + ", found " + found;
  }

  static String expected(Class<?> type) {
    if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(c -> ((Enum<?>) c).name())
              .collect(Collectors.joining(", "));
    }
    return EXPECTED.getOrDefault(type, "names with values");
  }

  /** What stands there, by the parser's message: its token may be read past it. */
  private static String found(String message) {
    if (message.contains("`null`")) {
      return "nothing";
    }
    Matcher value = VALUE.matcher(message);
    if (!value.find()) {
      return "";
    }
    String shown = value.group(2) == null ? "" : " (" + value.group(2) + ")";
    return switch (value.group(1)) {
      case "Array" -> "a list";
      case "Object" -> "names with values";
      case "String" -> "a text" + shown;
      case "Boolean" -> message.contains("VALUE_TRUE") ? "true" : "false";
      default -> "a number" + shown;
    };
  }

  private static String oneLine(String text) {
    return text.strip()
        .replace("`", "")
        .replaceAll("\\s*\\R\\s*", "; ")
        .replaceAll(";\\s*\\^\\s*(;|$)", "$1");
  }
}
