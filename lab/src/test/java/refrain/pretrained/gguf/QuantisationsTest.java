package refrain.pretrained.gguf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import refrain.pretrained.Golden;
import refrain.store.SafeTensors;

/** Random blocks, bit for bit as the Python package {@code gguf} dequantises them. */
class QuantisationsTest {
  @ParameterizedTest
  @EnumSource
  void bitsOfThePackage(GgufType type) {
    try (SafeTensors file = SafeTensors.open(Golden.ROOT.resolve("quantisations.safetensors"))) {
      float[] expected = file.floats(type.name());
      float[] bytes = file.floats(type.name() + ".raw");
      byte[] raw = new byte[bytes.length];
      for (int i = 0; i < raw.length; i++) {
        raw[i] = (byte) (int) bytes[i];
      }
      assertThat(raw).hasSize(expected.length / type.elements * type.bytes);
      float[] found = new float[expected.length + 3];
      type.dequantise(raw, expected.length, found, 3);
      assertThat(bits(Arrays.copyOfRange(found, 3, found.length))).isEqualTo(bits(expected));
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }
}
