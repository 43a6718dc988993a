package refrain.train;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.intervene.Donors;
import refrain.probe.MeasureKind;
import refrain.store.Json;
import refrain.store.MetricsLog;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.watch.EventKind;
import refrain.watch.FormationWatch;
import refrain.watch.FormationWatch.Event;
import refrain.watch.FormationWatch.Probe;
import refrain.watch.follow.EventBook;
import refrain.watch.follow.SyncedLines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A run that watches itself for the formation of induction heads. What it measures beyond the run's
 * own probes, from a suspicion on, and what it finds are files beside the run's: metrics and
 * parameters have the same bits as without it.
 */
public final class PhaseWatch implements AutoCloseable {
  private static final String FOLDER = "watch";
  private static final String PROBES = "probes.jsonl";

  /** Checkpoints in the time of one scheduled probe, while something is suspected. */
  private static final int CHECKPOINTS = 2;

  private final PhaseAction action;
  private final RunSpec spec;
  private final String id;
  private final RunProbe probe;
  private final MetricsLog probes;
  private final EventBook book;
  private final FormationWatch watch = new FormationWatch(this::found);
  private final Consumer<String> say;
  private final Map<EventKind, Long> first = new EnumMap<>(EventKind.class);
  private @Nullable Event confirmed;
  private boolean confirmedNow;

  private PhaseWatch(
      PhaseAction action,
      RunSpec spec,
      String id,
      RunProbe probe,
      MetricsLog probes,
      EventBook book,
      Consumer<String> say) {
    this.action = action;
    this.spec = spec;
    this.id = id;
    this.probe = probe;
    this.probes = probes;
    this.book = book;
    this.say = say;
  }

  /** What was measured of a run beside its plan; empty where it was not watched. */
  public static List<MetricsRow> probed(RunFolder run) {
    return MetricsLog.read(run.path().resolve(FOLDER).resolve(PROBES));
  }

  /** What was found in a run, as it stands in the book of its watch; empty: it is not watched. */
  public static List<JsonNode> told(RunFolder run) {
    return SyncedLines.read(EventBook.in(run.path().resolve(FOLDER)));
  }

  /**
   * Begins, or goes on where the run does: with its rows and what was measured beside them.
   *
   * @param begun the same as it was planned at first: by it events are known
   * @param before rows of the run, up to where it goes on
   * @param say told of each event that was not told before
   * @throws RefrainException of kind BAD_INPUT where the run does not measure what is read
   */
  static PhaseWatch open(
      PhaseAction action,
      RunSpec spec,
      RunSpec begun,
      DataSource data,
      Donors donors,
      Path run,
      List<MetricsRow> before,
      Consumer<String> say) {
    List<MeasureKind> measures = spec.probing().measures().measures();
    List<MeasureKind> read = List.of(MeasureKind.ICL, MeasureKind.PREFIX_MATCHING);
    if (!measures.containsAll(read)) {
      throw RefrainException.badInput(
          "%s: is watched by its measures ICL and PREFIX_MATCHING, found %s; add them to"
              + " probing.measures.measures",
          spec.name(), measures);
    }
    RunSpec narrow =
        spec.with(s ->
            s.probing =
                new Probing(
                    1,
                    0,
                    spec.probing().sequences(),
                    spec.probing().measures().withMeasures(read.toArray(MeasureKind[]::new))));
    Path folder = run.resolve(FOLDER);
    Path file = folder.resolve(PROBES);
    long last = before.isEmpty() ? -1 : before.getLast().step();
    EventBook book = EventBook.open(folder);
    MetricsLog probes = MetricsLog.open(file, last);
    PhaseWatch watch =
        new PhaseWatch(
            action, spec, begun.id(), new RunProbe(narrow, data, donors), probes, book, say);
    List<MetricsRow> beside = MetricsLog.read(file);
    int next = 0;
    for (MetricsRow row : before) {
      while (next < beside.size() && beside.get(next).step() < row.step()) {
        watch.add(beside.get(next++), false);
      }
      boolean own = next < beside.size() && beside.get(next).step() == row.step();
      watch.add(own ? beside.get(next++) : row, !own);
    }
    watch.confirmedNow = false;
    return watch;
  }

  private void add(MetricsRow row, boolean scheduled) {
    if (row.values().containsKey(Metrics.PREFIX_MATCHING)
        && row.values().containsKey(Metrics.ICL)) {
      watch.add(
          new Probe(
              row.step(),
              row.value(Metrics.PREFIX_MATCHING),
              row.value(Metrics.ICL),
              row.value(Metrics.LATE_LOSS)),
          scheduled);
    }
  }

