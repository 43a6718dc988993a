package refrain.pretrained.pickle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.pretrained.weights.FileBytes;
import refrain.pretrained.weights.StoredTensors;

/**
 * A state dictionary as {@code torch.save} writes it since PyTorch 1.6 ({@code .bin}, {@code .pt},
 * {@code .pth}): a zip file whose entry {@code data.pkl} names the tensors and whose entries {@code
 * data/0}, {@code data/1}, ... are their storages.
 */
public final class TorchFile implements StoredTensors {
  private static final int MOST_PICKLE = 1 << 24;

  /** Names under which training scripts keep the dictionary beside other things. */
  private static final List<String> NESTED =
      List.of("state_dict", "model_state_dict", "model", "module");

  /** Where a tensor's storage begins in the file. */
  private record Entry(Pickled.Tensor tensor, long begin) {}

  /** A tensor that lies in another order than row-major, as a whole: they are few. */
  private record Gathered(String name, float[] values) {}

  private final FileBytes file;
  private final Map<String, Entry> tensors = new LinkedHashMap<>();
  private volatile @Nullable Gathered gathered;

  private TorchFile(FileBytes file) {
    this.file = file;
    byte[] start = file.bytes(0, (int) Math.min(16, file.size()));
    if (!begins(start)) {
      throw RefrainException.badFile(
          legacy(start)
              ? "%s: was written by PyTorch before 1.6, in a format that is not read; open and save"
                  + " it once with a newer one, or fetch the model as safetensors"
              : "%s: is no zip file, as torch.save writes them",
          file.name());
    }
    StoredZip zip = new StoredZip(file);
    String root = root(zip);
    byte[] order = zip.read(root + "byteorder", 64);
    if (order != null && !new String(order, UTF_8).equals("little")) {
      throw RefrainException.badFile(
          "%s: its numbers are %s-endian, expected little", file.name(), new String(order, UTF_8));
    }
    byte[] pickle = zip.read(root + "data.pkl", MOST_PICKLE);
    Pickled whole = Unpickler.read(file.name(), pickle == null ? new byte[0] : pickle);
    for (Map.Entry<Object, Pickled> entry : dictionary(whole).entrySet()) {
      if (entry.getValue() instanceof Pickled.Tensor tensor) {
        put(zip, root, String.valueOf(entry.getKey()), tensor);
      }
    }
    if (tensors.isEmpty()) {
      throw RefrainException.badFile("%s: holds no tensors", file.name());
    }
  }

  /** Whether a file begins as a zip file does. */
  public static boolean begins(byte[] start) {
    return start.length >= 4
        && start[0] == 'P'
        && start[1] == 'K'
        && start[2] == 3
        && start[3] == 4;
  }

  /** Whether a file begins as PyTorch's did before: with a pickle, or as a tar file. */
  public static boolean legacy(byte[] start) {
    return start.length >= 2 && start[0] == (byte) 0x80 && start[1] >= 2 && start[1] <= 5;
  }

