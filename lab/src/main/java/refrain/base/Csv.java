package refrain.base;

/** Cells of comma-separated values (RFC 4180). */
public final class Csv {
  private Csv() {}

  /** A text as a cell: in quotes where it needs them. */
  public static String cell(String text) {
    boolean needed = text.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return needed ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
