package refrain.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Curves;
import refrain.analysis.Findings;
import refrain.analysis.NamedPattern;
import refrain.analysis.RunSummary;
import refrain.base.GitClone;
import refrain.store.RunInfo;
import refrain.train.Formation;

/**
 * A study as its folder stood when {@link StudyFolder#read} read it: its runs, what was found of
 * them, and the verdicts. Tables, reports, pictures and programs all take this one value, so that
 * each file is read and each claim is judged once a command.
 */
public final class StudyResults {

  /**
   * A run that has begun, as far as it had come.
   *
   * @param cell its variant, seed and specification
   * @param sessions the sittings in which it was trained
   * @param curves what its probes measured; may be empty
   * @param summary null while it has not ended, and of a model on disk
   * @param findings what is known of it, an entry an analysis; none while it has not ended
   * @param pattern the attention of its best head at its end
   */
  public record Run(
      Study.Cell cell,
      List<RunInfo.Session> sessions,
      Curves curves,
      @Nullable RunSummary summary,
      Map<AnalysisKind, Findings> findings,
      Optional<NamedPattern> pattern) {
    public Run {
      sessions = List.copyOf(sessions);
      Map<AnalysisKind, Findings> ordered = new EnumMap<>(AnalysisKind.class);
      ordered.putAll(findings);
      findings = ordered;
    }

    /** An arm whose model lies on disk. */
    static Run arm(Study.Cell cell, List<RunInfo.Session> sessions, Findings found) {
      Map<AnalysisKind, Findings> findings = Map.of(AnalysisKind.ON_DISK, found);
      return new Run(cell, sessions, Curves.NONE, null, findings, Optional.empty());
    }

    /** Whether there is no more to come of it. */
    boolean ended() {
      return summary != null || cell.trained() == null;
    }
  }

  private final Study study;
  private final List<Study.Cell> cells;
  private final Map<String, Run> runs = new HashMap<>();
  private final Map<String, Findings> findings = new HashMap<>();
  private final List<RunSummary> summaries = new ArrayList<>();
  private final List<Verdict> verdicts;
  private final Rates rates;
  private final Registration.@Nullable Status registration;

  /**
   * @param clone the one that the program was built in
   */
  StudyResults(Study study, List<Study.Cell> cells, List<Run> begun, Optional<GitClone> clone) {
    this.study = study;
    this.cells = List.copyOf(cells);
    for (Run run : begun) {
      String label = run.cell().label();
      runs.put(label, run);
      if (run.summary() != null) {
        summaries.add(run.summary());
      }
      if (run.ended()) {
        Findings all = new Findings();
        run.findings().values().forEach(all::putAll);
        findings.put(label, all);
      }
    }
    this.verdicts = List.copyOf(new Judge(study, this::quantity).verdicts());
    this.rates = Rates.of(study);
    this.registration =
        Study.names().contains(study.name())
            ? Registration.status(study, begun.stream().filter(Run::ended).toList(), clone)
            : null;
  }

  /** A number of a run as claims are judged by it; null where it is not known. */
  @Nullable Double quantity(String variant, int seed, String quantity) {
    Run run = runs.get(Study.label(variant, seed));
    Findings found = run == null ? null : run.findings().get(AnalysisKind.giving(quantity));
    return found == null ? null : (Double) found.value(quantity);
  }

  public Study study() {
    return study;
  }

  /** Whether its claims were registered before they were run; empty: it is a study of one's own. */
  public Optional<Registration.Status> registration() {
    return Optional.ofNullable(registration);
  }

  /** Every block of the study that was ever registered. */
  public List<Registration.Block> blocks() {
    return registration == null ? List.of() : Registration.blocks(study.name());
  }

  /** All runs of the study, begun or not, in the order of its variants and seeds. */
  public List<Study.Cell> cells() {
    return cells;
  }

