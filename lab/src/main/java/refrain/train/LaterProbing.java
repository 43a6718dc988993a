package refrain.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Measures a run that was found at a cadence, or with measures, that it was not made with: as if it
 * had been. Rows that its own probes measured alike are taken over, the others measured at its
 * checkpoints, and where none was kept by training the stretch again ({@link Trainer#replay}). The
 * result lies beside the run's own metrics, which are never rewritten.
 */
public final class LaterProbing {
  private static final List<String> TRAINING =
      List.of(Metrics.TOKENS, Metrics.TRAIN_LOSS, Metrics.GRADIENT_NORM, Metrics.RATE);

  private final RunFolder run;
  private final RunSpec own;
  private final RunSpec asked;
  private final int threads;
  private final RunProbe probe;

  private LaterProbing(RunFolder run, RunSpec own, Probing asked, int threads) {
    this.run = run;
    this.own = own;
    this.asked = own.with(s -> s.probing = asked);
    this.threads = threads;
    DataSource data = own.openData();
    this.probe = new RunProbe(this.asked, data, new RunDonors());
  }

  /** The run as it reads under the probing that is asked for, where it was measured like that. */
  static RunFolder reading(RunFolder run, RunSpec own, Probing asked) {
    String name = name(asked);
    return !own.probing().equals(asked) && measured(run, name) ? run.reading(name) : run;
  }

  /**
   * Makes what a run lacks under the probing that is asked for.
   *
   * @param run has ended
   * @return what could not be had, in one line; empty: nothing
   */
  public static Optional<String> make(RunFolder run, Probing asked, int threads) {
    RunSpec own = Trainer.spec(run.own());
    if (own.probing().equals(asked)) {
      return Optional.empty();
    }
    String name = name(asked);
    if (!measured(run, name) || lacksForOtherArithmetic(run, name)) {
      new LaterProbing(run.own(), own, asked, threads).make(name);
    }
    String lacking = run.measuring(name).map(m -> m.path("lacking").asString("")).orElse("");
    return lacking.isEmpty() ? Optional.empty() : Optional.of(lacking);
  }

  private static String name(Probing asked) {
    return RunFolder.nameOf(Json.parse(Json.line(asked), "probing"));
  }

  /** Whether it was measured up to where it ended. */
  private static boolean measured(RunFolder run, String name) {
    long through = run.measuring(name).map(m -> m.path("through").asLong(-1)).orElse(-1L);
    return through >= 0 && through == run.outcome().map(outcome -> outcome.step()).orElse(-1L);
  }

  private static boolean lacksForOtherArithmetic(RunFolder run, String name) {
    JsonNode measuring = run.measuring(name).orElseThrow();
    return !measuring.path("lacking").asString("").isEmpty()
        && !measuring.path("arithmetic").equals(Json.tree(Engines.arithmetic()));
  }

  private void make(String name) {
    List<MetricsRow> recorded = run.metrics().rows();
    long last = recorded.getLast().step();
    Map<Long, MetricsRow> probed = new HashMap<>();
    TreeSet<Long> left = new TreeSet<>();
    for (MetricsRow row : recorded) {
      if (asked.probing().at((int) row.step(), asked.steps()) || row.step() == last) {
        if (measuredAlike((int) row.step())) {
          probed.put(row.step(), row);
        } else {
          left.add(row.step());
          probed.put(row.step(), trained(row));
        }
      }
    }
    int wanted = left.size();
    atCheckpoints(probed, left);
    String why = byTrainingAgain(probed, left);
    ObjectNode measuring = Json.object().put("through", last);
    measuring.set("probing", Json.tree(asked.probing()));
    measuring.set("arithmetic", Json.tree(Engines.arithmetic()));
    measuring.set("definitions", Json.tree(probe.definitions()));
    measuring.set("lackingSteps", Json.tree(left));
    measuring.put(
        "lacking",
        left.isEmpty()
            ? ""
            : "%d of %d probes that were asked for are lacking, from step %d on: %s"
                .formatted(left.size(), wanted, left.getFirst(), why));
    List<MetricsRow> rows = new ArrayList<>();
    recorded.forEach(row -> rows.add(probed.getOrDefault(row.step(), trained(row))));
    run.keep(name, measuring, rows);
  }

  /** Whether the run's own probe of that step measured at least the same, on the same sequences. */
  private boolean measuredAlike(int step) {
    Probing mine = own.probing();
    Probing other = asked.probing();
    return mine.measures().equals(other.measures())
        && mine.sequences() == other.sequences()
        && mine.at(step, own.steps())
        && (mine.thorough(step, own.steps()) || !other.thorough(step, own.steps()));
  }

  /** What the step itself measured on its way. */
  private static MetricsRow trained(MetricsRow row) {
    MetricsRow trained = MetricsRow.at(row.step());
    TRAINING.stream()
        .filter(row.values()::containsKey)
        .forEach(name -> trained.put(name, row.value(name)));
    return trained;
  }

  private void atCheckpoints(Map<Long, MetricsRow> rows, TreeSet<Long> left) {
    try (Transformer engine = Engines.create(own.engine(), own.model(), threads)) {
      if (left.remove(0L)) {
        measure(engine, Parameters.init(own.model(), own.seeds().init()), rows, 0);
      }
      for (Checkpoint checkpoint : run.checkpoints().list()) {
        if (left.contains(checkpoint.step())) {
          try {
            Parameters parameters = Snapshot.parameters(checkpoint, own.model());
            measure(engine, parameters, rows, checkpoint.step());
            left.remove(checkpoint.step());
          } catch (RefrainException e) {
            // Damaged: trained again below.
          }
        }
      }
    }
  }

  private void measure(
      Transformer engine, Parameters parameters, Map<Long, MetricsRow> rows, long step) {
    probe.measure(engine, parameters, Objects.requireNonNull(rows.get(step)));
  }

  /** Each stretch between two checkpoints by itself; returns why the first of them was refused. */
  private String byTrainingAgain(Map<Long, MetricsRow> rows, TreeSet<Long> left) {
    TreeSet<Long> saved = new TreeSet<>(List.of(0L));
    run.checkpoints().list().forEach(checkpoint -> saved.add(checkpoint.step()));
    TreeMap<Long, TreeSet<Long>> stretches = new TreeMap<>();
    left.forEach(step ->
        stretches
            .computeIfAbsent(saved.headSet(step, true).last(), any -> new TreeSet<>())
            .add(step));
    String why = "";
    for (TreeSet<Long> steps : stretches.values()) {
      Consumer<TrainingState> measure =
          state -> {
            long step = state.step();
            if (steps.contains(step)) {
              measure(state.engine(), state.parameters(), rows, step);
              left.remove(step);
            }
          };
      try {
        int first = steps.getFirst().intValue();
        Trainer.replay(run, first, steps.getLast().intValue(), threads, measure);
      } catch (RefrainException e) {
        why = why.isEmpty() ? String.valueOf(e.getMessage()) : why;
      }
    }
    return why;
  }
}
