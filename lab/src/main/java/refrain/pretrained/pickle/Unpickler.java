package refrain.pretrained.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * Reads the pickle of a state dictionary (Python's pickletools, protocols 2 to 5). A pickle is a
 * program that may call anything; this one calls nothing: the few names that {@code torch.save}
 * writes build values of our own, any other name is refused. What it makes is bounded by the
 * pickle's bytes, since each of them adds at most one value to the stack.
 */
final class Unpickler {
  private final String where;
  private final ByteBuffer in;
  private final List<Pickled> stack = new ArrayList<>();
  private final Map<Integer, Pickled> memo = new HashMap<>();

  private Unpickler(String where, byte[] pickle) {
    this.where = where;
    this.in = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The value of a pickle; {@code where} is what errors call it. */
  static Pickled read(String where, byte[] pickle) {
    return new Unpickler(where, pickle).run();
  }

  private Pickled run() {
    while (in.hasRemaining()) {
      int at = in.position();
      int code = in.get() & 0xff;
      if (code == '.') {
        return pop();
      }
      step(code, at);
    }
    throw damaged("has no end");
  }

  private void step(int code, int at) {
    switch (code) {
      case 0x80 -> protocol(unsigned(1));
      case 0x95 -> unsigned(8);
      case '(' -> push(new Pickled.Mark());
      case '0' -> pop();
      case 'N' -> value(null);
      case 0x88 -> value(true);
      case 0x89 -> value(false);
      case 'K' -> value(unsigned(1));
      case 'M' -> value(unsigned(2));
      case 'J' -> value((long) need(4).getInt());
      case 0x8a -> value(whole((int) unsigned(1)));
      case 'G' -> value(need(8).order(ByteOrder.BIG_ENDIAN).getDouble());
      case 'X' -> value(text(unsigned(4), true));
      case 0x8c -> value(text(unsigned(1), true));
      case 'T' -> value(text(unsigned(4), false));
      case 'U' -> value(text(unsigned(1), false));
      case '}' -> push(new Pickled.Dictionary());
      case ']' -> push(new Pickled.Items());
      case ')' -> push(new Pickled.Tuple(List.of()));
      case 't' -> push(new Pickled.Tuple(toMark()));
      case 0x85, 0x86, 0x87 -> tuple(code - 0x84);
      case 'a' -> append(List.of(pop()));
      case 'e' -> append(toMark());
      case 's' -> {
        Pickled item = pop();
        set(List.of(pop(), item));
      }
      case 'u' -> set(toMark());
      case 'q' -> memo.put((int) unsigned(1), top());
      case 'r' -> memo.put((int) unsigned(4), top());
      case 0x94 -> memo.put(memo.size(), top());
      case 'h' -> recall((int) unsigned(1));
      case 'j' -> recall((int) unsigned(4));
      case 'c' -> push(named(line(), line()));
      case 0x93 -> {
        String name = text(pop());
        push(named(text(pop()), name));
      }
      case 'Q' -> push(storage(pop()));
      case 'R' -> {
        Pickled arguments = pop();
        push(build(pop(), arguments));
      }
      case 'b' -> state();
      default ->
          throw damaged(
              String.format(
                  Locale.ROOT,
                  "does at byte %d what no state dictionary needs (operation 0x%02x)",
                  at,
                  code));
    }
  }

  private RefrainException damaged(String what) {
    return RefrainException.badFile(
        "%s: its pickle %s; expected the state dictionary of a model, as torch.save writes it",
        where, what);
  }

  private ByteBuffer need(long bytes) {
    if (bytes < 0 || bytes > in.remaining()) {
      throw damaged("is cut short at byte " + in.position());
    }
    ByteBuffer part = in.slice(in.position(), (int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + (int) bytes);
    return part;
  }

  private long unsigned(int bytes) {
    return whole(need(bytes), bytes, false);
  }

  private static long whole(ByteBuffer from, int bytes, boolean signed) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      value |= (from.get(i) & 0xffL) << 8 * i;
    }
    return signed && bytes > 0 && bytes < 8 ? value << 64 - 8 * bytes >> 64 - 8 * bytes : value;
  }

  private long whole(int bytes) {
    if (bytes > 8) {
      throw damaged("has a number of " + bytes + " bytes");
    }
    return whole(need(bytes), bytes, true);
  }

  private void protocol(long version) {
    if (version < 2 || version > 5) {
      throw damaged("is of protocol " + version);
    }
  }

  private String text(long bytes, boolean utf8) {
    ByteBuffer part = need(bytes);
    byte[] raw = new byte[part.remaining()];
    part.get(raw);
    return new String(raw, utf8 ? UTF_8 : ISO_8859_1);
  }

  private String line() {
    int from = in.position();
    while (in.hasRemaining()) {
      if (in.get() == '\n') {
        byte[] raw = new byte[in.position() - 1 - from];
        in.get(from, raw);
        return new String(raw, UTF_8);
      }
    }
    throw damaged("is cut short at byte " + from);
  }

  private void push(Pickled value) {
    stack.add(value);
  }

  private void value(@Nullable Object value) {
    push(new Pickled.Value(value));
  }

  private Pickled top() {
    if (stack.isEmpty()) {
      throw damaged("takes from an empty stack");
    }
    return stack.getLast();
  }

  private Pickled pop() {
    top();
    return stack.removeLast();
  }

  private void recall(int index) {
    Pickled kept = memo.get(index);
    if (kept == null) {
      throw damaged("recalls what it has not kept");
    }
    push(kept);
  }

  private List<Pickled> toMark() {
    int mark = stack.size() - 1;
    while (mark >= 0 && !(stack.get(mark) instanceof Pickled.Mark)) {
      mark--;
    }
    if (mark < 0) {
      throw damaged("looks for a mark that is not there");
    }
    List<Pickled> items = new ArrayList<>(stack.subList(mark + 1, stack.size()));
    stack.subList(mark, stack.size()).clear();
    return items;
  }

  private void tuple(int size) {
    if (stack.size() < size) {
      throw damaged("takes from an empty stack");
    }
    List<Pickled> last = stack.subList(stack.size() - size, stack.size());
    Pickled tuple = new Pickled.Tuple(List.copyOf(last));
    last.clear();
    push(tuple);
  }

  private void append(List<Pickled> items) {
    if (!(top() instanceof Pickled.Items list)) {
      throw damaged("appends to what is no list");
    }
    list.items().addAll(items);
  }

  private void set(List<Pickled> pairs) {
    if (!(top() instanceof Pickled.Dictionary dictionary) || pairs.size() % 2 != 0) {
      throw damaged("sets an entry of what is no dictionary");
    }
    for (int i = 0; i < pairs.size(); i += 2) {
      Object key = pairs.get(i) instanceof Pickled.Value value ? value.value() : null;
      if (!(key instanceof String || key instanceof Long)) {
        throw damaged("has a dictionary with a key that is no text and no number");
      }
      dictionary.entries().put(key, pairs.get(i + 1));
    }
  }

  private Pickled named(String module, String name) {
    String whole = module + "." + name;
    StorageType storage = module.equals("torch") ? StorageType.of(name) : null;
    if (storage != null) {
      return new Pickled.StorageClass(storage);
    }
    return switch (whole) {
      case "collections.OrderedDict" -> Pickled.Name.ORDERED_DICT;
      case "torch._utils._rebuild_tensor_v2" -> Pickled.Name.REBUILD_TENSOR;
      case "torch._utils._rebuild_parameter" -> Pickled.Name.REBUILD_PARAMETER;
      default ->
          throw RefrainException.badFile(
              "%s: its pickle names %s, and a pickle can run what it names, so nothing but tensors"
                  + " is read; save the model's state dictionary alone, or as safetensors",
              where, whole);
    };
  }

  private String text(Pickled value) {
    if (value instanceof Pickled.Value(Object text) && text instanceof String string) {
      return string;
    }
    throw damaged("has something else where a text belongs");
  }

  private long number(Pickled value) {
    if (value instanceof Pickled.Value(Object number) && number instanceof Long whole) {
      return whole;
    }
    throw damaged("has something else where a whole number belongs");
  }

  private List<Pickled> tuple(Pickled value, int least) {
    if (value instanceof Pickled.Tuple(List<Pickled> items) && items.size() >= least) {
      return items;
    }
    throw damaged("has something else where a tuple of " + least + " belongs");
  }

  /** ("storage", class, key, device, elements). */
  private Pickled storage(Pickled id) {
    List<Pickled> parts = tuple(id, 5);
    if (!text(parts.get(0)).equals("storage")
        || !(parts.get(1) instanceof Pickled.StorageClass(StorageType type))) {
      throw damaged("refers to what is no storage");
    }
    return new Pickled.Storage(type, text(parts.get(2)), number(parts.get(4)));
  }

  private Pickled build(Pickled what, Pickled arguments) {
    return switch (what) {
      case Pickled.Name.ORDERED_DICT -> {
        if (!tuple(arguments, 0).isEmpty()) {
          throw damaged("fills a dictionary while it makes it");
        }
        yield new Pickled.Dictionary();
      }
      case Pickled.Name.REBUILD_TENSOR -> tensor(tuple(arguments, 4));
      case Pickled.Name.REBUILD_PARAMETER -> tuple(arguments, 1).getFirst();
      default -> throw damaged("calls what is no tensor");
    };
  }

  /** (storage, offset, shape, strides, whether it has a gradient, hooks). */
  private Pickled tensor(List<Pickled> parts) {
    if (!(parts.get(0) instanceof Pickled.Storage storage)) {
      throw damaged("makes a tensor of what is no storage");
    }
    List<Pickled> sizes = tuple(parts.get(2), 0);
    List<Pickled> steps = tuple(parts.get(3), 0);
    if (sizes.size() != steps.size() || sizes.size() > 8) {
      throw damaged("has a tensor of " + sizes.size() + " axes and " + steps.size() + " strides");
    }
    int[] shape = new int[sizes.size()];
    long[] strides = new long[sizes.size()];
    for (int i = 0; i < shape.length; i++) {
      long size = number(sizes.get(i));
      strides[i] = number(steps.get(i));
      if (size < 0 || size > Integer.MAX_VALUE || strides[i] < 0) {
        throw damaged("has a tensor with an axis of " + size + " and stride " + strides[i]);
      }
      shape[i] = (int) size;
    }
    return new Pickled.Tensor(storage, number(parts.get(1)), shape, strides);
  }

  /** An ordered dictionary's attributes, such as _metadata, are read over. */
  private void state() {
    pop();
    if (!(top() instanceof Pickled.Dictionary)) {
      throw damaged("sets attributes of what is no dictionary");
    }
  }
}
