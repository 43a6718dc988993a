package refrain.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.Default;
import refrain.base.GitClone;
import refrain.base.Version;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code run.json} says: everything needed to repeat the run.
 *
 * @param format the version of the run folder's layout
 * @param specHash SHA-256 of what fixes the run's weights; its first digits named the folder when
 *     it was made (programs that recorded no arithmetic hashed the whole configuration)
 * @param spec the full configuration
 * @param seeds every seed by its purpose
 * @param sessions the processes that worked on the run, the first one first
 */
public record RunInfo(
    int format, String specHash, JsonNode spec, Map<String, Long> seeds, List<Session> sessions) {
  static final int FORMAT = 1;

  static final String STEPS = "steps";
  private static final String SERIES = "series";

  /**
   * One process that worked on the run.
   *
   * @param started ISO-8601, UTC
   * @param resumedFrom the step it went on from; -1 when it began at the beginning
   * @param refrain the version of the program
   * @param arithmetic what it calculated with; null: the program did not record it yet
   * @param extendedFrom the steps that the run was planned for until this process made it longer;
   *     null: it did not
   * @param commit of the program, 40 hexadecimal digits; null: it was built from no clone, or from
   *     one that was changed
   */
  public record Session(
      String started,
      long resumedFrom,
      String refrain,
      Machine machine,
      @Nullable Arithmetic arithmetic,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Default("null") @Nullable Long extendedFrom,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Default("null") @Nullable String commit) {
    /** That of this process, which begins now and here. */
    static Session begun(long resumedFrom, Arithmetic arithmetic, @Nullable Long extendedFrom) {
      return new Session(
          now(),
          resumedFrom,
          Version.refrain(),
          Machine.here(),
          arithmetic,
          extendedFrom,
          GitClone.programCommit());
    }

    /** What it calculated with, as far as that is known. */
    public Arithmetic calculatedWith() {
      return arithmetic == null ? Arithmetic.unrecorded(machine) : arithmetic;
    }
  }

  /** The time, as a run's files write it: ISO-8601, UTC, to the second. */
  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** The checkpoint that the run began from; empty: it began anew. */
  public Optional<Parent> parent() {
    JsonNode parent = spec.path("parent");
    return parent.isObject()
        ? Optional.of(Json.read(parent, Parent.class, RunFolder.RUN + ": spec.parent"))
        : Optional.empty();
  }

  /** Whether it is a series of states of others, which was measured and never trained. */
  public boolean ofSeries() {
    return spec.path(SERIES).isObject();
  }

  /** The step of its first row. */
  public long begins() {
    return ofSeries()
        ? spec.path(SERIES).path("states").path(0).path("step").asLong(0)
        : parent().map(Parent::begins).orElse(0);
  }

  /** The sitting that made the state after a step, 1 or later. */
  public Session sittingOf(long step) {
    return sessions.stream()
        .filter(session -> session.resumedFrom < step)
        .reduce((earlier, later) -> later)
        .orElseThrow();
  }

  /**
   * The sittings whose steps a run consists of, in order: not those whose steps were lost, such as
   * one that was killed before it had saved a state, nor those that took none.
   *
   * @param last the run's last step
   */
  public static List<Session> makers(List<Session> sessions, long last) {
    List<Session> makers = new ArrayList<>();
    long through = last;
    for (Session session : sessions.reversed()) {
      long from = Math.max(session.resumedFrom, 0);
      if (from < through) {
        makers.addFirst(session);
        through = from;
      }
    }
    return makers;
  }

  /** Whether the run once ended at that step, by its plan, and was made longer then. */
  public boolean extendedAt(long step) {
    return sessions.stream().anyMatch(s -> s.extendedFrom != null && s.extendedFrom == step);
  }

  /** Steps that the run is planned for. */
  long steps() {
    return spec.path(STEPS).asLong(0);
  }

  /** The configuration with another number of steps. */
  JsonNode withSteps(JsonNode steps) {
    ObjectNode longer = (ObjectNode) spec.deepCopy();
    longer.set(STEPS, steps);
    return longer;
  }

  /** The same run, planned otherwise. */
  RunInfo planned(JsonNode otherwise, String hash) {
    return new RunInfo(format, hash, otherwise, seeds, sessions);
  }

  RunInfo with(Session session) {
    List<Session> all = new ArrayList<>(sessions);
    all.add(session);
    return new RunInfo(format, specHash, spec, seeds, List.copyOf(all));
  }
}
