package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import refrain.store.Json;
import refrain.train.bench.BenchShape;
import refrain.train.bench.Work;
import tools.jackson.databind.JsonNode;

class BenchCommandTest extends TypedCommands {
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
      assertThat(row.get("fmaShare").asDouble())
          .isCloseTo(
              BenchShape.T.flops()
                  * 1e-6
                  / row.get("busyMs").asDouble()
                  / row.get("fmaGflops").asDouble(),
              within(1e-6));
      assertThat(row.get("medianMs").asDouble() * perSecond)
          .isCloseTo(1000.0 * BenchShape.T.tokens(), within(1.0));
      assertThat(row.get("steps").asInt()).isGreaterThanOrEqualTo(5);
    }
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void ablationsAreCountedInIntactPasses() {
    assertThat(run("bench", "--ablations", "--seconds", "0.01", "--json")).isZero();
    JsonNode list = Json.parse(out.toString(), "bench");
    assertThat(list.size()).isEqualTo(3);
    for (JsonNode row : list) {
      assertThat(row.get("intactMs").asDouble()).isPositive();
      assertThat(row.get("headsPasses").asDouble()).isPositive();
      assertThat(row.get("keepingPasses").asDouble()).isPositive();
    }
  }

  @Test
  void anUnknownShapeIsAnsweredWithTheValidOnes() {
    assertThat(run("bench", "--shapes", "T,XL")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --shapes: unknown shape 'XL'; valid shapes: T, R0, S, code, M, random\n");
  }

  @Test
  void threadsAndSecondsMustBePositive() {
    assertThat(run("bench", "--threads", "1,0")).isEqualTo(2);
    assertThat(err.toString()).contains("refrain: --threads is 0, expected 1 or more");
    assertThat(run("bench", "--seconds", "0")).isEqualTo(2);
    assertThat(err.toString())
        .contains("refrain: --seconds is 0.0, expected more than 0 and at most 3600");
  }

  /** A step's parts are a partition of it, and products are counted where they belong. */
  @Test
  void aProfileSumsToTheStep() {
    assertThat(run("bench", "--shapes", "T", "--seconds", "0.05", "--profile", "--json")).isZero();
    JsonNode row = Json.parse(out.toString(), "bench").get(0);
    double shares = 0;
    double ms = 0;
    double[] forward = new double[2];
    for (JsonNode part : row.get("profile").get("parts")) {
      shares += part.get("share").asDouble();
      ms += part.get("ms").asDouble();
      assertThat(part.get("ms").asDouble()).isNotNegative();
      if (part.get("work").asString().equals(Work.UNEMBED_FORWARD.toString())) {
        assertThat(part.get("shape").asString()).isEqualTo("128 x 64 x 64");
        forward[0] = part.get("calls").asDouble();
      }
      if (part.get("work").asString().equals(Work.DENSE_FORWARD.toString())) {
        forward[1] = part.get("calls").asDouble();
      }
    }
    assertThat(shares).isCloseTo(1, within(1e-9));
    assertThat(row.get("profile").get("outsideProducts").asDouble()).isBetween(0.0, 1.0);
    assertThat(ms).isCloseTo(row.get("busyMs").asDouble(), within(1e-6));
    // One unembedding a sequence; Q, K, V and O in each of two layers.
    assertThat(forward[0]).isEqualTo(BenchShape.T.batch());
    assertThat(forward[1]).isEqualTo(8 * BenchShape.T.batch());
  }

  @Test
  void aProfileIsForOneThread() {
    assertThat(run("bench", "--profile", "--threads", "1,2")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --profile is for one thread, found --threads 1, 2; leave --threads out\n");
  }

  @Test
  void ablationsTakeNoShapes() {
    assertThat(run("bench", "--ablations", "--profile")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --ablations is of one model, on one thread; leave --shapes, --threads and"
                + " --profile out\n");
  }

  @Test
  void randomShapesStandBesideTheNamedOnesThatTheyAreHeldAgainst() {
    String[] args = {"bench", "--shapes", "random", "--seed", "5", "--count", "1"};
    assertThat(run(concat(args, "--seconds", "0.02", "--json"))).isZero();
    JsonNode list = Json.parse(out.toString(), "bench");
    BenchShape drawn = BenchShape.random(5, 1).getFirst();
    assertThat(list.size()).isEqualTo(2);
    JsonNode named = list.get(0);
    JsonNode random = list.get(1);
    assertThat(named.get("shape").asString()).isEqualTo(drawn.nearestNamed().name());
    assertThat(named.has("ofNearest")).isFalse();
    assertThat(random.get("shape").asString()).isEqualTo(drawn.name());
    assertThat(random.get("nearest").asString()).isEqualTo(drawn.nearestNamed().name());
    assertThat(random.get("ofNearest").asDouble() * named.get("fmaShare").asDouble())
        .isCloseTo(random.get("fmaShare").asDouble(), within(1e-9));
  }

  @Test
  void seedAndCountAreForRandomShapes() {
    assertThat(run("bench", "--seed", "3")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --seed is for random shapes, found --shapes T, S, M; add --shapes random\n");
    assertThat(run("bench", "--shapes", "random", "--count", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("refrain: --count is 0, expected 1 or more");
    assertThat(run("bench", "--shapes", "random", "--count", "1001")).isEqualTo(2);
    assertThat(err.toString()).contains("refrain: --count is 1001, expected at most 1000");
  }

  private static String[] concat(String[] args, String... more) {
    return Stream.concat(Stream.of(args), Stream.of(more)).toArray(String[]::new);
  }
}
