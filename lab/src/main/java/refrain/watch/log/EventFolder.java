package refrain.watch.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import refrain.base.RefrainException;

/**
 * A folder of TensorBoard event files: one run, whose files are read in the order of their names,
 * which is the order of their times; each restart of a program begins another one.
 */
final class EventFolder implements LogSource {
  private final Path folder;
  private final Map<String, LogFile> files = new TreeMap<>();

  EventFolder(Path folder) {
    this.folder = folder;
  }

  static boolean isEventFile(Path file) {
    return file.getFileName().toString().contains("tfevents") && Files.isRegularFile(file);
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public String found() {
    return files.size() == 1
        ? LogFormat.TENSORBOARD.title()
        : LogFormat.TENSORBOARD.title() + ", " + files.size() + " files";
  }

  @Override
  public boolean poll(RowSink sink) {
    try (Stream<Path> list = Files.list(folder)) {
      list.filter(EventFolder::isEventFile)
          .forEach(file ->
              files.computeIfAbsent(
                  file.getFileName().toString(), name -> new LogFile(file, null)));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    boolean news = false;
    for (LogFile file : files.values()) {
      news |= file.poll(sink);
    }
    return news;
  }

  @Override
  public void end(RowSink sink) {
    files.values().forEach(file -> file.end(sink));
  }

  @Override
  public LogCounts counts() {
    return files.values().stream().map(LogFile::counts).reduce(LogCounts.NONE, LogCounts::plus);
  }
}
