package refrain.serve;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What was used last, as much of it as may stay in memory; the latest always stays. */
final class Recent<K, V> {
  private final long most;
  private final ToLongFunction<V> size;
  private final Consumer<V> dropped;
  private final Map<K, V> kept = new LinkedHashMap<>(16, .75f, true);

  /**
   * @param most of the sum of sizes
   * @param dropped is told of each that goes
   */
  Recent(long most, ToLongFunction<V> size, Consumer<V> dropped) {
    this.most = most;
    this.size = size;
    this.dropped = dropped;
  }

  synchronized @Nullable V get(K key) {
    return kept.get(key);
  }

  /** What is kept under a key, made where there is nothing. */
  synchronized V get(K key, Supplier<V> make) {
    V known = kept.get(key);
    if (known != null) {
      return known;
    }
    V made = make.get();
    put(key, made);
    return made;
  }

  /** Keeps a value; sizes of those that are kept may have grown meanwhile. */
  synchronized void put(K key, V value) {
    kept.put(key, value);
    long sum = kept.values().stream().mapToLong(size).sum();
    var eldest = kept.entrySet().iterator();
    while (sum > most && kept.size() > 1) {
      var next = eldest.next();
      if (next.getKey().equals(key)) {
        return;
      }
      sum -= size.applyAsLong(next.getValue());
      eldest.remove();
      dropped.accept(next.getValue());
    }
  }
}
