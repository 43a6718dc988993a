package refrain;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;

/** Programs in processes of their own, run to their end. */
public final class Processes {
  private Processes() {}

  /** What a program says that nobody types anything to; it has to end with 0. */
  public static String said(ProcessBuilder program) throws IOException {
    Process process = program.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      assertThat(process.waitFor()).as(said).isZero();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    return said;
  }
}
