package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;

class SafeTensorsTest {
  @TempDir Path folder;

  /** Files made by the format's own library; see src/test/python/safetensors_golden.py. */
  private static Path golden(String name) throws URISyntaxException {
    URL url = Objects.requireNonNull(SafeTensorsTest.class.getResource(name));
    return Path.of(url.toURI());
  }

  @ParameterizedTest
  @ValueSource(strings = {"f64", "f32", "f16", "bf16"})
  void readsEveryFloatTypeOfAFileWrittenByTheFormatsLibrary(String name) throws Exception {
    try (SafeTensors tensors = SafeTensors.open(golden("types.safetensors"))) {
      assertThat(tensors.floats(name)).containsExactly(0f, 1f, -2.5f, 0.15625f, 96f, -0f);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"i32", "i16", "i8"})
  void readsEveryIntegerType(String name) throws Exception {
    try (SafeTensors tensors = SafeTensors.open(golden("types.safetensors"))) {
      assertThat(tensors.floats(name)).containsExactly(0, 1, -2, 100, -128, 127);
    }
  }

  @Test
  void readsShapesScalarsAndEmptyTensors() throws Exception {
    try (SafeTensors tensors = SafeTensors.open(golden("types.safetensors"))) {
      assertThat(tensors.shape("f64")).containsExactly(2, 3);
      assertThat(tensors.shape("f32")).containsExactly(3, 2);
      assertThat(tensors.tensor("scalar").shape()).isEmpty();
      assertThat(tensors.floats("scalar")).containsExactly(3.5f);
      assertThat(tensors.floats("empty")).isEmpty();
      assertThat(tensors.floats("i64")).containsExactly(-0x1p62f, 0x1p62f);
      assertThat(tensors.floats("u8")).containsExactly(0, 127, 128, 255);
      assertThat(tensors.floats("bool")).containsExactly(1, 0, 1);
    }
  }

  @Test
  void writesTheSameBytesAsTheFormatsLibrary() throws Exception {
    Path golden = golden("float32.safetensors");
    List<NamedTensor> tensors = new ArrayList<>(SafeTensors.readAll(golden));
    for (int seed = 0; seed < 5; seed++) {
      Collections.shuffle(tensors, new java.util.Random(seed));
      Path copy = folder.resolve("copy.safetensors");
      write(copy, tensors, Map.of("format", "pt"));
      assertThat(copy).hasSameBinaryContentAs(golden);
    }
  }

  @Test
  void readsBackTheBitsItWrote() {
    SplittableRandom random = new SplittableRandom(7);
    float[] values = new float[3 * 20_011];
    for (int i = 0; i < values.length; i++) {
      values[i] = Float.intBitsToFloat(random.nextInt());
    }
    values[0] = Float.NaN;
    values[1] = -0f;
    Path file = folder.resolve("a.safetensors");
    NamedTensor big = new NamedTensor("blocks.0.attn.W_Q", new int[] {3, 20_011}, values);
    write(file, List.of(big), Map.of());
    float[] back = SafeTensors.readAll(file).getFirst().values();
    for (int i = 0; i < values.length; i++) {
      assertThat(Float.floatToRawIntBits(back[i])).isEqualTo(Float.floatToRawIntBits(values[i]));
    }
  }

