package refrain.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.Python;
import refrain.model.Norm;
import refrain.model.Parameters;
import refrain.model.Variants;
import refrain.model.Variants.Variant;
import refrain.store.NamedTensor;
import refrain.store.SafeTensors;

class TorchTest {
  @TempDir Path temp;

  static List<Variant> variants() {
    return Variants.models();
  }

  private static ExportedModel model(Parameters parameters, String about) {
    return new ExportedModel(
        parameters.spec(),
        new Weights(parameters),
        about,
        Map.of("format", "pt"),
        () -> TokenizerFile.of(List.of()));
  }

  /** In float64 at every hook point, against the reference engine; logits also in float32. */
  @Test
  @Tag("python")
  void modulesComputeWhatOurEnginesCompute() throws IOException {
    List<Variant> variants = variants();
    for (int i = 0; i < variants.size(); i++) {
      Variant variant = variants.get(i);
      Path folder = temp.resolve(String.format(Locale.ROOT, "%02d", i));
      Torch.write(model(variant.parameters(), variant.name()), folder);
      Expected.write(folder, variant.name(), variant.parameters(), variant.batch());
    }
    List<String> lines = Python.run("torch_modules.py", temp).lines().toList();
    assertThat(lines).as(String.join("\n", lines)).hasSameSizeAs(variants);
    for (int i = 0; i < lines.size(); i++) {
      String[] parts = lines.get(i).split(" \\| ");
      assertThat(parts[0]).isEqualTo(variants.get(i).name());
      assertThat(Double.parseDouble(parts[1])).as(lines.get(i)).isLessThan(1e-9);
      assertThat(Double.parseDouble(parts[2])).as(lines.get(i)).isLessThan(5e-5);
      assertThat(Double.parseDouble(parts[3])).as(lines.get(i)).isGreaterThan(1e-3);
    }
  }

  @ParameterizedTest
  @MethodSource("variants")
  void modulesAreShortAndSayNothingThatTheirModelDoesNotHave(Variant variant) {
    String source = TorchModule.source(variant.spec(), "a \"model\"");
    assertThat(source.lines().count()).isLessThanOrEqualTo(150);
    assertThat(source.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThan(101));
    assertThat(source.contains("W_pos"))
        .isEqualTo(variant.parameters().layout().has("pos_embed.W_pos"));
    assertThat(source.contains("alpha")).isEqualTo(variant.name().contains("smear"));
    assertThat(source.contains("KEY_HEADS")).isEqualTo(variant.spec().group() > 1);
    assertThat(source.contains("class MLP")).isEqualTo(variant.spec().hasMlp());
    assertThat(source.contains("Norm()")).isEqualTo(variant.spec().norm() != Norm.NONE);
  }

  @Test
  void theWholeTextOfOne() throws IOException {
    Variant pythia =
        variants().stream().filter(v -> v.name().equals("pythia")).findFirst().orElseThrow();
    try (InputStream golden = TorchTest.class.getResourceAsStream("pythia.py.txt")) {
      assertThat(TorchModule.source(pythia.spec(), "A model \\ of \"tests\"."))
          .isEqualTo(
              new String(Objects.requireNonNull(golden).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void weightsAreTheCheckpointsOwn() throws IOException {
    Parameters tied =
        variants().stream()
            .filter(v -> v.name().equals("gpt2"))
            .findFirst()
            .orElseThrow()
            .parameters();
    Torch.write(model(tied, "tied"), temp.resolve("a"));
    List<NamedTensor> read = SafeTensors.readAll(temp.resolve("a/model.safetensors"));
    assertThat(read).hasSameSizeAs(tied.layout().all());
    assertThat(read)
        .allSatisfy(tensor -> {
          assertThat(tensor.values()).isEqualTo(tied.get(tensor.name()));
          assertThat(tensor.shape()).isEqualTo(tied.layout().get(tensor.name()).shape());
        });
    Files.writeString(temp.resolve("a/config.json"), "of another export");
    Torch.write(model(tied, "again"), temp.resolve("a"));
    assertThat(temp.resolve("a")).isDirectoryNotContaining("glob:**config.json");
  }
}
