package refrain.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.JavaCommand;
import refrain.Processes;
import refrain.cli.Main;

class VectorModuleTest {
  @TempDir Path temp;

  private Path err;

  private String version(String... options) throws Exception {
    List<String> command = JavaCommand.of(Main.class, options);
    command.add("--version");
    err = temp.resolve("err");
    return Processes.said(new ProcessBuilder(command).redirectError(err.toFile()));
  }

  @Test
  void theProgramLoadsItWithoutAWarning() throws Exception {
    String here = KernelChoice.vectors();
    assertThat(version(JavaCommand.VECTORS))
        .contains(here.equals("plain") ? "plain kernels" : "vectors of " + here + " bits");
    assertThat(Files.readString(err)).isEmpty();
  }

  @Test
  void withoutThatOptionThereAreThePlainKernels() throws Exception {
    assertThat(version()).contains("plain kernels");
    assertThat(Files.readString(err)).isEmpty();
  }
}
