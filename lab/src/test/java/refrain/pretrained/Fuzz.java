package refrain.pretrained;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import refrain.base.RefrainException;
import refrain.data.Rng;

/** Damaged inputs, the same in every run: what reads them gives an answer or a typed refusal. */
public final class Fuzz {
  private static final byte[] SPECIAL = {0, 1, -1, 127, -128, 2, 8, 64, '(', '.', 'R', 'h', 'q'};

  private Fuzz() {}

  /** Whether something was done; false: it was refused. Any other failure goes on. */
  public static boolean harmless(Runnable reads) {
    try {
      reads.run();
      return true;
    } catch (RefrainException refused) {
      if (refused.getMessage().isBlank()) {
        throw new AssertionError("refused without a word", refused);
      }
      return false;
    }
  }

  /** So many damages of a text of bytes, in memory. */
  public static void memory(byte[] whole, int inputs, Consumer<byte[]> reads) {
    Rng rng = Rng.of(15);
    for (int i = 0; i < inputs; i++) {
      byte[] damaged = whole.clone();
      for (int k = rng.nextInt(4); k >= 0; k--) {
        damaged[rng.nextInt(damaged.length)] = some(rng);
      }
      int n = i;
      try {
        harmless(() -> reads.accept(damaged));
      } catch (RuntimeException | Error e) {
        throw new AssertionError("input " + n, e);
      }
    }
  }

  /**
   * The same of a file, which is damaged in place and mended again.
   *
   * @param first so many of its bytes are damaged
   */
  public static void file(Path path, byte[] whole, int first, int inputs, Consumer<Path> reads)
      throws IOException {
    Files.write(path, whole);
    Rng rng = Rng.of(16);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      for (int i = 0; i < inputs; i++) {
        int[] places = new int[1 + rng.nextInt(4)];
        for (int k = 0; k < places.length; k++) {
          places[k] = rng.nextInt(first);
          channel.write(ByteBuffer.wrap(new byte[] {some(rng)}), places[k]);
        }
        int n = i;
        try {
          harmless(() -> reads.accept(path));
        } catch (RuntimeException | Error e) {
          throw new AssertionError("input " + n, e);
        }
        for (int place : places) {
          channel.write(ByteBuffer.wrap(whole, place, 1), place);
        }
      }
    }
  }

  private static byte some(Rng rng) {
    return rng.nextInt(2) == 0 ? SPECIAL[rng.nextInt(SPECIAL.length)] : (byte) rng.nextInt(256);
  }
}
