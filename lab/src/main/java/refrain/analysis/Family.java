package refrain.analysis;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** Numbers or series that differ by what their keys name: a method, a head, a level. */
@FunctionalInterface
public interface Family<K, Q> {
  Q of(K member);

  /** Declares one for each member. */
  static <K, Q> Family<K, Q> of(Collection<K> members, Function<K, Q> declare) {
    Map<K, Q> declared = new LinkedHashMap<>();
    members.forEach(member -> declared.put(member, declare.apply(member)));
    return member -> {
      Q found = declared.get(member);
      if (found == null) {
        throw new IllegalArgumentException(
            "'" + member + "' is not among " + declared.keySet() + ", for which this is declared");
      }
      return found;
    };
  }
}
