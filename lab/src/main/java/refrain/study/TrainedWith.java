package refrain.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import refrain.analysis.RunSummary;
import refrain.store.Arithmetic;
import refrain.store.RunInfo;

/**
 * Runs that have ended, and the arithmetic that their steps were calculated with. A study may mix
 * machines and versions of the program, and then has to say so: each run gives its bits again only
 * under its own arithmetic, and one that changed it on the way gives them nowhere.
 *
 * @param arithmetic in the order in which it was used; more than one where these runs changed it
 * @param runs in the order of the study
 */
public record TrainedWith(List<Arithmetic> arithmetic, List<RunSummary> runs) {
  public TrainedWith {
    arithmetic = List.copyOf(arithmetic);
    runs = List.copyOf(runs);
  }

  /** Groups the runs of a study; those of which nothing was recorded are left out. */
  static List<TrainedWith> of(List<StudyResults.Run> ended) {
    Map<String, TrainedWith> groups = new LinkedHashMap<>();
    for (StudyResults.Run run : ended) {
      RunSummary summary = run.summary();
      if (summary == null) {
        continue;
      }
      List<Arithmetic> used = used(run, summary.steps());
      if (!used.isEmpty()) {
        groups.merge(words(used), new TrainedWith(used, List.of(summary)), TrainedWith::and);
      }
    }
    return List.copyOf(groups.values());
  }

  private static List<Arithmetic> used(StudyResults.Run run, long last) {
    List<Arithmetic> used = new ArrayList<>();
    for (RunInfo.Session maker : RunInfo.makers(run.sessions(), last)) {
      Arithmetic next = maker.calculatedWith();
      if (used.isEmpty() || !used.getLast().sameBits(next)) {
        used.add(next);
      }
    }
    return used;
  }

  private TrainedWith and(TrainedWith other) {
    List<RunSummary> all = new ArrayList<>(runs);
    all.addAll(other.runs);
    return new TrainedWith(arithmetic, all);
  }

  private static String words(List<Arithmetic> used) {
    return used.stream().map(Arithmetic::words).collect(Collectors.joining(", then "));
  }

  /** Whether these are not the bits of one machine and one version. */
  public static boolean mixed(List<TrainedWith> groups) {
    return groups.size() > 1 || (groups.size() == 1 && groups.getFirst().arithmetic.size() > 1);
  }

  /** What is said beside a table of the runs; "" where nothing is known. */
  public static String sentence(List<TrainedWith> groups) {
    if (!mixed(groups)) {
      return groups.isEmpty()
          ? ""
          : "Every run was trained with " + words(groups.getFirst().arithmetic) + ".";
    }
    return groups.stream()
        .map(group ->
            String.format(
                Locale.ROOT,
                "%d run%s with %s",
                group.runs.size(),
                group.runs.size() == 1 ? "" : "s",
                words(group.arithmetic)))
        .collect(
            Collectors.joining(
                "; ",
                "These runs were trained with more than one arithmetic, and each gives its bits"
                    + " again only under its own: ",
                ". Which is which stands in report.json."));
  }
}