  /** All runs by the kind of data that they are trained on; those on one kind compare. */
  public Map<String, List<Study.Cell>> byData() {
    Map<String, List<Study.Cell>> groups = new LinkedHashMap<>();
    for (Study.Cell cell : cells) {
      groups.computeIfAbsent(cell.data(), any -> new ArrayList<>()).add(cell);
    }
    return groups;
  }

  /** Runs that have ended in a few numbers, in the order of the study. */
  public List<RunSummary> runs() {
    return List.copyOf(summaries);
  }

  /** What the runs that have ended were trained with, a group an arithmetic. */
  public List<TrainedWith> trainedWith() {
    return TrainedWith.of(cells.stream().flatMap(cell -> run(cell).stream()).toList());
  }

  /** The verdicts on all claims, in the order of the study. */
  public List<Verdict> verdicts() {
    return verdicts;
  }

  /**
   * How a claim fares where it is false and where it is true; empty where that is not simulated.
   */
  public Optional<Rates.Rate> rate(Claim claim) {
    return rates.of(claim);
  }

  /** How many claims of a kind hold, and how many do not and why. */
  public Tally tally(Claim.Kind kind) {
    return Tally.of(kind, verdicts);
  }

  /** The verdicts on the claims of one argument. */
  public List<Verdict> verdicts(String argument) {
    return verdicts.stream().filter(v -> v.claim().argument().equals(argument)).toList();
  }

  /** The verdict on a claim; empty where the study has no such claim. */
  public Optional<Verdict> verdict(String claim) {
    return verdicts.stream().filter(v -> v.claim().id().equals(claim)).findFirst();
  }

  /** A run as far as it had come; empty where it was not begun. */
  public Optional<Run> run(Study.Cell cell) {
    return Optional.ofNullable(runs.get(cell.label()));
  }

  /** Whether a variant of that name has at least one run that has ended. */
  public boolean has(String variant) {
    return !cells(variant).isEmpty();
  }

  /** The cells of a variant whose runs have ended; none where the study has no such variant. */
  public List<Study.Cell> cells(String variant) {
    return cells.stream()
        .filter(c -> c.variant().name().equals(variant) && findings.containsKey(c.label()))
        .toList();
  }

  /**
   * Everything found of a run.
   *
   * @throws IllegalArgumentException when it has not ended
   */
  public Findings findings(Study.Cell cell) {
    Findings found = findings.get(cell.label());
    if (found == null) {
      throw new IllegalArgumentException(cell.label() + " has not ended");
    }
    return found;
  }

  /** A quantity of every run of a variant that has ended, in the order of seeds; NaN where none. */
  public double[] values(String variant, String quantity) {
    return cells(variant).stream().mapToDouble(c -> findings(c).value(quantity)).toArray();
  }

  /** The mean of the finite values; NaN where there is none. */
  public double mean(String variant, String quantity) {
    return Arrays.stream(values(variant, quantity))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }

  /** The curves of a run so far; empty where nothing was measured yet. */
  public Optional<Curves> curves(Study.Cell cell) {
    return run(cell).map(Run::curves).filter(c -> !c.isEmpty());
  }

  /** A run's loss by token index before its heads formed and at its end, nats: [2, T]. */
  public Optional<double[][]> lossByIndex(Study.Cell cell) {
    return curves(cell)
        .map(c ->
            new double[][] {
              c.lossByIndex()[c.before(Formation.DEFAULT, cell.spec().steps())],
              c.lossByIndex()[c.last()]
            });
  }

  /** The attention of a run's best head at its end. */
  public Optional<NamedPattern> pattern(Study.Cell cell) {
    return run(cell).flatMap(Run::pattern);
  }

  /** The sitting that began last among all runs; empty where none has begun. */
  public Optional<RunInfo.Session> lastSession() {
    return cells.stream()
        .map(cell -> runs.get(cell.label()))
        .filter(Objects::nonNull)
        .flatMap(run -> run.sessions().stream())
        .reduce((a, b) -> b.started().compareTo(a.started()) > 0 ? b : a);
  }
}
