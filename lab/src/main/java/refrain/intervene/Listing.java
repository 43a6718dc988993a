package refrain.intervene;

import java.util.List;
import java.util.stream.Collectors;

/** Lists of valid names for error messages. */
final class Listing {
  private static final int MOST = 200;

  private Listing() {}

  static String of(List<?> valid) {
    String listed =
        valid.stream().limit(MOST).map(Object::toString).collect(Collectors.joining(", "));
    return valid.size() > MOST ? listed + ", ... (" + valid.size() + " in all)" : listed;
  }
}