  /**
   * Opens and checks a file.
   *
   * @throws RefrainException of kind BAD_FILE that names what is wrong, or what its pickle would do
   */
  public static TorchFile open(Path path) {
    FileBytes file = FileBytes.open(path);
    boolean opened = false;
    try {
      TorchFile result = new TorchFile(file);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        file.close();
      }
    }
  }

  private String root(StoredZip zip) {
    for (String name : zip.places().keySet()) {
      if (name.endsWith("/data.pkl") && name.indexOf('/') == name.length() - 9) {
        return name.substring(0, name.length() - 8);
      }
    }
    throw RefrainException.badFile(
        "%s: has no data.pkl in it; expected a file that torch.save wrote", file.name());
  }

  private Map<Object, Pickled> dictionary(Pickled whole) {
    if (!(whole instanceof Pickled.Dictionary(Map<Object, Pickled> entries))) {
      throw RefrainException.badFile(
          "%s: holds no dictionary of tensors; save the model's state_dict()", file.name());
    }
    for (String name : NESTED) {
      if (entries.get(name) instanceof Pickled.Dictionary(Map<Object, Pickled> inner)) {
        return inner;
      }
    }
    return entries;
  }

  private void put(StoredZip zip, String root, String name, Pickled.Tensor tensor) {
    Pickled.Storage storage = tensor.storage();
    StoredZip.Place place = zip.places().get(root + "data/" + storage.key());
    if (place == null) {
      throw RefrainException.badFile(
          "%s: tensor '%s' lies in data/%s, which is not in it", file.name(), name, storage.key());
    }
    // Counted in doubles first, which do not wrap.
    double elements = 1;
    double last = tensor.offset();
    for (int i = 0; i < tensor.shape().length; i++) {
      elements *= tensor.shape()[i];
      last += (double) Math.max(0, tensor.shape()[i] - 1) * tensor.strides()[i];
    }
    double room = (double) place.bytes() / storage.type().bytes;
    boolean countable = rowMajor(tensor) || last < Integer.MAX_VALUE - 8;
    if (!countable || tensor.offset() < 0 || elements > 0 && last >= room || elements > room) {
      throw RefrainException.badFile(
          "%s: tensor '%s' of shape %s needs more than data/%s holds, which is %s bytes: the file"
              + " is damaged or was cut short",
          file.name(), name, Arrays.toString(tensor.shape()), storage.key(), place.bytes());
    }
    tensors.put(name, new Entry(tensor, place.begin()));
  }

  @Override
  public String where() {
    return file.name();
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(tensors.keySet());
  }

  private Entry entry(String name) {
    Entry entry = tensors.get(name);
    if (entry == null) {
      throw RefrainException.badFile("%s: has no tensor '%s'", file.name(), name);
    }
    return entry;
  }

  @Override
  public int[] shape(String name) {
    return entry(name).tensor.shape().clone();
  }

  @Override
  public String type(String name) {
    return entry(name).tensor.storage().type().type;
  }

  @Override
  public void rows(String name, int from, int count, float[] to, int at) {
    Entry entry = entry(name);
    int[] shape = entry.tensor.shape();
    int width = StoredTensors.width(shape);
    if (rowMajor(entry.tensor)) {
      read(entry, entry.tensor.offset() + (long) from * width, count * width, to, at);
      return;
    }
    Gathered whole = gathered;
    if (whole == null || !whole.name.equals(name)) {
      whole = new Gathered(name, gather(entry));
      gathered = whole;
    }
    System.arraycopy(whole.values, from * width, to, at, count * width);
  }

  private static boolean rowMajor(Pickled.Tensor tensor) {
    long stride = 1;
    for (int i = tensor.shape().length - 1; i >= 0; i--) {
      if (tensor.shape()[i] != 1 && tensor.strides()[i] != stride) {
        return false;
      }
      stride *= tensor.shape()[i];
    }
    return true;
  }

  /** Neighbouring elements of the storage. */
  private void read(Entry entry, long first, int count, float[] to, int at) {
    StorageType type = entry.tensor.storage().type();
    int most = (1 << 16) / type.bytes;
    byte[] raw = new byte[Math.min(most, count) * type.bytes];
    ByteBuffer bytes = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    for (int done = 0; done < count; done += most) {
      int n = Math.min(most, count - done);
      file.read(entry.begin + (first + done) * type.bytes, raw, n * type.bytes);
      if (type == StorageType.FLOAT) {
        bytes.asFloatBuffer().get(0, to, at + done, n);
      } else {
        for (int i = 0; i < n; i++) {
          to[at + done + i] = type.read(bytes, i);
        }
      }
    }
  }

  private float[] gather(Entry entry) {
    Pickled.Tensor tensor = entry.tensor;
    int[] shape = tensor.shape();
    int elements = 1;
    long span = 1;
    for (int i = 0; i < shape.length; i++) {
      elements = Math.multiplyExact(elements, shape[i]);
      span += Math.max(0, shape[i] - 1) * tensor.strides()[i];
    }
    if (elements == 0) {
      return new float[0];
    }
    float[] stored = new float[Math.toIntExact(span)];
    read(entry, tensor.offset(), stored.length, stored, 0);
    float[] values = new float[elements];
    List<Integer> index = new ArrayList<>(Collections.nCopies(shape.length, 0));
    for (int i = 0; i < elements; i++) {
      long place = 0;
      for (int axis = 0; axis < shape.length; axis++) {
        place += index.get(axis) * tensor.strides()[axis];
      }
      values[i] = stored[(int) place];
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        index.set(axis, (index.get(axis) + 1) % shape[axis]);
        if (index.get(axis) != 0) {
          break;
        }
      }
    }
    return values;
  }

  @Override
  public void close() {
    file.close();
  }
}
