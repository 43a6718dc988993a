package refrain.base;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where this user's programs keep what can be made again. */
public final class UserCache {
  private UserCache() {}

  /** {@code $REFRAIN_CACHE}, or {@code ~/.cache/refrain}; null: the user has no folder. */
  public static @Nullable Path folder() {
    String set = System.getenv("REFRAIN_CACHE");
    return set != null && !set.isBlank() ? Path.of(set) : below(System.getProperty("user.home"));
  }

  /** Java says "?" for a user without an entry in passwd and without HOME, as in containers. */
  public static @Nullable Path below(@Nullable String home) {
    return home == null || !Path.of(home).isAbsolute() ? null : Path.of(home, ".cache", "refrain");
  }
}
