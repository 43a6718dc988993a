package refrain.analysis.explore;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.data.TokenNames;
import refrain.store.RunFolder;

/**
 * A run that is open for questions about any of its steps. One thread; not thread-safe; to be
 * closed.
 */
public final class Explorer implements AutoCloseable {
  /** States in memory: two that are compared, and where one came from. */
  private static final int MOST = 4;

  private final Subject run;
  private final ExactStates states;
  private @Nullable TokenNames names;
  private final Map<Long, Explored> known =
      new LinkedHashMap<>(MOST, .75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Explored> eldest) {
          return size() > MOST;
        }
      };

  /**
   * @param cache where states are kept that were trained again
   */
  public Explorer(RunFolder run, StateCache cache) {
    this.run = new Subject(run, null, 1);
    this.states = new ExactStates(this.run, cache);
  }

  Subject run() {
    return run;
  }

  /** What it takes to have the state of a step. */
  public ExactStates.Takes takes(long step, boolean verify) {
    return states.takes(step, verify);
  }

  /**
   * The run at a step.
   *
   * @param verify whether a state that is trained again is verified at the next checkpoint
   */
  public Explored at(long step, boolean verify, Watch watch) {
    Explored there = known.get(step);
    boolean better = verify && there != null && open(there.state());
    if (there == null || better) {
      there = new Explored(run, names(), states.at(step, verify, watch));
      known.put(step, there);
    }
    return there;
  }

  /** The run at a step, where that is in memory. */
  public Optional<Explored> inMemory(long step) {
    return Optional.ofNullable(known.get(step));
  }

  /**
   * Takes over a state of the same run that another explorer has; what was found of the same
   * numbers before stays.
   */
  public Explored adopt(ExactState state) {
    Explored before = known.get(state.step());
    Explored now =
        before == null ? new Explored(run, names(), state) : before.called(names(), state);
    known.put(state.step(), now);
    return now;
  }

  /** Seconds of a step as the last replay had them; NaN: there was none. */
  public double secondsPerStep() {
    return states.measured();
  }

  /** Takes over what another explorer of the same run measured. */
  public void secondsPerStep(double measured) {
    states.measured(measured);
  }

  /** Whether a state may be called something better after its next checkpoint. */
  private static boolean open(ExactState state) {
    return state.next() != null
        && (state.exactness() == Exactness.REPLAYED
            || (state.exactness() == Exactness.OTHER && state.difference() == null));
  }

  private TokenNames names() {
    TokenNames own = names;
    if (own == null) {
      own = run.tokenNames();
      names = own;
    }
    return own;
  }

  @Override
  public void close() {
    run.close();
  }
}
