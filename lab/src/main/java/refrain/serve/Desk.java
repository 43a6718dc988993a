package refrain.serve;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import refrain.analysis.explore.Watch;
import refrain.serve.http.HttpFault;

/**
 * Where all that is heavy is computed: one replay at a time at the lowest priority, and beside it
 * one answer at a time on one core. Of answers, what is long lets what is quick go first between
 * any two of its passes. A replay has a thread of its own and nobody waits for it: on a busy
 * machine the lowest priority has a core now and then only. (Java's priorities are the system's
 * where the program was started so; see the script {@code refrain}.)
 */
final class Desk implements AutoCloseable {
  /** How many may wait, in all queues together. */
  static final int WAITING = 8;

  /** Below that of the server itself, above that of replays. */
  private static final int ANSWERS = Thread.MIN_PRIORITY + 1;

  /** Which queue. */
  enum Lane {
    /** Less than a second: a pass, a frame, a table. */
    QUICK(ANSWERS),
    /** An answer that may be long; it has to ask its {@link Watch} often. */
    LONG(ANSWERS),
    /** Steps that are trained again. */
    REPLAY(Thread.MIN_PRIORITY);

    private final int priority;

    Lane(int priority) {
      this.priority = priority;
    }
  }

  /**
   * Who asks.
   *
   * @param where what errors call it
   * @param name an earlier question of the same name is given up; null: it has none
   * @param born when it was asked, {@link System#nanoTime}
   */
  record Caller(String where, @Nullable String name, long born) {}

  /** One computation; it is also the watch of whoever waits for it. */
  final class Job<T> implements Watch {
    private final Lane lane;
    private final Caller caller;
    private final Function<Watch, T> work;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final int before;
    private volatile boolean cancelled;

    Job(Lane lane, Caller caller, Function<Watch, T> work, int before) {
      this.lane = lane;
      this.caller = caller;
      this.work = work;
      this.before = before;
    }

    /** How many computations of its queue were before it when it came. */
    int before() {
      return before;
    }

    @Override
    public boolean cancelled() {
      if (lane == Lane.LONG && core.hasQueuedThreads()) {
        core.unlock();
        core.lock(); // fair: whoever waits is first
      }
      return cancelled;
    }

    /** That nobody waits for it any more. */
    void cancel() {
      cancelled = true;
      synchronized (Desk.this) {
        if (queue(lane).remove(this)) {
          named.values().remove(this);
          result.completeExceptionally(new CancellationException());
        }
      }
    }

    /** Tells of the end, from the thread that computes or gives up. */
    void whenDone(BiConsumer<@Nullable T, @Nullable Throwable> told) {
      result.whenComplete(told);
    }

    /** Waits for the result; what it failed with is thrown. */
    T await() {
      try {
        return result.get();
      } catch (InterruptedException e) {
        cancel();
        Thread.currentThread().interrupt();
        throw new HttpFault(503, "the server ends");
      } catch (CancellationException e) {
        HttpFault fault = replaced();
        fault.initCause(e);
        throw fault;
      } catch (ExecutionException e) {
        switch (e.getCause()) {
          case RuntimeException failed -> throw failed;
          case Error failed -> throw failed;
          case null, default -> throw new IllegalStateException(e);
        }
      }
    }

    private void run() {
      try {
        check();
        result.complete(work.apply(this));
      } catch (RuntimeException | Error e) {
        result.completeExceptionally(e);
      } finally {
        done(this);
      }
    }
  }

  private final ReentrantLock core = new ReentrantLock(true);
  private final Map<Lane, Deque<Job<?>>> queues = new EnumMap<>(Lane.class);
  private final Map<String, Job<?>> named = new HashMap<>();
  private final Map<Lane, Job<?>> now = new EnumMap<>(Lane.class);
  private boolean closed;

  Desk() {
    for (Lane lane : Lane.values()) {
      queues.put(lane, new ArrayDeque<>());
      Thread.ofPlatform()
          .daemon()
          .name("desk-" + lane)
          .priority(lane.priority)
          .start(() -> work(lane));
    }
  }

  private static HttpFault replaced() {
    return new HttpFault(409, "replaced by a newer question of the same name");
  }

  private Deque<Job<?>> queue(Lane lane) {
    return Objects.requireNonNull(queues.get(lane));
  }

  synchronized int waiting() {
    return queues.values().stream().mapToInt(Deque::size).sum();
  }

  /**
   * Refuses what would have to wait behind too many.
   *
   * @throws HttpFault 429
   */
  synchronized void admit(String where) {
    admit(where, waiting());
  }

  private static void admit(String where, int waiting) {
    if (waiting >= WAITING) {
      throw new HttpFault(
          429,
          "%s: %s computations wait already; ask again when one of them is done",
          where,
          WAITING);
    }
  }

  /**
   * Computes something when its turn comes.
   *
   * @throws HttpFault 429 when too many wait already, 409 when its caller has asked again
   */
  synchronized <T> Job<T> ask(Lane lane, Caller caller, Function<Watch, T> work) {
    Job<?> older = caller.name == null ? null : named.get(caller.name);
    if (older != null && older.caller.born - caller.born > 0) {
      throw replaced();
    }
    boolean gone = older != null && queue(older.lane).contains(older);
    admit(caller.where, waiting() - (gone ? 1 : 0));
    if (older != null) {
      older.cancel();
    }
    return add(lane, caller, work);
  }

  /** The same for a part of what has been admitted. */
  synchronized <T> Job<T> more(Lane lane, Function<Watch, T> work) {
    return add(lane, new Caller("", null, 0), work);
  }

  private <T> Job<T> add(Lane lane, Caller caller, Function<Watch, T> work) {
    if (closed) {
      throw new HttpFault(503, "the server ends");
    }
    int before = queue(lane).size() + (now.containsKey(lane) ? 1 : 0);
    Job<T> job = new Job<>(lane, caller, work, before);
    queue(lane).add(job);
    if (caller.name != null) {
      named.put(caller.name, job);
    }
    notifyAll();
    return job;
  }

  private synchronized void done(Job<?> job) {
    now.remove(job.lane);
    named.values().remove(job);
  }

  private void work(Lane lane) {
    for (Job<?> job; (job = next(lane)) != null; ) {
      if (lane == Lane.REPLAY) {
        job.run();
        continue;
      }
      core.lock();
      try {
        job.run();
      } finally {
        core.unlock();
      }
    }
  }

  private synchronized @Nullable Job<?> next(Lane lane) {
    try {
      while (!closed && queue(lane).isEmpty()) {
        wait();
      }
    } catch (InterruptedException e) {
      return null;
    }
    if (closed) {
      return null;
    }
    Job<?> job = queue(lane).remove();
    now.put(lane, job);
    return job;
  }

  /** Gives up all there is. */
  @Override
  public synchronized void close() {
    closed = true;
    queues.values().forEach(queue -> List.copyOf(queue).forEach(Job::cancel));
    now.values().forEach(Job::cancel);
    notifyAll();
  }
}
