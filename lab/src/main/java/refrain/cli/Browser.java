package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The browser of whoever sits here, where there is one. */
final class Browser {
  private Browser() {}

  /**
   * Opens an address, and says nothing where that does not work: it stands on the terminal. It is
   * handed over in a file that only this user reads, for all users see the arguments of a program,
   * and the address holds a token.
   */
  static void open(String address) {
    try {
      Optional<String> opener = opener();
      if (opener.isPresent()) {
        Path page = Files.createTempFile("refrain-", ".html"); // readable by its owner alone
        page.toFile().deleteOnExit();
        Files.writeString(
            page,
            "<!doctype html><meta charset=utf-8><title>Refrain</title>"
                + "<meta http-equiv=refresh content=\"0;url="
                + address
                + "\">",
            UTF_8);
        new ProcessBuilder(opener.get(), page.toString())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
      }
    } catch (IOException e) {
      return;
    }
  }

  /** What the system opens pages with; empty: there is no screen, or no such program. */
  private static Optional<String> opener() {
    boolean mac = System.getProperty("os.name", "").startsWith("Mac");
    boolean screen =
        mac || System.getenv("DISPLAY") != null || System.getenv("WAYLAND_DISPLAY") != null;
    List<String> path =
        Arrays.asList(
            Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator));
    return screen
        ? path.stream()
            .filter(folder -> !folder.isEmpty())
            .map(folder -> Path.of(folder, mac ? "open" : "xdg-open"))
            .filter(Files::isExecutable)
            .map(Path::toString)
            .findFirst()
        : Optional.empty();
  }
}
