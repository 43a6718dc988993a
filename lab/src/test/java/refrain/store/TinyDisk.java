package refrain.store;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real file system of a few kilobytes; tests that ask for one are skipped without the right. */
public record TinyDisk(Path folder) implements AutoCloseable {
  public static TinyDisk mount(Path folder, int kilobytes)
      throws IOException, InterruptedException {
    Files.createDirectories(folder);
    boolean mounted =
        run("mount", "-t", "tmpfs", "-o", "size=" + kilobytes + "k", "tmpfs", folder.toString());
    assumeTrue(mounted, "no right to mount a small file system here");
    return new TinyDisk(folder);
  }

  void makeReadOnly() throws InterruptedException {
    assumeTrue(run("mount", "-o", "remount,ro", folder.toString()));
  }

  @Override
  public void close() {
    try {
      run("umount", folder.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
