package refrain.pretrained.pickle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a pickle of tensors can hold. Nothing in it does anything. */
sealed interface Pickled {
  /** A mark on the stack. */
  record Mark() implements Pickled {}

  /** None, a truth value, a number or a text. */
  record Value(@Nullable Object value) implements Pickled {}

  /** A tuple. */
  record Tuple(List<Pickled> items) implements Pickled {}

  /** A list, while it is filled. */
  record Items(List<Pickled> items) implements Pickled {
    Items() {
      this(new ArrayList<>());
    }
  }

  /** A dictionary whose keys are texts or whole numbers, while it is filled. */
  record Dictionary(Map<Object, Pickled> entries) implements Pickled {
    Dictionary() {
      this(new LinkedHashMap<>());
    }
  }

  /** A class or function that may be named; naming it is all that is done with it. */
  enum Name implements Pickled {
    ORDERED_DICT,
    REBUILD_TENSOR,
    REBUILD_PARAMETER
  }

  /** The class of a storage. */
  record StorageClass(StorageType type) implements Pickled {}

  /**
   * Elements in a file of the archive.
   *
   * @param key the file's name in {@code data/}
   */
  record Storage(StorageType type, String key, long elements) implements Pickled {}

  /** A view of a storage. */
  record Tensor(Storage storage, long offset, int[] shape, long[] strides) implements Pickled {}
}