  @Test
  void namesTheTensorAndBothShapesWhenTheyDiffer() {
    Path file = folder.resolve("gpt2.safetensors");
    write(file, List.of(new NamedTensor("x", new int[] {2, 2}, new float[4])), Map.of());
    try (SafeTensors tensors = SafeTensors.open(file)) {
      assertThatThrownBy(() -> tensors.tensor("x", 2, 6))
          .isInstanceOf(RefrainException.class)
          .hasMessage("gpt2.safetensors: tensor 'x' has shape [2, 2], expected [2, 6]");
      assertThatThrownBy(() -> tensors.floats("y"))
          .hasMessage("gpt2.safetensors: has no tensor 'y'; it has x");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 4 | tensor 'a' ends at byte 8, but the file holds 4 bytes of data: it was cut short
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 9 | the header describes 8 bytes of data, but the file holds 9
          {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}} | 8 | tensor 'a' of F32 [3] needs 12 bytes, but data_offsets [0, 8] hold 8
          {"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | tensor 'a' begins at byte 4, expected 0: there is a hole before it
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}} | 8 | tensor 'b' begins at byte 4, expected 8: tensors overlap
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}} | 8 | tensor 'a' has data_offsets [-8,0], expected [begin, end] with 0 <= begin <= end
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}} | 8 | tensor 'a' has data_offsets [8,0], expected [begin, end]
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}} | 8 | tensor 'a' has data_offsets [0,8.0], expected [begin, end]
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}} | 8 | tensor 'a' has data_offsets [0,99999999999999999999], expected
          {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}} | 8 | tensor 'a' has shape [-2], expected whole sizes from 0 to 2147483647
          {"a":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}} | 0 | tensor 'a' has shape [65536, 65536, 65536, 65536], more elements than any file holds
          {"a":{"dtype":"F32","shape":[4294967296],"data_offsets":[0,0]}} | 0 | tensor 'a' has shape [4294967296], expected whole sizes
          {"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}} | 8 | tensor 'a' has dtype "Q4", expected one of F64 F32 F16 BF16 I64
          {"a":{"dtype":"F32","shape":[2]}} | 8 | tensor 'a' must have exactly dtype, shape and data_offsets, found [dtype, shape]
          {"a":7} | 8 | tensor 'a' must have exactly dtype, shape and data_offsets, found NUMBER
          {"__metadata__":{"x":1}} | 0 | __metadata__ 'x' must be a string, found 1
          {"__metadata__":[]} | 0 | __metadata__ must be an object of strings, found ARRAY
          {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} | 8 | Duplicate
          [1] | 0 | the header must start with '{', found '['
          {"a" | 0 | hostile.safetensors: header:1:
          """)
  void refusesWhatTheFormatForbids(String header, int dataBytes, String message) throws Exception {
    Path file = folder.resolve("hostile.safetensors");
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    Files.write(file, bytes(json.length, json, dataBytes));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("hostile.safetensors: ")
        .hasMessageContaining(message);
  }

  @Test
  void refusesHeadersLongerThanTheFileOrTheFormatAllows() throws IOException {
    Path file = folder.resolve("h.safetensors");
    Files.write(file, new byte[7]);
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessage("h.safetensors: holds 7 bytes, a safetensors file has at least 8");
    Files.write(file, bytes(3, new byte[] {'{', '}'}, 0));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessageContaining("header length is 3, but only 2 bytes follow: it was cut short");
    Files.write(file, bytes(100_000_001, new byte[] {'{', '}'}, 0));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessageContaining("header length is 100000001, expected at most 100000000");
    Files.write(file, bytes(-1, new byte[] {'{', '}'}, 0));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessageContaining("header length is 18446744073709551615, expected at most");
    Files.write(file, bytes(2, new byte[] {'{', (byte) 0xff}, 0));
    assertThatThrownBy(() -> SafeTensors.open(file))
        .hasMessage("h.safetensors: the header is not UTF-8 text");
  }

  @Test
  void damagedBytesAnywhereAreEitherReadOrRefusedWithAMessage() throws Exception {
    byte[] good = Files.readAllBytes(golden("types.safetensors"));
    SplittableRandom random = new SplittableRandom(11);
    Path file = folder.resolve("fuzz.safetensors");
    for (int i = 0; i < 2_000; i++) {
      byte[] damaged = good.clone();
      for (int k = random.nextInt(1, 4); k > 0; k--) {
        damaged[random.nextInt(i % 2 == 0 ? 900 : damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file, damaged);
      try {
        SafeTensors.readAll(file);
      } catch (RefrainException e) {
        assertThat(e).hasMessageStartingWith("fuzz.safetensors: ");
      }
    }
  }

  @Test
  void refusesATensorGivenTwice() {
    NamedTensor tensor = new NamedTensor("x", new int[] {1}, new float[1]);
    assertThatThrownBy(() ->
            SafeTensorsWriter.writeTo(
                new ByteArrayOutputStream(), List.of(tensor, tensor), Map.of()))
        .hasMessage("tensor 'x' is given twice");
  }

  static void write(Path file, List<NamedTensor> tensors, Map<String, String> metadata) {
    AtomicFiles.write(file, out -> SafeTensorsWriter.writeTo(out, tensors, metadata));
  }

  private static byte[] bytes(long headerLength, byte[] header, int dataBytes) {
    return ByteBuffer.allocate(8 + header.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(headerLength)
        .put(header)
        .array();
  }
}
