package refrain.base;

import java.util.zip.CRC32C;

/**
 * The checksum of TensorBoard's records (tensorflow/core/lib/hash/crc32c.h): CRC-32C, turned and
 * shifted, since a CRC of bytes that hold a CRC is a weak one.
 */
public final class MaskedCrc {
  private MaskedCrc() {}

  /** That of some bytes. */
  public static int of(byte[] data) {
    return of(data, 0, data.length);
  }

  /** That of {@code count} bytes from a place on. */
  public static int of(byte[] data, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(data, from, count);
    return Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
  }
}
