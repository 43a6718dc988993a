package refrain.export;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.train.Metrics;

/**
 * A run's metrics as TensorBoard reads them: every number of every row as a scalar, every list as a
 * tensor in float64, losses by token index also as scalars at indices 0, 1, 2, 4, ... and the last,
 * and the configuration as text.
 *
 * <p>A run has a folder of its own in the log folder, and in it one file whose name does not
 * change: written again, it is replaced. Rows have no times, so all events have the run's start.
 */
public final class TensorBoard {
  /** What a reader types; TensorBoard shows a sample of each curve unless it is told not to. */
  public static final String COMMAND = "tensorboard --samples_per_plugin scalars=0 --logdir ";

  /**
   * Before which dot a measure's name ends: what follows is a head, a layer or the best of them.
   */
  private static final Pattern MEASURE = Pattern.compile("\\.(?=L\\d|best\\b)");

  private static final Pattern UNFIT =
      Pattern.compile("[^\\w.-]+", Pattern.UNICODE_CHARACTER_CLASS);

  private static final Set<String> BY_INDEX = Set.of(Metrics.LOSS_BY_INDEX, "loss.slope");

  private TensorBoard() {}

  /**
   * Writes a run's events.
   *
   * @param log TensorBoard's log folder, which may hold other runs; made when missing
   * @return the run's folder in it
   */
  public static Path write(RunFolder run, Path log) {
    RunInfo info = run.info();
    List<MetricsRow> rows = run.metrics().rows();
    String name = info.spec().path("name").asString("run");
    String label =
        "%s-seed%s-%s"
            .formatted(
                UNFIT.matcher(name).replaceAll("_"),
                info.seeds().getOrDefault("init", 0L),
                info.specHash().substring(0, 12));
    Instant start = Instant.parse(info.sessions().getFirst().started());
    Path folder = log.resolve(label);
    String file =
        String.format(Locale.ROOT, "events.out.tfevents.%010d.refrain", start.getEpochSecond());
    AtomicFiles.write(folder.resolve(file), out -> write(info, rows, start, out));
    return folder;
  }

  private static void write(RunInfo info, List<MetricsRow> rows, Instant start, OutputStream out)
      throws IOException {
    EventFile file = new EventFile(out, start.toEpochMilli() / 1000.0);
    String yaml = Json.yaml(info.spec()).indent(4); // a block of code in Markdown
    file.new Step(0).text("configuration/text_summary", yaml).write();
    for (MetricsRow row : rows) {
      EventFile.Step step = file.new Step(row.step());
      row.values().forEach((name, value) -> step.scalar(tag(name), value));
      row.lists()
          .forEach((name, list) -> {
            step.list(tag(name), list);
            if (BY_INDEX.contains(name)) {
              for (int t : indices(list.length)) {
                step.scalar(String.format(Locale.ROOT, "%s.%04d", tag(name), t), list[t]);
              }
            }
          });
      step.write();
    }
  }

  /** 0, the powers of 2, and the last. */
  private static Set<Integer> indices(int length) {
    Set<Integer> some = new TreeSet<>(Set.of(0, length - 1));
    for (int t = 1; t < length; t *= 2) {
      some.add(t);
    }
    return some;
  }

  /**
   * A metric's name with a slash, before which TensorBoard groups: {@code pm.L1H3} is {@code
   * pm/L1H3}, {@code prev.repeated.best.head} {@code prev.repeated/best.head}, {@code icl.early}
   * {@code icl/early}. Put back to a dot, it is the name again.
   */
  static String tag(String metric) {
    Matcher measure = MEASURE.matcher(metric);
    int dot = measure.find() ? measure.start() : metric.indexOf('.');
    return dot < 0 ? metric : metric.substring(0, dot) + "/" + metric.substring(dot + 1);
  }
}
