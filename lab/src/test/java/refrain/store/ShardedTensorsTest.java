package refrain.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShardedTensorsTest {
  @TempDir Path folder;

  private static NamedTensor tensor(String name, float value) {
    return new NamedTensor(name, new int[] {1}, new float[] {value});
  }

  @BeforeEach
  void twoShards() {
    SafeTensorsTest.write(folder.resolve("a.safetensors"), List.of(tensor("x", 1)), Map.of());
    SafeTensorsTest.write(
        folder.resolve("b.safetensors"), List.of(tensor("y", 2), tensor("z", 3)), Map.of());
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"metadata\":{\"total_size\":12},\"weight_map\":" + weightMap + "}");
  }

  @Test
  void readsEachTensorFromItsShard() throws IOException {
    index("{\"z\":\"b.safetensors\",\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"}");
    try (ShardedTensors model = ShardedTensors.open(folder)) {
      assertThat(model.names()).containsExactly("x", "y", "z");
      assertThat(model.tensor("x")).isEqualTo(tensor("x", 1));
      assertThat(model.tensor("z")).isEqualTo(tensor("z", 3));
      assertThatThrownBy(() -> model.tensor("w"))
          .hasMessage("model.safetensors.index.json: has no tensor 'w' among its 3");
    }
  }

  @Test
  void readsASingleFileAndSaysWhenThereIsNone() {
    assertThatThrownBy(() -> ShardedTensors.open(folder))
        .hasMessage(
            folder
                + ": holds no weights: neither model.safetensors nor model.safetensors.index.json");
    SafeTensorsTest.write(folder.resolve("model.safetensors"), List.of(tensor("x", 5)), Map.of());
    try (ShardedTensors model = ShardedTensors.open(folder)) {
      assertThat(model.names()).containsExactly("x");
      assertThat(model.tensor("x")).isEqualTo(tensor("x", 5));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"x":"c.safetensors"}    | tensor 'x' is in shard c.safetensors, which is missing in
          {"x":"b.safetensors"}    | tensor 'x' is listed in shard b.safetensors, which does not have
          {"x":"../a.safetensors"} | tensor 'x' is in "../a.safetensors", expected the name of a file
          {"x":3}                  | tensor 'x' is in 3, expected the name of a file beside the index
          []                       | has no object 'weight_map', found []
          """)
  void refusesAnIndexThatDoesNotFitItsShards(String weightMap, String message) throws IOException {
    index(weightMap);
    assertThatThrownBy(() -> ShardedTensors.open(folder))
        .hasMessageStartingWith("model.safetensors.index.json: " + message);
  }
}
