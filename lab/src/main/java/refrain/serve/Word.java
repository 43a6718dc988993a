package refrain.serve;

import java.util.List;
import java.util.Map;

/**
 * A row of the glossary.
 *
 * @param term as it stands there
 * @param names all that it is known by
 * @param fields what the columns say of it, by their headings
 */
public record Word(String term, List<String> names, Map<String, String> fields) {
  public Word {
    names = List.copyOf(names);
    fields = Map.copyOf(fields);
  }
}
