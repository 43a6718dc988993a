package refrain.train.sweep;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.RunFolder;
import refrain.train.LaterProbing;
import refrain.train.OtherArithmetic;
import refrain.train.RunSpec;
import refrain.train.Runs;
import refrain.train.StopWhen;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.TrainResult;
import refrain.train.Trainer;

/**
 * Trains runs side by side, one core each, and all cores on the last ones when fewer are left than
 * cores; the first one may have them all until it has shown what it is there for. What has ended is
 * not run again, what was interrupted goes on. Runs of one identity are one run: the later one
 * waits, goes on with it if it wants more steps, and has it measured as it asks. One that fails
 * stops no other.
 *
 * <p>Which core takes which run when changes nothing in the results: every run's bits depend on its
 * specification alone.
 *
 * @param <J> what somebody wants a run for
 */
public final class SideBySide<J> {
  /**
   * The runs that are wanted, and who hears of them.
   *
   * @param <J> what somebody wants a run for
   */
  public interface Jobs<J> {
    /** For people, different for each. */
    String label(J job);

    /** The run that is wanted. */
    RunSpec spec(J job);

    /** The same as it is asked for when it starts: the stop rule may depend on what has ended. */
    default RunSpec asked(J job) {
      return spec(job);
    }

    /** Others that have to have ended before it can start. */
    default List<J> waitsFor(J job) {
      return List.of();
    }

    /**
     * Whether the first run still has all cores to itself, so that something is to be seen soon.
     * Asked again and again while it goes on.
     */
    default boolean first(J job) {
      return false;
    }

    /** Hears of one run, from the thread that trains it. */
    TrainListener listener(J job);

    /** Hears that a run failed; the others go on. */
    void failed(J job, RuntimeException failure);

    /** Hears why fewer runs than cores go on at once. */
    void notice(String sentence);
  }

  /**
   * How it went.
   *
   * @param complete whether every run has ended
   * @param failures the runs that failed, and why
   */
  public record Result<J>(boolean complete, Map<J, RuntimeException> failures) {}

  private final List<J> all;
  private final Jobs<J> jobs;
  private final Runs runs;
  private final int cores;
  private final boolean otherArithmetic;
  private final BooleanSupplier stop;

  private final Map<J, String> ids = new HashMap<>();
  private final Set<String> underWay = new HashSet<>();
  private final List<J> waiting;
  private final Set<J> running = new HashSet<>();
  private final Set<J> ended = new HashSet<>();
  private final Map<J, RuntimeException> failures = new LinkedHashMap<>();
  private volatile boolean interrupted;

  /**
   * @param all the one that is to be seen first, first
   * @param runs where they lie
   * @param cores how many go on at once; fewer where memory is short
   * @param otherArithmetic whether they may go on from what other arithmetic made
   * @param stop asked often; true: every run saves itself and stops
   */
  public SideBySide(
      List<J> all,
      Jobs<J> jobs,
      Runs runs,
      int cores,
      boolean otherArithmetic,
      BooleanSupplier stop) {
    this.all = List.copyOf(all);
    this.jobs = jobs;
    this.runs = runs;
    AtOnce atOnce =
        AtOnce.of(all.stream().map(jobs::spec).toList(), cores, Runtime.getRuntime().maxMemory());
    this.cores = atOnce.runs();
    if (!atOnce.why().isEmpty()) {
      jobs.notice(atOnce.why());
    }
    this.otherArithmetic = otherArithmetic;
    this.stop = stop;
    this.waiting = ordered();
    all.forEach(job -> ids.put(job, jobs.spec(job).id()));
  }

  /** Trains all runs that have not ended; returns when none can go on. */
  public Result<J> train() {
    onEveryCore("train-", this::work);
    return new Result<>(!interrupted && failures.isEmpty(), failures);
  }

  /** Does the same with each of some jobs, the first ones first, a core a job; waits for all. */
  public void forEach(String name, List<J> some, Consumer<J> work) {
    Queue<J> left = new ConcurrentLinkedQueue<>(some);
    onEveryCore(
        name,
        () -> {
          for (J job = left.poll(); job != null; job = left.poll()) {
            work.accept(job);
          }
        });
  }

