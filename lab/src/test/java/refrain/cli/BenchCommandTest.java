package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import refrain.store.Json;
import refrain.train.BenchShape;
import tools.jackson.databind.JsonNode;

class BenchCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
  }

  @Test
  void jsonHoldsOneConsistentEntryForEachThreadCount() {
    assertThat(run("bench", "--shapes", "t", "--threads", "1,2", "--seconds", "0.05", "--json"))
        .isZero();
    JsonNode list = Json.parse(out.toString(), "bench");
    assertThat(list.size()).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      JsonNode row = list.get(i);
      assertThat(row.get("shape").asString()).isEqualTo("T");
      assertThat(row.get("threads").asInt()).isEqualTo(i + 1);
      double perSecond = row.get("tokensPerSecond").asDouble();
      double gflops = perSecond / BenchShape.T.tokens() * BenchShape.T.flops() * 1e-9;
      assertThat(row.get("peakFraction").asDouble())
          .isCloseTo(gflops / (i + 1) / row.get("peakGflops").asDouble(), within(1e-6));
      assertThat(row.get("medianMs").asDouble() * perSecond)
          .isCloseTo(1000.0 * BenchShape.T.tokens(), within(1.0));
      assertThat(row.get("steps").asInt()).isGreaterThanOrEqualTo(5);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anUnknownShapeIsAnsweredWithTheValidOnes() {
    assertThat(run("bench", "--shapes", "T,XL")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --shapes: unknown shape 'XL'; valid shapes: T, S, M\n");
  }

  @Test
  void threadsAndSecondsMustBePositive() {
    assertThat(run("bench", "--threads", "1,0")).isEqualTo(2);
    assertThat(err.toString()).contains("refrain: --threads is 0, expected 1 or more");
    assertThat(run("bench", "--seconds", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("refrain: --seconds is 0.0, expected more than 0 and at most 3600");
  }
}
