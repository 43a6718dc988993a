package refrain.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import refrain.base.RefrainException;

/**
 * The right to write a run folder. The system gives it up when the process dies, however it dies,
 * so a lock is never stale; the file {@code run.lock} stays and only holds the writer's process id.
 */
public final class RunLock implements AutoCloseable {
  /**
   * What this process holds. Asked before the file is opened: on POSIX systems closing any channel
   * of a file gives up the process's locks on it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path file;
  private final FileChannel channel;

  private RunLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the lock.
   *
   * @throws RefrainException of kind BAD_INPUT when another run writes this folder
   */
  public static RunLock acquire(Path folder) {
    Path file = folder.toAbsolutePath().normalize().resolve("run.lock");
    if (!HELD.add(file)) {
      throw taken(folder, ProcessHandle.current().pid() + ", this one");
    }
    boolean acquired = false;
    try {
      FileChannel channel =
          FileChannel.open(
              file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw taken(folder, Files.readString(file).strip());
      }
      channel.truncate(0);
      String pid = ProcessHandle.current().pid() + "\n";
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.UTF_8)), 0);
      acquired = true;
      return new RunLock(file, channel);
    } catch (IOException e) {
      throw AtomicFiles.failed("lock", file, "nothing was changed", e);
    } finally {
      if (!acquired) {
        HELD.remove(file);
      }
    }
  }

  /**
   * Who holds the lock of a folder; empty: nobody. A lock whose process id is that of no process is
   * not tried, so that looking at a run never stands in the way of who begins to write it.
   */
  static Optional<String> holder(Path folder) {
    Path file = folder.toAbsolutePath().normalize().resolve("run.lock");
    if (HELD.contains(file)) {
      return Optional.of(ProcessHandle.current().pid() + ", this one");
    }
    try {
      String pid = Files.readString(file).strip();
      if (!pid.matches("\\d{1,18}") || ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
        return Optional.empty();
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
          FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
        return lock == null ? Optional.of(pid) : Optional.empty();
      }
    } catch (IOException e) {
      return Optional.empty(); // no such file, or one that may not be read: nothing is known
    }
  }

  private static RefrainException taken(Path folder, String pid) {
    return RefrainException.badInput(
        "%s: is being written by process %s; wait for it or choose another folder", folder, pid);
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw AtomicFiles.failed("unlock", file, "nothing was changed", e);
    } finally {
      HELD.remove(file);
    }
  }
}
