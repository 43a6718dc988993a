package refrain.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What {@code run.json} says: everything needed to repeat the run.
 *
 * @param format the version of the run folder's layout
 * @param specHash SHA-256 of the canonical specification; its first digits name the run
 * @param spec the full configuration
 * @param seeds every seed by its purpose
 * @param sessions the processes that worked on the run, the first one first
 */
public record RunInfo(
    int format, String specHash, JsonNode spec, Map<String, Long> seeds, List<Session> sessions) {
  static final int FORMAT = 1;

  /**
   * One process that worked on the run.
   *
   * @param started ISO-8601, UTC
   * @param resumedFrom the step it went on from; -1 when it began at the beginning
   * @param refrain the version of the program
   */
  public record Session(String started, long resumedFrom, String refrain, Machine machine) {}

  RunInfo with(Session session) {
    List<Session> all = new ArrayList<>(sessions);
    all.add(session);
    return new RunInfo(format, specHash, spec, seeds, List.copyOf(all));
  }
}
