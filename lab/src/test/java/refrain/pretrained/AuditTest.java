package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.model.Layout;

class AuditTest {
  @TempDir Path temp;

  /** A copy of a golden model in bfloat16 whose last element is another. */
  private Path copy(String name, int bits) throws IOException {
    Path from = Golden.ROOT.resolve("llama");
    Path to = Files.createDirectory(temp.resolve(name));
    Files.copy(from.resolve("config.json"), to.resolve("config.json"));
    byte[] weights = Files.readAllBytes(from.resolve("model.safetensors"));
    if (bits >= 0) {
      ByteBuffer.wrap(weights)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putShort(weights.length - 2, (short) bits);
    }
    Files.write(to.resolve("model.safetensors"), weights);
    return to;
  }

  @Test
  void weightsAreCountedBlockByBlock() {
    for (String name : List.of("gpt2", "pythia", "gpt-neo", "llama", "qwen2", "attn-only")) {
      try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name))) {
        long all =
            Layout.of(model.spec()).all().stream().mapToLong(parameter -> parameter.size()).sum();
        assertThat(model.weights()).as(name).isEqualTo(all);
      }
    }
  }

  @Test
  void whatIsWrongWithEach() throws IOException {
    Path one = copy("one", -1);
    Path same = copy("same", -1);
    Path nan = copy("nan", 0x7fc0);
    Path infinite = copy("infinite", 0xff80);
    Path other = copy("other", 0x4000); // 2
    Path broken = copy("broken", -1);
    Files.writeString(
        broken.resolve("config.json"),
        Files.readString(broken.resolve("config.json"))
            .replaceFirst("\"intermediate_size\": \\d+", "\"intermediate_size\": 7"));
    List<Audit.Row> rows = Audit.of(List.of(one, same, nan, infinite, other, broken));
    assertThat(rows.get(0).faults()).isEmpty();
    assertThat(rows.get(0).sha256()).hasSize(64);
    assertThat(rows.get(0).notes()).contains("no tokenizer is beside it");
    assertThat(rows.get(0).against()).isNull();
    assertThat(rows.get(1).faults()).containsExactly("has the weights of " + one);
    assertThat(rows.get(1).difference()).isZero();
    assertThat(rows.get(2).nan()).isEqualTo(1);
    assertThat(rows.get(2).faults().getFirst())
        .startsWith("1 elements are no number and 0 infinite, the first in ");
    assertThat(rows.get(3).infinite()).isEqualTo(1);
    assertThat(rows.get(4).difference()).isBetween(1e-6, 1.0);
    assertThat(rows.get(4).worstDifference()).isGreaterThan(rows.get(4).difference());
    assertThat(rows.get(4).sha256()).isNotEqualTo(rows.get(0).sha256());
    assertThat(rows.get(5).sha256()).isEmpty();
    assertThat(rows.get(5).faults().getFirst()).contains("has shape", "expected [7,");
  }
}
