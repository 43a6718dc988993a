package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.JavaCommand;

class SoftHeapTest {
  private static final long MIB = 1 << 20;

  @Test
  void theBarRisesWithWhatIsInUseAndStaysInside() {
    assertThat(SoftHeap.bar(0, -1)).isEqualTo(512 * MIB);
    assertThat(SoftHeap.bar(100 * MIB, 6000 * MIB)).isEqualTo(512 * MIB);
    assertThat(SoftHeap.bar(1000 * MIB, 6000 * MIB)).isEqualTo(1500 * MIB);
    assertThat(SoftHeap.bar(5000 * MIB, 6000 * MIB)).isEqualTo(6000 * MIB);
    assertThat(SoftHeap.bar(0, 300 * MIB)).isEqualTo(300 * MIB);
  }

  /** Garbage of 4 GB under a limit of 3 GB: without it Java takes all that it may. */
  @Test
  void garbageDoesNotFillTheHeapThatJavaMayTake() throws Exception {
    assertThat(peak("plain")).isGreaterThan(1800 * MIB);
    assertThat(peak("soft")).isLessThan(1200 * MIB);
  }

  private static long peak(String kind) throws Exception {
    List<String> command = JavaCommand.of(Littering.class, "-XX:+UseSerialGC", "-Xmn16m", "-Xmx3g");
    command.add(kind);
    Process process = new ProcessBuilder(command).start();
    byte[] said = process.getInputStream().readAllBytes();
    return Long.parseLong(new String(said, StandardCharsets.UTF_8).strip());
  }

  /** Makes arrays that are old at once and forgets them; prints the most bytes that were held. */
  static final class Littering {
    private Littering() {}

    public static void main(String[] kind) throws InterruptedException {
      if (kind[0].equals("soft")) {
        SoftHeap.install();
      }
      long sum = 0;
      for (int i = 0; i < 100; i++) {
        sum += new byte[(int) (40 * MIB)].length;
        Thread.sleep(5); // as long as work on such an array takes, and the collector has a turn
      }
      if (sum != 100 * 40 * MIB) {
        throw new IllegalStateException("nothing was made");
      }
      MemoryPoolMXBean old =
          ManagementFactory.getMemoryPoolMXBeans().stream()
              .filter(pool -> pool.getName().equals("Tenured Gen"))
              .findFirst()
              .orElseThrow();
      System.out.println(old.getPeakUsage().getUsed());
    }
  }
}
