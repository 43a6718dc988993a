package refrain.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.Test;

class PacedTest {
  @Test
  void anAnswerThatTheServersEndOvertakesIsCutLikeAnyBrokenOne() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      Paced paced = new Paced(out, clock, 10_000);
      paced.write(new byte[] {1, 2, 3}, 0, 3);
      clock.shutdownNow();
      assertThatThrownBy(() -> paced.write(4))
          .isInstanceOf(IOException.class)
          .hasMessage("the server is being closed");
      assertThatThrownBy(paced::close).isInstanceOf(IOException.class);
    }
    assertThat(out.toByteArray()).containsExactly(1, 2, 3);
  }
}
