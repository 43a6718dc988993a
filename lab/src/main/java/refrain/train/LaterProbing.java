package refrain.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import refrain.base.RefrainException;
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

  private LaterProbing() {}

  /** The run as it reads under the probing that is asked for, where it was measured like that. */
  static RunFolder reading(RunFolder run, RunSpec own, Probing asked) {
    String name = name(asked);
    boolean there = !own.probing().equals(asked) && measuredToItsEnd(run, measuring(run, name));
    return there ? run.reading(name) : run;
  }

  /**
   * Makes what a run lacks under the probing that is asked for.
   *
   * @param run has ended
   * @return what could not be had, in one line; empty: nothing
   */
  public static Optional<String> make(RunFolder run, Probing asked, int threads) {
    RunFolder made = run.own();
    RunSpec own = Trainer.spec(made);
    if (own.probing().equals(asked)) {
      return Optional.empty();
    }
    String name = name(asked);
    JsonNode before = measuring(made, name);
    boolean mayBeHadHere =
        !lacking(before).isEmpty()
            && !before.path("arithmetic").equals(Json.tree(Engines.arithmetic()));
    if (!measuredToItsEnd(made, before) || mayBeHadHere) {
      measure(made, own, asked, threads);
    }
    return Optional.of(lacking(measuring(made, name))).filter(said -> !said.isEmpty());
  }

  private static String name(Probing asked) {
    return RunFolder.nameOf(Json.parse(Json.line(asked), "probing"));
  }

  private static JsonNode measuring(RunFolder run, String name) {
    return run.measuring(name).orElseGet(Json::object);
  }

  private static String lacking(JsonNode measuring) {
    return measuring.path("lacking").asString("");
  }

  private static boolean measuredToItsEnd(RunFolder run, JsonNode measuring) {
    return run.outcome().filter(o -> o.step() == measuring.path("through").asLong(-1)).isPresent();
  }

  private static void measure(RunFolder run, RunSpec own, Probing asked, int threads) {
    RunSpec spec = own.with(s -> s.probing = asked);
    RunProbe probe = new RunProbe(spec, RunText.open(run.path(), spec), new RunDonors());
    probe.guarded(Guard.asTrained(run, spec));
    List<MetricsRow> recorded = run.metrics().rows();
    long last = recorded.getLast().step();
    boolean alike = Trainer.measures(run.path()).map(probe::measuresAs).orElse(true);
    List<MetricsRow> rows = new ArrayList<>();
    TreeMap<Long, MetricsRow> left = new TreeMap<>();
    for (MetricsRow row : recorded) {
      int step = (int) row.step();
      boolean wanted = asked.at(step, spec.steps()) || step == last || step == spec.begins();
      boolean there = wanted && alike && measuredAlike(own.probing(), asked, step, spec.steps());
      rows.add(there ? row : withoutProbe(row));
      if (wanted && !there) {
        left.put(row.step(), rows.getLast());
      }
    }
    int wanted = left.size();
    String why = trainAgain(run, probe, left, threads);
    ObjectNode measuring = Json.object().put("through", last);
    measuring.set("probing", Json.tree(asked));
    measuring.set("arithmetic", Json.tree(Engines.arithmetic()));
    measuring.set("definitions", Json.tree(probe.definitions()));
    if (!left.isEmpty()) {
      measuring.put(
          "lacking",
          String.format(
              Locale.ROOT,
              "%d of %d probes that were asked for are lacking, from step %d on: %s",
              left.size(),
              wanted,
              left.firstKey(),
              why));
    }
    run.keep(name(asked), measuring, rows);
  }

  /** Whether the run's own probe of that step measured at least the same, on the same sequences. */
  private static boolean measuredAlike(Probing own, Probing asked, int step, int last) {
    return own.measures().equals(asked.measures())
        && own.sequences() == asked.sequences()
        && own.at(step, last)
        && (own.thorough(step, last) || !asked.thorough(step, last));
  }

  /** What the step that led to a state measured on its way. */
  static MetricsRow withoutProbe(MetricsRow row) {
    MetricsRow trained = MetricsRow.at(row.step());
    TRAINING.stream()
        .filter(row.values()::containsKey)
        .forEach(name -> trained.put(name, row.value(name)));
    return trained;
  }

  /**
   * Measures and removes the rows that can be had.
   *
   * @return why the others cannot
   */
  private static String trainAgain(
      RunFolder run, RunProbe probe, TreeMap<Long, MetricsRow> left, int threads) {
    TreeSet<Long> saved = new TreeSet<>(List.of(0L));
    run.checkpoints().list().forEach(checkpoint -> saved.add(checkpoint.step()));
    // A saved state by itself, since it is to be had under any arithmetic; stretches between two.
    TreeMap<Long, TreeSet<Long>> stretches = new TreeMap<>();
    for (long step : left.keySet()) {
      long key = saved.contains(step) ? 2 * step : 2 * saved.headSet(step).last() + 1;
      stretches.computeIfAbsent(key, any -> new TreeSet<>()).add(step);
    }
    String why = "";
    for (TreeSet<Long> steps : stretches.values()) {
      try {
        Trainer.replay(
            run,
            steps.first().intValue(),
            steps.last().intValue(),
            threads,
            state -> {
              MetricsRow row = left.remove((long) state.step());
              if (row != null) {
                probe.measure(state.engine(), state.parameters(), row);
              }
            });
      } catch (RefrainException e) {
        why = why.isEmpty() ? String.valueOf(e.getMessage()) : why;
      }
    }
    return why;
  }
}
