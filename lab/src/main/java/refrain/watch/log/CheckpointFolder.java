package refrain.watch.log;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** A folder with one JSON file a checkpoint, whose step stands in the file's name. */
final class CheckpointFolder implements LogSource {
  private static final Pattern STEP =
      Pattern.compile("(?i)(?:step|iter|checkpoint|ckpt|epoch)[-_]?(\\d{1,15})");
  private static final Pattern LAST_NUMBER = Pattern.compile("(\\d{1,15})(?!.*\\d)");

  private final Path folder;
  private final Set<Path> read = new HashSet<>();
  private final LogRow row = new LogRow();
  private LogCounts counts = LogCounts.NONE;

  CheckpointFolder(Path folder) {
    this.folder = folder;
  }

  /** The step in a file's name. */
  static OptionalDouble step(Path file) {
    String name = file.getFileName().toString();
    if (!name.endsWith(".json")) {
      return OptionalDouble.empty();
    }
    Matcher found = STEP.matcher(name);
    if (!found.find()) {
      found = LAST_NUMBER.matcher(name);
      if (!found.find()) {
        return OptionalDouble.empty();
      }
    }
    return OptionalDouble.of(Double.parseDouble(found.group(1)));
  }

  @Override
  public String name() {
    return folder.toString();
  }

  @Override
  public String found() {
    return "one JSON file a checkpoint, " + read.size() + " files";
  }

  @Override
  public boolean poll(RowSink sink) {
    Map<Double, Path> bySteps = new TreeMap<>();
    try (Stream<Path> list = Files.list(folder)) {
      list.filter(file -> !read.contains(file))
          .forEach(file -> step(file).ifPresent(step -> bySteps.put(step, file)));
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be listed: " + e.getMessage(), e);
    }
    boolean news = false;
    for (Map.Entry<Double, Path> each : bySteps.entrySet()) {
      news |= read(each.getKey(), each.getValue(), sink);
    }
    return news;
  }

  private boolean read(double step, Path file, RowSink sink) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return false;
    } catch (MalformedInputException e) {
      text = "";
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read: " + e.getMessage(), e);
    }
    try (JsonParser in = JsonRows.parser(text)) {
      if (in.nextToken() == JsonToken.START_OBJECT) {
        JsonRows.object(in, "", row);
      }
    } catch (JacksonException | ArithmeticException e) {
      row.clear();
      return false; // is being written
    }
    read.add(file);
    counts = counts.plus(new LogCounts(text.length(), row.size() > 0 ? 1 : 0, 0, null, 0, 0));
    row.step(step);
    if (row.size() > 0) {
      sink.row(row);
    }
    row.clear();
    return true;
  }

  @Override
  public void end(RowSink sink) {}

  @Override
  public LogCounts counts() {
    return counts;
  }
}
