package refrain.pretrained;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.base.RefrainException;
import refrain.data.Rng;

/** Damaged inputs, the same in every run: what reads them gives an answer or a typed refusal. */
public final class Fuzz {
  private static final byte[] SPECIAL = {0, 1, -1, 127, -128, 2, 8, 64, '(', '.', 'R', 'h', 'q'};

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    7,
    255,
    65_536,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    1L << 40,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  private static final Pattern DIGITS = Pattern.compile("-?\\d+(\\.\\d+)?");

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

  /** An input with one to four damages. */
  static byte[] damaged(byte[] whole, Rng rng) {
    byte[] bytes = whole.clone();
    for (int k = rng.nextInt(4); k >= 0 && bytes.length > 0; k--) {
      bytes = once(bytes, rng);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, Rng rng) {
    int at = rng.nextInt(bytes.length);
    int span = 1 + rng.nextInt(Math.min(16, bytes.length - at));
    return switch (rng.nextInt(10)) {
      case 0 -> joined(bytes, at, new byte[0], at + span); // left out
      case 1 -> joined(bytes, at + span, Arrays.copyOfRange(bytes, at, at + span), at + span);
      case 2 -> joined(bytes, at, new byte[] {some(rng), some(rng)}, at); // put in
      case 3 -> rng.nextInt(4) == 0 ? Arrays.copyOf(bytes, at) : bytes; // cut
      case 4 -> binary(bytes, at, rng);
      case 5, 6 -> digits(bytes, at, rng);
      default -> {
        bytes[at] = some(rng);
        yield bytes;
      }
    };
  }

  private static byte[] joined(byte[] bytes, int until, byte[] middle, int from) {
    byte[] all = Arrays.copyOf(bytes, until + middle.length + bytes.length - from);
    System.arraycopy(middle, 0, all, until, middle.length);
    System.arraycopy(bytes, from, all, until + middle.length, bytes.length - from);
    return all;
  }

  /** A number of 4 or 8 bytes, the lowest first. */
  private static byte[] binary(byte[] bytes, int at, Rng rng) {
    long number = NUMBERS[rng.nextInt(NUMBERS.length)];
    int width = rng.nextInt(2) == 0 ? 4 : 8;
    for (int i = 0; i < width && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (number >>> 8 * i);
    }
    return bytes;
  }

  /** The next number that is written in digits. */
  private static byte[] digits(byte[] bytes, int at, Rng rng) {
    Matcher next = DIGITS.matcher(new String(bytes, at, bytes.length - at, ISO_8859_1));
    if (!next.find()) {
      return bytes;
    }
    String other =
        rng.nextInt(4) == 0 ? "1e15" : Long.toString(NUMBERS[rng.nextInt(NUMBERS.length)]);
    return joined(bytes, at + next.start(), other.getBytes(ISO_8859_1), at + next.end());
  }

  private static byte some(Rng rng) {
    return rng.nextInt(2) == 0 ? SPECIAL[rng.nextInt(SPECIAL.length)] : (byte) rng.nextInt(256);
  }
}
