package refrain.export;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.base.MaskedCrc;

class EventFileTest {
  /** The file is TensorBoard's own writer's; see src/test/python/golden_events.py. */
  @Test
  void theBytesAreThoseOfTensorBoardsOwnWriter() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EventFile file = new EventFile(out, 1764176400.125);
    file.new Step(0).text("configuration/text_summary", "größer: 1\n").write();
    file.new Step(0)
        .scalar("loss", 0.1)
        .scalar("pm/L1H3", 0)
        .list("loss/byIndex", new double[] {0.1, Double.NEGATIVE_INFINITY})
        .write();
    file.new Step(300)
        .scalar("loss", Double.NaN)
        .scalar("icl", Double.NEGATIVE_INFINITY)
        .scalar("tokens", 4_096_000)
        .write();
    file.new Step(1L << 40).scalar("icl", -0.0).list("loss/byIndex", new double[0]).write();
    try (InputStream golden = EventFileTest.class.getResourceAsStream("golden.tfevents")) {
      assertThat(out.toByteArray()).isEqualTo(Objects.requireNonNull(golden).readAllBytes());
    }
  }

  /** CRC-32C of "123456789" is E3069283 (RFC 3720 uses the polynomial), then turned and shifted. */
  @Test
  void theMaskIsTensorFlows() {
    int crc = 0xE3069283;
    assertThat(MaskedCrc.of("123456789".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(((crc >>> 15) | (crc << 17)) + 0xa282ead8);
  }

  @ParameterizedTest
  @CsvSource({
    "icl, icl",
    "icl.early, icl/early",
    "pm.L1H3, pm/L1H3",
    "pm.best, pm/best",
    "pm.best.L0, pm/best.L0",
    "prev.repeated.best.head, prev.repeated/best.head",
    "comp.k.L0H1.L1H2, comp.k/L0H1.L1H2",
    "kl.unigram.loss, kl/unigram.loss",
    "train.gradNorm, train/gradNorm",
  })
  void tagsAreGroupedByMeasure(String metric, String tag) {
    assertThat(TensorBoard.tag(metric)).isEqualTo(tag);
  }
}
