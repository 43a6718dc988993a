package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The machine and the Java that a run ran on, as recorded with it.
 *
 * @param cpu the processor's name where the system tells it, else its architecture
 * @param cores what the JVM may use
 * @param maxHeapMegabytes the limit of the Java heap
 */
public record Machine(String os, String cpu, int cores, long maxHeapMegabytes, String java) {
  /** This machine. */
  public static Machine here() {
    return new Machine(
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        cpuName(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.getRuntime().maxMemory() >> 20,
        System.getProperty("java.vendor") + " " + Runtime.version());
  }

  private static String cpuName() {
    String architecture = System.getProperty("os.arch", "unknown");
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpuinfo)) {
      return architecture;
    }
    try (Stream<String> lines = Files.lines(cpuinfo)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(architecture);
    } catch (IOException e) {
      return architecture; // only a label: no reason to stop a run
    }
  }
}