  /** Looks at the newest row, and measures the state where the row does not. */
  void see(MetricsRow row, boolean probed, TrainingState state) {
    if (probed || !watch.dense(row.step())) {
      add(row, true);
      return;
    }
    MetricsRow beside = MetricsRow.at(row.step());
    probe.measure(state.engine(), state.parameters(), beside);
    probes.append(beside);
    add(beside, false);
  }

  /** Whether a checkpoint is to be taken that the run's schedule does not ask for. */
  boolean checkpointDue(long step) {
    return watch.dense(step) && step % Math.max(1, spec.probing().every() / CHECKPOINTS) == 0;
  }

  /** What was measured beside the run is on the disk before a checkpoint counts. */
  void sync() {
    probes.sync();
  }

  boolean stops() {
    return action == PhaseAction.STOP && watch.confirmed();
  }

  /** The step of the state at which something was found first; null: it was not. */
  @Nullable Long first(EventKind kind) {
    return first.get(kind);
  }

  /** What it measures beside the run's plan is measured as the guard has it from now on. */
  void guarded(RunSpec asTrained) {
    probe.guarded(asTrained);
  }

  /** A run that was resumed after its pause goes on. */
  boolean pauses() {
    return action == PhaseAction.PAUSE && confirmedNow;
  }

  String reason() {
    return confirmed == null ? "" : text(confirmed);
  }

  /** The run ends, as done or stopped. */
  void end() {
    watch.end();
  }

  private void found(Event event) {
    boolean isConfirmed = event.kind() == EventKind.CONFIRMED;
    first.putIfAbsent(event.kind(), event.now().step());
    if (isConfirmed) {
      confirmed = event;
      confirmedNow = true;
    }
    // The step too: what the end of a shorter plan told is another event.
    String known =
        EventBook.id(
            id,
            event.kind().text(),
            String.valueOf(event.ordinal()),
            String.valueOf(event.now().step()));
    String acts = isConfirmed ? action.name().toLowerCase(Locale.ROOT) : "tell";
    if (book.add(known, json(known, event, acts))) {
      say.accept(event.kind().text() + ": " + text(event));
    }
  }

  private String json(String id, Event event, String acts) {
    ObjectNode line = Json.object();
    line.put("id", id);
    line.put("run", spec.name());
    line.put("metric", Metrics.PREFIX_MATCHING);
    line.put("kind", event.kind().text());
    line.put("step", event.now().step());
    line.set("tau", Json.finite(event.tau()));
    line.set("low", Json.finite(event.low()));
    line.set("high", Json.finite(event.high()));
    line.set("now", Json.finite(event.now()));
    line.set("expected", Json.finite(event.expected()));
    line.set("evidence", Json.finite(event.evidence()));
    line.set("threshold", Json.finite(event.threshold()));
    line.put("leastDelay", event.leastDelay(spec.probing().every()));
    line.put("action", acts);
    line.put("says", text(event));
    return line.toString();
  }

  private static String text(Event event) {
    Probe now = event.now();
    Probe then = event.expected();
    String matching =
        String.format(
            Locale.ROOT,
            "best prefix matching %.3f where %.3f was to be expected",
            now.prefixMatching(),
            then.prefixMatching());
    String since =
        Double.isNaN(event.tau())
            ? ""
            : String.format(
                Locale.ROOT, "%.0f [%.0f, %.0f]", event.tau(), event.low(), event.high());
    return switch (event.kind()) {
      case BLIND ->
          String.format(
              Locale.ROOT,
              "nothing could be suspected before step %d; best prefix matching went from %.3f to"
                  + " %.3f, the ICL score from %.2f to %.2f%s",
              now.step(),
              then.prefixMatching(),
              now.prefixMatching(),
              then.icl(),
              now.icl(),
              since.isEmpty() ? "" : ": induction heads formed at step " + since);
      case SUSPECTED ->
          "induction heads may form since step "
              + since
              + ": "
              + matching
              + "; every step is probed from here on";
      case CONFIRMED ->
          String.format(
              Locale.ROOT,
              "induction heads form since step %s: %s, ICL score %.2f where %.2f was, at step %d",
              since,
              matching,
              now.icl(),
              then.icl(),
              now.step());
      default -> "not confirmed: " + matching;
    };
  }

  @Override
  public void close() {
    probes.close();
    book.close();
  }
}
