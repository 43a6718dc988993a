import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.LocalDateTime;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs the runs of a study into the recorded example:
 *
 * <pre>java lab/src/scripts/PackExample.java STUDY-FOLDER lab/src/main/resources/refrain/example</pre>
 *
 * Every row of the metrics and all checkpoints are kept. The optimiser's state, twice the size of
 * the parameters, is kept only where an exact replay in the window sets out; other checkpoints
 * become such for measuring only. The same study gives the same bytes.
 */
class PackExample {
  /** Of which optimiser states are kept: by layers and smearing of the run's model. */
  static final Map<String, Set<Long>> RESUMABLE =
      Map.of("2L", Set.of(400L, 500L), "1L", Set.of(), "1L-smeared", Set.of(100L));

  static final Set<String> FILES =
      Set.of("run.json", "metrics.jsonl", "measures.json", "outcome.json", "stop.json", "timing.json");

  static final Pattern OPTIMIZER =
      Pattern.compile(",\\s*\"optimizer.safetensors\" : \\{[^}]*\\}");

  static final int MOST = 8_000_000;

  public static void main(String[] arguments) throws Exception {
    Path study = Path.of(arguments[0]);
    Path out = Path.of(arguments[1]);
    TreeMap<String, byte[]> files = new TreeMap<>();
    files.put("study.json", Files.readAllBytes(study.resolve("study.json")));
    try (Stream<Path> runs = Files.list(study.resolve("runs"))) {
      for (Path run : runs.toList()) {
        pack(study, run, files);
      }
    }
    StringBuilder hashes = new StringBuilder();
    try (OutputStream file = Files.newOutputStream(out.resolve("runs.zip"));
        ZipOutputStream zip = new ZipOutputStream(file)) {
      zip.setLevel(9);
      for (Map.Entry<String, byte[]> each : files.entrySet()) {
        ZipEntry entry = new ZipEntry(each.getKey());
        entry.setTimeLocal(LocalDateTime.of(2026, 1, 1, 0, 0));
        zip.putNextEntry(entry);
        zip.write(each.getValue());
        hashes.append(sha256(each.getValue())).append("  ").append(each.getKey()).append('\n');
      }
    }
    Files.writeString(out.resolve("runs.sha256"), hashes);
    long size = Files.size(out.resolve("runs.zip"));
    if (size > MOST) {
      throw new IllegalStateException("runs.zip has " + size + " bytes, expected at most " + MOST);
    }
    System.out.println(files.size() + " files, " + size + " bytes");
  }

  static void pack(Path study, Path run, Map<String, byte[]> files) throws IOException {
    String name = Files.readString(run.resolve("run.json")).split("\"name\" : \"", 2)[1];
    Set<Long> resumable = RESUMABLE.get(name.substring(0, name.indexOf('"')));
    for (Path file : files(run)) {
      Path inside = run.relativize(file);
      byte[] bytes = Files.readAllBytes(file);
      if (inside.startsWith("checkpoints")) {
        long step = Long.parseLong(inside.getName(1).toString().substring("step-".length()));
        boolean whole = resumable.contains(step);
        if (!whole && inside.endsWith("optimizer.safetensors")) {
          continue;
        }
        if (!whole && inside.endsWith("state.json")) {
          String text = new String(bytes, StandardCharsets.UTF_8);
          bytes = OPTIMIZER.matcher(text).replaceFirst("").getBytes(StandardCharsets.UTF_8);
        }
      } else if (!inside.startsWith("analyses") && !FILES.contains(inside.toString())) {
        continue;
      }
      files.put(study.relativize(file).toString().replace('\\', '/'), bytes);
    }
  }

  static List<Path> files(Path run) throws IOException {
    try (Stream<Path> all = Files.walk(run)) {
      return all.filter(Files::isRegularFile).toList();
    }
  }

  static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
