package refrain.data;

import java.util.Arrays;

/** Numbers distinct byte strings 0, 1, ... in the order they are first met. */
final class SpanIndex {
  private byte[] arena = new byte[1 << 16];
  private int[] starts = new int[1 << 12];
  private int[] table = new int[1 << 13];
  private int size;

  SpanIndex() {
    Arrays.fill(table, -1);
  }

  int size() {
    return size;
  }

  /** The number of the string b[from, to), which is {@link #size} before the call if it is new. */
  int intern(byte[] b, int from, int to) {
    int mask = table.length - 1;
    int slot = hash(b, from, to) & mask;
    while (table[slot] >= 0) {
      int id = table[slot];
      if (Arrays.equals(arena, starts[id], starts[id + 1], b, from, to)) {
        return id;
      }
      slot = (slot + 1) & mask;
    }
    table[slot] = size;
    append(b, from, to);
    if (size * 2 > table.length) {
      rehash();
    }
    return size - 1;
  }

  byte[] get(int id) {
    return Arrays.copyOfRange(arena, starts[id], starts[id + 1]);
  }

  private void append(byte[] b, int from, int to) {
    int at = starts[size];
    int length = to - from;
    if (at + length > arena.length) {
      arena = Arrays.copyOf(arena, Math.max(at + length, arena.length * 2));
    }
    System.arraycopy(b, from, arena, at, length);
    size++;
    if (size + 1 > starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
    }
    starts[size] = at + length;
  }

  private void rehash() {
    table = new int[table.length * 2];
    Arrays.fill(table, -1);
    int mask = table.length - 1;
    for (int id = 0; id < size; id++) {
      int slot = hash(arena, starts[id], starts[id + 1]) & mask;
      while (table[slot] >= 0) {
        slot = (slot + 1) & mask;
      }
      table[slot] = id;
    }
  }

  private static int hash(byte[] b, int from, int to) {
    int h = to - from;
    for (int i = from; i < to; i++) {
      h = h * 31 + b[i];
    }
    h *= 0x9E3779B9;
    return h ^ (h >>> 15);
  }
}
