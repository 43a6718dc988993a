package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;

/** GGUF files that are cut, wrong or mean harm: each is refused in words. */
class HostileGgufTest {
  private static final int MAGIC = 0x46554747;

  @TempDir Path temp;

  private void refused(byte[] file, String message) throws IOException {
    Path path = temp.resolve("m.gguf");
    Files.write(path, file);
    assertThatThrownBy(() -> openAll(path))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }

  private static void openAll(Path path) {
    try (ModelOnDisk model = ModelOnDisk.open(path)) {
      model.parameters();
      model.tokenizer().ifPresent(tokenizer -> tokenizer.encode("abc <|x|> 1"));
    }
  }

  @Test
  void aWholeOneIsOpened() throws IOException {
    Path path = temp.resolve("sha256-0123");
    Files.write(path, GgufBytes.llama().bytes());
    try (ModelOnDisk model = ModelOnDisk.open(path)) {
      assertThat(model.spec().nKvHeads()).isEqualTo(1);
      assertThat(model.tokenizer().orElseThrow().encode("abcab")).containsExactly(4, 3);
      // Rows 0, 2, 1, 3 of two heads of two features: with one pair a head nothing moves.
      assertThat(model.parameters().get("blocks.0.attn.W_K")).hasSize(8);
    }
    assertThat(ModelOnDisk.isModel(path)).isTrue();
  }

  @Test
  void theHead() throws IOException {
    GgufBytes file = GgufBytes.llama();
    refused(file.bytes(MAGIC, 1, 0, 0), "is of GGUF version 1, expected 2 or 3; convert");
    refused(file.bytes(MAGIC, 3 << 24, 0, 0), "this one is big-endian");
    refused(file.bytes(MAGIC, 4, 0, 0), "version 4");
    refused(file.bytes(MAGIC, 3, 1L << 60, 0), "announces 1152921504606846976 tensors");
    refused(file.bytes(MAGIC, 3, -1, 0), "announces 18446744073709551615 tensors");
    refused(file.bytes(MAGIC, 3, 11, 1L << 40), "announces 1099511627776 keys");
  }

  @Test
  void keys() throws IOException {
    refused(GgufBytes.llama().key("", 1).bytes(), "is empty");
    refused(
        GgufBytes.llama().key("llama.block_count", 1).bytes(),
        "has the key 'llama.block_count' twice");
    refused(GgufBytes.llama().key("x", 13, new byte[4]).bytes(), "'x' has a value of type 13");
    byte[] gigabyte = GgufBytes.number(1L << 30, 8);
    refused(
        new GgufBytes().key("x", 8, gigabyte).bytes(),
        "announces 1073741824 bytes of the text of 'x'");
    refused(list(4, 1L << 30), "announces 1073741824 entries of the list 'x'");
    refused(list(8, 1L << 50), "entries of the list 'x'");
    refused(list(9, 1), "'x' is a list of lists");
    refused(list(77, 1), "'x' is a list of type 77");
    for (int alignment : new int[] {0, 3, 1 << 30}) {
      refused(
          GgufBytes.llama().key("general.alignment", alignment).bytes(),
          "general.alignment is the number " + alignment + ", expected a power of two up to 65536");
    }
  }

  private static byte[] list(int type, long count) {
    byte[] head = Arrays.copyOf(GgufBytes.number(type, 4), 12);
    System.arraycopy(GgufBytes.number(count, 8), 0, head, 4, 8);
    return new GgufBytes().key("x", 9, head).bytes();
  }

  @Test
  void tensors() throws IOException {
    refused(GgufBytes.llama().entry("x", 0, 0, 0).bytes(), "'x' has an axis of 0");
    refused(
        GgufBytes.llama().entry("x", 0, 0, 1_000_000_000_000_000L).bytes(),
        "an axis of 1000000000000000");
    refused(
        GgufBytes.llama().entry("x", 0, 0, 1 << 30, 1 << 30, 1 << 30).bytes(),
        "'x' has more elements than any file holds");
    refused(
        GgufBytes.llama().entry("x", 0, 0, 1 << 30, 1 << 20).bytes(),
        "takes 4503599627370496 bytes");
    refused(GgufBytes.llama().entry("x", 0, 0, 1, 1, 1, 1, 1).bytes(), "'x' has 5 axes");
    refused(GgufBytes.llama().entry("x", 0, 0).bytes(), "'x' has 0 axes");
    refused(GgufBytes.llama().entry("", 0, 0, 1).bytes(), "expected a name");
    refused(
        GgufBytes.llama().entry("output_norm.weight", 0, 0, 1).bytes(),
        "has the tensor 'output_norm.weight' twice");
    refused(GgufBytes.llama().entry("x", 0, 32, 1).bytes(), "overlap");
    refused(GgufBytes.llama().entry("x", 0, 1 << 20, 1).bytes(), "from 1048576 on");
    refused(GgufBytes.llama().entry("x", 0, -32, 1).bytes(), "from 18446744073709551584 on");
    refused(GgufBytes.llama().entry("x", 0, 33, 1).bytes(), "multiples of 32");
    refused(
        GgufBytes.llama().entry("x", 2, 0, 33).bytes(),
        "rows of 33, expected a multiple of 32 as Q4_0");
    refused(
        GgufBytes.llama().entry("x", 16, 0, 256).bytes(), "is of type IQ2_XXS, which is not read");
    refused(GgufBytes.llama().entry("x", 99, 0, 256).bytes(), "is of type 99");
  }

  @Test
  void settings() throws IOException {
    refused(
        GgufBytes.llama(Map.of("block_count", 2)).bytes(),
        "has no tensor 'blk.1.attn_norm.weight'");
    refused(
        GgufBytes.llama(Map.of("block_count", 1 << 27)).bytes(),
        "has no tensor 'blk.1.attn_norm.weight'");
    refused(
        GgufBytes.llama(Map.of("embedding_length", 8)).bytes(),
        "has shape [5, 4], expected [5, 8]");
    refused(
        GgufBytes.llama(Map.of("attention.head_count", 0)).bytes(), "attention.head_count is 0");
    refused(
        GgufBytes.llama(Map.of("attention.head_count_kv", 3)).bytes(), "2 heads share 3 key heads");
    refused(GgufBytes.llama(Map.of("expert_count", 8)).bytes(), "a mixture of experts is not done");
    refused(
        GgufBytes.llama(Map.of("rope.dimension_count", 1)).bytes(),
        "1 of a head's 2 features turn");
    refused(
        GgufBytes.llama().key("llama.rope.scaling.type", "yarn").bytes(),
        "rotary scaling 'yarn' is not done here");
    refused(new GgufBytes().key("general.architecture", "mamba").bytes(), "architecture 'mamba'");
    refused(GgufBytes.llama().key("split.count", 3).bytes(), "is one of 3 parts");
  }

  @Test
  void everyTruncation() throws IOException {
    byte[] whole = GgufBytes.llama().bytes();
    Path path = temp.resolve("m.gguf");
    // The last tensor has 16 bytes, and 16 of padding after them, which nobody needs.
    for (int length = 0; length < whole.length - 16; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThat(Fuzz.harmless(() -> openAll(path))).as("%s bytes", length).isFalse();
    }
  }
}
