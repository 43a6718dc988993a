package refrain.base;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lists of valid names for error messages. */
public final class Names {
  private static final int MOST = 200;
  private static final int NEAR = 5;

  private Names() {}

  /** All of them, or the first 200 and how many there are. */
  public static String list(Collection<?> valid) {
    String listed =
        valid.stream().limit(MOST).map(Object::toString).collect(Collectors.joining(", "));
    return valid.size() > MOST ? listed + ", ... (" + valid.size() + " in all)" : listed;
  }

  /** The valid names most like a misspelt one, the nearest first, five at most. */
  public static String nearest(String found, Collection<String> valid) {
    String wanted = found.toLowerCase(Locale.ROOT);
    List<String> near =
        valid.stream()
            .sorted(
                Comparator.comparingInt(
                    (String name) -> distance(wanted, name.toLowerCase(Locale.ROOT))))
            .limit(NEAR)
            .toList();
    return String.join(", ", near);
  }

  /**
   * What is wrong with a name that is not valid.
   *
   * @param path the name with those above it, such as model.nLayerz
   */
  public static String unknown(String path, String found, Collection<String> valid) {
    return "unknown name '"
        + path
        + "'; valid names here: "
        + list(valid)
        + (valid.size() > NEAR ? "; the nearest: " + nearest(found, valid) : "");
  }

  /** Levenshtein's distance: insertions, deletions and replacements of a character. */
  private static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }
      above = row;
    }
    return above[b.length()];
  }
}
