package refrain.catalog;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.RunSummary;
import refrain.analysis.instrument.IclEstimate;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.store.Outcome;
import refrain.store.Parent;
import refrain.store.RunFolder;
import refrain.store.RunInfo;
import refrain.train.Formation;
import refrain.train.LeakCheck;
import refrain.train.Metrics;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/**
 * A run in a row of a listing, as its own probes measured it.
 *
 * @param path its folder, from where it was looked for
 * @param link whether that is a link to the folder
 * @param id what of {@code run.json} identifies its weights, 12 hexadecimal digits
 * @param name as it was asked for
 * @param study the study that it lies in and that asks for it; null: none
 * @param variants those of the study that it is the run of, joined by commas; "": none
 * @param seed of the initial parameters
 * @param dataSeed of the batches
 * @param step the last one in its metrics
 * @param steps those that were planned
 * @param formation step at which heads had formed; null: not so far
 * @param icl in-context-learning score at the end, with its error where the summary of the run was
 *     made, else as its last probe has it; NaN: not measured
 * @param head the best prefix-matching head of the last probe; null: not measured
 * @param prefixMatching its score
 * @param loss on the evaluation set at the last probe, nats per token
 * @param state how it stands
 * @param why the reason in words
 * @param last when it ended, or wrote last
 * @param bytes that its files take
 * @param oracles interventions of its training whose place depends on the tokens, in few words; "":
 *     none, or its leak check found that the places tell nothing
 * @param parent the checkpoint of another run that it began from, RUN@STEP; null: it began anew
 */
public record RunRow(
    Path path,
    boolean link,
    String id,
    String name,
    @Nullable String study,
    String variants,
    long seed,
    long dataSeed,
    long step,
    long steps,
    @Nullable Long formation,
    IclEstimate icl,
    @Nullable HeadId head,
    double prefixMatching,
    double loss,
    State state,
    String why,
    Instant last,
    long bytes,
    String oracles,
    @Nullable String parent) {
  /** How a run stands. */
  public enum State {
    DONE,
    STOPPED,
    DIVERGED,
    RUNNING,
    INTERRUPTED;

    /** As it is written in tables and filters. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What a table's ICL scores are, in a sentence. */
  public static final String ICL_MEANS =
      "ICL: score at the end in nats, +- one standard error, over (n) sequences of the evaluation"
          + " set; without an error: of the last probe.";

  private static final Set<String> READ =
      Set.of(
          Metrics.ICL,
          Metrics.LOSS,
          Metrics.PREFIX_MATCHING,
          Metrics.PREFIX_MATCHING_HEAD,
          Metrics.PREFIX_MATCHING_CHANCE);

  /**
   * Reads a run.
   *
   * @param use the study in whose folder it lies; null: in none
   * @throws RefrainException when a file of it is damaged
   */
  public static RunRow of(RunFolder run, @Nullable StudyUse use) {
    RunInfo info = run.info();
    JsonNode spec = info.spec();
    Outcome end = run.outcome().orElse(null);
    MetricsTable metrics = run.metrics(READ);
    List<MetricsRow> probes = metrics.having(Metrics.PREFIX_MATCHING);
    MetricsRow probe = probes.isEmpty() ? MetricsRow.at(0) : probes.getLast();
    MetricsRow formed = Formation.DEFAULT.at(probes);
    double head = probe.value(Metrics.PREFIX_MATCHING_HEAD);
    String id = StudyUse.id(run, info);
    String variants = use == null ? "" : String.join(", ", use.variants(id, run));
    State state =
        end == null
            ? run.writer().isPresent() ? State.RUNNING : State.INTERRUPTED
            : switch (end.status()) {
              case DONE -> State.DONE;
              case STOPPED -> State.STOPPED;
              case DIVERGED -> State.DIVERGED;
            };
    return new RunRow(
        run.path(),
        Files.isSymbolicLink(run.path()),
        id,
        spec.path("name").asString("?"),
        variants.isEmpty() || use == null ? null : use.study(),
        variants,
        spec.path("seeds").path("init").asLong(-1),
        spec.path("seeds").path("data").asLong(-1),
        metrics.rows().isEmpty() ? 0 : metrics.rows().getLast().step(),
        spec.path("steps").asLong(-1),
        formed == null ? null : formed.step(),
        icl(run, end, metrics.having(Metrics.ICL), spec.path("probing").path("sequences").asInt(0)),
        Double.isNaN(head) || head < 0
            ? null
            : HeadId.ofIndex((int) head, spec.path("model").path("nHeads").asInt(1)),
        probe.value(Metrics.PREFIX_MATCHING),
        probe.value(Metrics.LOSS),
        state,
        end == null ? "" : end.reason(),
        end == null ? written(run.path()) : Instant.parse(end.finished()),
        bytes(run.path()),
        spec.path("interventions").isEmpty()
            ? ""
            : LeakCheck.oracles(Trainer.spec(run), LeakCheck.find(run).orElse(null)),
        info.parent().map(Parent::name).orElse(null));
  }

  private static IclEstimate icl(
      RunFolder run, @Nullable Outcome end, List<MetricsRow> probes, int sequences) {
    double[] kept =
        AnalysisStore.values(
            run,
            AnalysisKind.SUMMARY,
            end == null ? -1 : end.step(),
            RunSummary.ICL_END,
            RunSummary.ICL_END_ERROR,
            RunSummary.ICL_SEQUENCES);
    return end != null && !Double.isNaN(kept[0]) && !Double.isNaN(kept[2])
        ? new IclEstimate(kept[0], kept[1], (int) kept[2])
        : new IclEstimate(
            probes.isEmpty() ? Double.NaN : probes.getLast().value(Metrics.ICL),
            Double.NaN,
            sequences);
  }

  /** The ICL score as tables give it; "" where it was not measured. */
  public String iclWords() {
    return Double.isNaN(icl.score()) ? "" : icl.ascii() + " (" + icl.n() + ")";
  }

  /** Whether induction heads have formed. */
  public boolean formed() {
    return formation != null;
  }

  /** The seeds for people: one number where both are alike. */
  public String seeds() {
    return seed == dataSeed ? Long.toString(seed) : seed + "/" + dataSeed;
  }

  private static Instant written(Path run) {
    try {
      Path metrics = run.resolve("metrics.jsonl");
      return Files.getLastModifiedTime(Files.exists(metrics) ? metrics : run).toInstant();
    } catch (IOException e) {
      return Instant.EPOCH; // it was removed meanwhile
    }
  }

  private static long bytes(Path run) {
    long[] sum = {0};
    try {
      Files.walkFileTree(
          run.toRealPath(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              sum[0] += attributes.size();
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) {
              return FileVisitResult.CONTINUE; // a run under way renames what it wrote
            }
          });
    } catch (IOException e) {
      return sum[0]; // what could be seen of it
    }
    return sum[0];
  }
}
