package refrain.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

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

  /** The processor's name with its family, model and stepping where the system tells them. */
  public static String processor() {
    String numbers =
        List.of("cpu family", "model", "stepping").stream()
            .map(field -> cpuInfo(field, "?"))
            .collect(Collectors.joining("/"));
    return numbers.equals("?/?/?") ? cpuName() : cpuName() + " (" + numbers + ")";
  }

  private static String cpuName() {
    return cpuInfo("model name", System.getProperty("os.arch", "unknown"));
  }

  private static String cpuInfo(String field, String otherwise) {
    Path file = Path.of("/proc/cpuinfo");
    try {
      return !Files.isReadable(file)
          ? otherwise
          : Files.readAllLines(file).stream()
              .filter(line -> line.split(":", 2)[0].strip().equals(field))
              .map(line -> line.substring(line.indexOf(':') + 1).strip())
              .findFirst()
              .orElse(otherwise);
    } catch (IOException e) {
      return otherwise; // only a label: no reason to stop a run
    }
  }
}
