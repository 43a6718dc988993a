package refrain.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.AnalysisStore;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.scan.SeriesScan;
import refrain.catalog.Catalog;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.SeriesPlaces;
import refrain.store.RunFolder;

/** {@code refrain scan --series}: several checkpoints of one model become a run. */
final class ScannedSeries {
  private static final Path RUNS = Path.of("runs");

  private ScannedSeries() {}

  /**
   * Measures them.
   *
   * @param places files and folders as they were named
   * @param out the run's folder; null: one in runs/ by its identifier
   * @param like a run on whose sequences they are measured; null: on English
   * @param says what is said on the way and at the end
   */
  static void scan(
      List<Path> places,
      @Nullable Path out,
      @Nullable String like,
      boolean keep,
      int threads,
      ScanProgress progress,
      Consumer<String> says) {
    List<SeriesPlaces.At> found = SeriesPlaces.of(places);
    RunFolder run = like == null ? null : RunFolder.at(Catalog.named(like));
    SeriesScan series = SeriesScan.of(found, name(places), run, keep, threads);
    Path folder = out == null ? RUNS.resolve(series.spec().id()) : out;
    SeriesScan.Result result = series.run(folder, progress);
    progress.end();
    result.warnings().forEach(warning -> says.accept("warning: " + warning));
    says.accept(
        "Run: %s, %s of %s checkpoints measured"
            .formatted(folder, result.measured(), result.all()));
    if (result.measured() < result.all()) {
      says.accept("Stopped; the same command goes on with the others");
      return;
    }
    RunEnding.of(folder, threads).forEach(says);
    date(RunFolder.at(folder), threads).ifPresent(says);
  }

  /** Keeps when its curves changed, as studies do for their runs; says so of the ICL score. */
  private static Optional<String> date(RunFolder folder, int threads) {
    Findings dates;
    try (Subject run = new Subject(folder, null, threads)) {
      dates = AnalysisKind.DATING.analysis().of(run);
    }
    AnalysisStore.keep(folder, AnalysisKind.DATING, null, dates);
    double tau = dates.value("date.icl.tau");
    return Double.isNaN(tau)
        ? Optional.empty()
        : Optional.of(
            String.format(
                Locale.ROOT,
                "The ICL score %s at step %.0f [%.0f, %.0f]",
                dates.value("date.icl.exists") > 0 ? "changed" : "bent",
                tau,
                dates.value("date.icl.low"),
                dates.value("date.icl.high")));
  }

  /** What the model is called: the first place's own name, or the folder's that holds them. */
  private static String name(List<Path> places) {
    Path first = places.getFirst().toAbsolutePath().normalize();
    String own = ModelOnDisk.name(first);
    Path parent = first.getParent();
    if (own.contains("/") || parent == null || parent.getFileName() == null) {
      return own;
    }
    boolean snapshot = parent.getFileName().toString().equals("snapshots");
    Path holder = snapshot && parent.getParent() != null ? parent.getParent() : parent;
    return ModelOnDisk.name(holder);
  }
}