  private void onEveryCore(String name, Runnable work) {
    List<Thread> workers =
        IntStream.range(0, cores)
            .mapToObj(i -> Thread.ofPlatform().name(name + i).daemon().start(work))
            .toList();
    try {
      for (Thread worker : workers) {
        worker.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while runs go on", e);
    }
  }

  /** Whether some were stopped before their end. */
  public boolean interrupted() {
    return interrupted;
  }

  /**
   * To be asked before anything is trained or written.
   *
   * @throws RefrainException of kind BAD_INPUT when a run was interrupted under other arithmetic
   *     and may not go on under this one
   */
  public void requireThisArithmetic() {
    if (otherArithmetic) {
      return;
    }
    Map<Path, OtherArithmetic> others = new LinkedHashMap<>();
    for (J job : all) {
      try {
        runs.find(jobs.spec(job))
            .filter(run -> run.ended().isEmpty())
            .flatMap(OtherArithmetic::of)
            .ifPresent(other -> others.put(other.run().path(), other));
      } catch (RefrainException e) {
        // A damaged file is this run's own failure when its turn comes; the others go on.
      }
    }
    if (!others.isEmpty()) {
      throw others.values().iterator().next().refused(others.size() - 1);
    }
  }

  /**
   * The first one (the run that is to be seen first), beside it the shortest, which shows its end
   * early; then the longest, so that no long one is left over at the end; those that are waited for
   * before those that wait, where they are as long.
   */
  private List<J> ordered() {
    List<J> order = new ArrayList<>(all);
    if (order.size() < 2) {
      return order;
    }
    List<J> others = order.subList(1, order.size());
    Comparator<J> shortest = Comparator.comparingDouble(job -> work(jobs.spec(job)));
    J early = Collections.min(others, shortest);
    others.remove(early);
    others.sort(shortest.reversed());
    others.addFirst(early);
    return order;
  }

  /** Parameters times tokens: what a run costs, roughly. */
  private static double work(RunSpec spec) {
    double layers = spec.model().nLayers() + 1.0;
    double width = spec.model().dModel();
    return layers * width * width * spec.tokensPerStep() * spec.steps();
  }

  private void work() {
    for (J job = next(); job != null; job = next()) {
      try {
        TrainResult result = train(job);
        if (result.end() == TrainResult.End.INTERRUPTED) {
          interrupted = true;
        } else {
          measure(job);
        }
      } catch (RuntimeException e) {
        failed(job, e);
      } catch (OutOfMemoryError e) { // else the thread ends and others wait for its job for ever
        failed(job, new CompletionException(e));
      }
      done(job);
    }
  }

  private void failed(J job, RuntimeException failure) {
    jobs.failed(job, failure);
    synchronized (this) {
      failures.putIfAbsent(job, failure);
    }
  }

  /** The next one that can start; waits while some wait for others; null when none is left. */
  private synchronized @Nullable J next() {
    while (!waiting.isEmpty() && !stop.getAsBoolean()) {
      for (J job : waiting) {
        if (ready(job) && !alone()) {
          waiting.remove(job);
          running.add(job);
          underWay.add(id(job));
          return job;
        }
      }
      try {
        wait(100); // wakes up to look at the stop signal too
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while runs go on", e);
      }
    }
    interrupted |= !waiting.isEmpty();
    return null;
  }

  /** Whether the first run goes on and has all cores. */
  private boolean alone() {
    J first = all.getFirst();
    return running.contains(first) && jobs.first(first);
  }

  private synchronized void done(J job) {
    running.remove(job);
    underWay.remove(id(job));
    ended.add(job);
    notifyAll();
  }

  private boolean ready(J job) {
    return !underWay.contains(id(job)) && ended.containsAll(jobs.waitsFor(job));
  }

  private String id(J job) {
    return Objects.requireNonNull(ids.get(job));
  }

  private TrainResult train(J job) {
    RunSpec asked = jobs.asked(job);
    TrainListener listener = jobs.listener(job);
    RunFolder done = runs.find(asked).filter(run -> StopWhen.farEnough(run, asked)).orElse(null);
    if (done != null) {
      int step = (int) done.outcome().orElseThrow().step();
      TrainResult result = new TrainResult(TrainResult.End.SETTLED, step, Trainer.seconds(done));
      listener.ended(result);
      return result;
    }
    TrainControl control = new TrainControl(stop, () -> share(job), otherArithmetic);
    return Trainer.run(asked, runs.place(asked), control, listener);
  }

  /** Measures a run that ended as it is asked for, where it was made with another probing. */
  public void measure(J job) {
    RunSpec spec = jobs.spec(job);
    runs.find(spec)
        .filter(RunFolder::hasResult)
        .flatMap(run -> LaterProbing.make(run, spec.probing(), share(job)))
        .ifPresent(lacking -> jobs.listener(job).warned(lacking));
  }

  /** Idle cores are shared among the runs that go on, the first ones first. */
  private synchronized int share(J job) {
    if (alone()) {
      return cores;
    }
    int startable = (int) waiting.stream().filter(this::ready).count();
    int idle = cores - running.size() - startable;
    if (idle <= 0 || running.isEmpty()) {
      return 1;
    }
    int each = idle / running.size();
    boolean more =
        running.stream()
            .sorted((a, b) -> jobs.label(a).compareTo(jobs.label(b)))
            .limit(idle % running.size())
            .anyMatch(job::equals);
    return 1 + each + (more ? 1 : 0);
  }
}
