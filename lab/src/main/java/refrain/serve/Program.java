package refrain.serve;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.UserCache;

/**
 * This program, to be started as a process of its own. Such a process outlives the server, however
 * that ends: it hears neither Ctrl-C nor the end of the terminal, and what it says goes into a file
 * outside of all runs. Arguments are handed on as they are; nothing reads them as a command.
 *
 * @param command that the arguments follow
 * @param secrets variables of the environment that it is not to have
 */
public record Program(List<String> command, List<String> secrets) {
  /**
   * A constant text; the arguments behind it are its "$@". In a session of its own a process gets
   * no signals of the terminal; where a system has no setsid, it ignores them.
   */
  private static final List<String> APART =
      List.of(
          "/bin/sh",
          "-c",
          "trap '' INT HUP; s=$(command -v setsid) || s=; exec ${s:+\"$s\"} \"$@\"",
          "refrain");

  private static final int LOGS_KEPT = 50;

  public Program {
    command = List.copyOf(command);
    secrets = List.copyOf(secrets);
  }

  /** Begins with these arguments; input is empty, output goes into the file. */
  Process start(List<String> arguments, Path log) {
    List<String> line = new ArrayList<>(APART);
    line.addAll(command);
    line.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    secrets.forEach(builder.environment()::remove);
    try {
      return builder.start();
    } catch (IOException e) {
      throw RefrainException.disk("the program cannot be started: " + e.getMessage(), e);
    }
  }

  /** A new file for what a process says, readable by this user alone; the oldest are removed. */
  static Path log() {
    Path cache = UserCache.folder();
    try {
      Path folder =
          cache == null
              ? Files.createTempDirectory("refrain-jobs")
              : Files.createDirectories(cache.resolve("jobs"));
      removeOld(folder);
      return Files.createTempFile(
          folder,
          "job-",
          ".log",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw RefrainException.disk("no file can be made for what the run says: " + e, e);
    }
  }

  private static void removeOld(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      List<Path> logs =
          all.filter(each -> each.getFileName().toString().matches("job-.*\\.log"))
              .sorted((a, b) -> Long.compare(b.toFile().lastModified(), a.toFile().lastModified()))
              .toList();
      for (Path old : logs.subList(Math.min(logs.size(), LOGS_KEPT), logs.size())) {
        Files.deleteIfExists(old);
      }
    }
  }

  /** The end of what a process said, at most so many bytes; "" where nothing can be read. */
  static String tail(Path log, int bytes) {
    try (var file = Files.newByteChannel(log)) {
      file.position(Math.max(0, file.size() - bytes));
      var buffer = ByteBuffer.allocate(bytes);
      while (file.read(buffer) > 0) {
        continue;
      }
      return new String(buffer.array(), 0, buffer.position(), UTF_8).strip();
    } catch (IOException e) {
      return "";
    }
  }

  /** The process of that id, where it is one of this program. */
  static @Nullable ProcessHandle running(long pid) {
    return ProcessHandle.of(pid)
        .filter(process ->
            process.info().commandLine().map(line -> line.contains("refrain")).orElse(true))
        .orElse(null);
  }
}
