package refrain.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.Repository;
import refrain.watch.FormationWatch.Event;
import refrain.watch.FormationWatch.Probe;

/**
 * On two runs of the bigram language with restarts, seed 0, probed every step and every second one:
 * {@code ./refrain train --preset r0-2l --seed 0 --set steps=600 --set probing.every=1} and {@code
 * --preset r0-1l --set steps=1900 --set probing.every=2}, columns step, pm.best, icl, icl.late of
 * their metrics.
 */
class FormationWatchTest {
  private static final int EVERY = 10;

  private final List<Event> events = new ArrayList<>();
  private final FormationWatch watch = new FormationWatch(events::add);
  private int besides;

  private static List<Probe> run(String name) throws Exception {
    List<Probe> probes = new ArrayList<>();
    for (String line :
        Files.readAllLines(
            Repository.ROOT.resolve("lab/src/test/resources/watch/" + name + ".csv"))) {
      if (!line.startsWith("step")) {
        String[] cells = line.split(",");
        probes.add(probe(cells));
      }
    }
    return probes;
  }

  private static Probe probe(String... cells) {
    return new Probe(
        Long.parseLong(cells[0]),
        Double.parseDouble(cells[1]),
        Double.parseDouble(cells[2]),
        Double.parseDouble(cells[3]));
  }

  /** As a run is watched: one probe in ten steps, each from a suspicion on. */
  private void follow(List<Probe> probes) {
    for (Probe probe : probes) {
      boolean scheduled = probe.step() % EVERY == 0;
      if (scheduled || watch.dense(probe.step())) {
        besides += scheduled ? 0 : 1;
        watch.add(probe, scheduled);
      }
    }
  }

  @Test
  void aFormationIsConfirmedBeforeAQuarterOfTheIclHasCome() throws Exception {
    List<Probe> probes = run("2l-seed0");
    follow(probes);
    assertThat(events.stream().map(Event::kind))
        .containsExactly(EventKind.BLIND, EventKind.SUSPECTED, EventKind.CONFIRMED);
    assertThat(events.get(0).now().step()).isEqualTo(190);
    assertThat(events.get(0).tau()).isNaN();
    Event suspected = events.get(1);
    assertThat(suspected.now().step()).isBetween(330L, 370L);
    assertThat(suspected.tau()).isBetween(suspected.low(), suspected.high());
    Event confirmed = events.get(2);
    double before = -0.34; // read off the curve at step 350
    double end = probes.getLast().icl();
    assertThat((confirmed.now().icl() - before) / (end - before)).isBetween(0.02, 0.25);
    assertThat(watch.confirmed()).isTrue();
    // As long after it was confirmed as before.
    long last = 2 * confirmed.now().step() - suspected.now().step();
    assertThat(watch.dense(last)).isTrue();
    assertThat(watch.dense(last + 1)).isFalse();
    long steps = last - suspected.now().step();
    assertThat(besides).isEqualTo((int) (steps - steps / EVERY));
  }

  @Test
  void oneLayerIsNeverSuspected() throws Exception {
    follow(run("1l-seed0"));
    assertThat(events.stream().map(Event::kind)).containsExactly(EventKind.BLIND);
    assertThat(watch.dense(1900)).isFalse();
  }

  /** Logistic in the step; scores of one layer else. */
  private static Probe made(long step, double matching, double icl) {
    return new Probe(step, matching, icl, 4.6 + icl);
  }

  @Test
  void whatFormsInTheBlindPartIsDated() {
    for (int i = 0; i < FormationWatch.BLIND; i++) {
      double done = 1 / (1 + Math.exp((95 - 10 * i) / 8.0));
      watch.add(made(10L * i, 0.03 + 0.6 * done, -0.2 - 2 * done), true);
    }
    assertThat(events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.kind()).isEqualTo(EventKind.BLIND);
          assertThat(event.tau()).isBetween(90.0, 100.0);
          assertThat(event.low()).isLessThan(event.tau());
          assertThat(event.high()).isGreaterThan(event.tau());
        });
  }

  @Test
  void matchingAloneOrIclAloneIsNotConfirmed() {
    for (int i = 0; i < 60; i++) {
      watch.add(made(10L * i, i < 40 ? 0.03 : 0.2, -0.2), true);
    }
    assertThat(events.getLast().kind()).isEqualTo(EventKind.SUSPECTED);
    for (int i = 60; i < 90; i++) {
      watch.add(made(10L * i, 0.2, -0.2), true);
    }
    assertThat(events.get(2).kind())
        .as("half as many steps again have gone by")
        .isEqualTo(EventKind.WITHDRAWN);
    FormationWatch other = new FormationWatch(events::add);
    events.clear();
    for (int i = 0; i < 90; i++) {
      other.add(made(10L * i, 0.03, i < 40 ? -0.2 : -2), true);
    }
    assertThat(events.stream().map(Event::kind)).containsExactly(EventKind.BLIND);
  }

  @Test
  void whatIsBackIsWithdrawnAndWhatIsNoNumberIsLeftOut() {
    for (int i = 0; i < 70; i++) {
      watch.add(made(10L * i, i == 40 || i == 41 ? 0.1 : 0.03, -0.2), true);
      watch.add(made(10L * i + 1, Double.NaN, Double.NaN), false);
    }
    assertThat(events.stream().map(Event::kind))
        .containsExactly(EventKind.BLIND, EventKind.SUSPECTED, EventKind.WITHDRAWN);
    assertThat(events.getLast().now().step()).isEqualTo(460);
    assertThat(events.getLast().ordinal()).isZero();
  }

  @Test
  void aRunThatEndsInItsBlindPartTellsIt() {
    watch.add(made(0, 0.03, 0), true);
    watch.add(made(10, 0.04, -0.1), true);
    watch.end();
    watch.end();
    assertThat(events)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.tau()).isNaN();
          assertThat(event.expected().prefixMatching()).isEqualTo(0.03);
          assertThat(event.now().prefixMatching()).isEqualTo(0.04);
        });
  }
}
