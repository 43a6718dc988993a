package refrain.study;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.analysis.ablation.SequenceLosses;
import refrain.base.Csv;
import refrain.base.RefrainException;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.IclIndices;
import refrain.store.AtomicFiles;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.NamedTensor;
import refrain.store.RunFolder;
import refrain.store.SafeTensorsWriter;

/**
 * What somebody without this program needs to compute every primary claim of a study again, and one
 * ablation from its weights: a folder that depends on nothing else.
 *
 * <pre>
 * claims.json             claims as judged, and which ablation the other files are of
 * columns.csv             variant, seed, quantity, value: every number that the claims use
 * step-N.safetensors      the weights of that ablation's run at three checkpoints
 * tokens.safetensors      [sequence, T + 1], its evaluation sequences
 * losses.csv.gz           step, without, sequence, early, late: their losses in nats, with and
 *                         without heads
 * </pre>
 */
public final class StudyEvidence {
  private static final Pattern OURS =
      Pattern.compile(
          "claims\\.json|columns\\.csv|losses\\.csv\\.gz|(step-\\d+|tokens)\\.safetensors");

  private final StudyFolder folder;
  private final StudyResults results;
  private final Study study;
  private final List<Verdict> primary;

  /**
   * @param results of the folder
   */
  public StudyEvidence(StudyFolder folder, StudyResults results) {
    this.folder = folder;
    this.results = results;
    this.study = results.study();
    this.primary = results.verdicts().stream().filter(v -> v.claim().primary()).toList();
  }

  /**
   * {@code claims.json}.
   *
   * @param level of all primary claims together
   * @param elsewhere primary claims that are judged together with these and of which nothing is
   *     known
   * @param seeds of the runs, upwards
   * @param ablation null: there is none
   * @param noAblation why there is none
   */
  private record Document(
      String study,
      int block,
      double level,
      int elsewhere,
      List<Integer> seeds,
      List<Judged> claims,
      @Nullable Removed ablation,
      @Nullable String noAblation) {}

  /**
   * A primary claim as it was judged; numbers that do not exist are null.
   *
   * @param paper where the paper's sentence is true; null: it says nothing
   */
  private record Judged(
      String id,
      String sentence,
      int seeds,
      Test test,
      @Nullable Test control,
      @Nullable Bar paper,
      double level,
      @Nullable Double p,
      Verdict.Ruling ruling,
      Found found,
      @Nullable Found foundOfControl) {
    static Judged of(Verdict v) {
      Claim claim = v.claim();
      Paper paper = claim.paper();
      return new Judged(
          claim.id(),
          claim.sentence(),
          claim.seeds(),
          claim.test(),
          claim.control(),
          paper == null ? null : paper.region(claim.test()),
          v.level(),
          finite(v.p()),
          v.ruling(),
          Found.of(v.estimate()),
          v.control() == null ? null : Found.of(v.control()));
    }
  }

  /** An estimate with its interval at the level at which it was judged, and the 95 % one. */
  private record Found(
      int n,
      int missing,
      @Nullable Double estimate,
      @Nullable Double p,
      @Nullable Double low,
      @Nullable Double high,
      @Nullable Double low95,
      @Nullable Double high95) {
    static Found of(Estimate e) {
      return new Found(
          e.n(),
          e.missing(),
          finite(e.value()),
          finite(e.p()),
          finite(e.low()),
          finite(e.high()),
          finite(e.usual().low()),
          finite(e.usual().high()));
    }
  }

  /**
   * Which ablation can be computed again.
   *
   * @param claim that rests on it
   * @param early indices whose losses are averaged, the first and the last
   * @param late the same
   * @param steps of the checkpoints, upwards; quantities are of the last
   * @param cuts the sets of heads that each quantity is the mean share of, such as "1.3 1.5"
   */
  private record Removed(
      String claim,
      String variant,
      int seed,
      String run,
      ModelSpec model,
      List<Integer> early,
      List<Integer> late,
      List<Long> steps,
      Map<String, List<String>> cuts) {}

  /** A run with what it loses without heads. */
  private record Read(Removed removed, RunFolder run, SequenceLosses losses) {}

  /** How much was written. */
  public record Size(int claims, int files, long bytes) {}

  /**
   * Writes all of it, or nothing; an earlier export is replaced.
   *
   * @param threads for forward passes; no number depends on it
   * @throws RefrainException where the study has no primary claim, or the folder holds anything
   *     else
   */
  public Size write(Path to, int threads) {
    if (primary.isEmpty()) {
      throw RefrainException.badInput(
          "%s: its %s claims are exploratory, and evidence is of primary ones; give one of them"
              + " 'kind: PRIMARY'",
          study.name(), results.verdicts().size());
    }
    refuseOthers(to);
    Claim ablated = ablated();
    Study.Cell cell = ablated == null ? null : cell(ablated);
    Read read = ablated == null || cell == null ? null : read(ablated, cell, threads);
    String none =
        ablated == null
            ? "no primary claim is about a share of the ICL score lost to an ablation"
            : "no run of " + ablated.test().variants().getFirst() + " has the number";
    Map<String, AtomicFiles.Body> files = new LinkedHashMap<>();
    files.put("claims.json", text(Json.pretty(document(read, none)) + "\n"));
    files.put("columns.csv", text(columns()));
    if (read != null) {
      for (long step : read.removed.steps) {
        Path model = read.run.checkpoints().at(step).folder().resolve(Checkpoint.MODEL);
        files.put("step-" + step + ".safetensors", out -> Files.copy(model, out));
      }
      NamedTensor tokens = tensor(read.losses.tokens());
      files.put(
          "tokens.safetensors",
          out -> SafeTensorsWriter.writeTo(out, List.of(tokens), Map.of("format", "pt")));
      byte[] losses = packed(losses(read.losses));
      files.put("losses.csv.gz", out -> out.write(losses));
    }
    AtomicFiles.writeFolder(to, files);
    return new Size(primary.size(), files.size(), bytes(to, files.keySet()));
  }

  private Document document(@Nullable Read read, String none) {
    return new Document(
        study.name(),
        study.block(),
        Evidence.USUAL,
        study.primaryElsewhere(),
        seeds(),
        primary.stream().map(Judged::of).toList(),
        read == null ? null : read.removed,
        read == null ? none : null);
  }

  private List<Integer> seeds() {
    return study.cells().stream().map(Study.Cell::seed).distinct().sorted().toList();
  }

  /** Numbers of runs that were analysed, each once. */
  private String columns() {
    Set<String> rows = new LinkedHashSet<>(List.of("variant,seed,quantity,value"));
    for (Verdict verdict : primary) {
      Stream.of(verdict.claim().test(), verdict.claim().control())
          .filter(Objects::nonNull)
          .forEach(test -> rows.addAll(rows(test)));
    }
    return String.join("\n", rows) + "\n";
  }

  private List<String> rows(Test test) {
    List<String> rows = new ArrayList<>();
    for (String variant : test.variants()) {
      Stream.of(test.quantity(), test.placebo(), test.given())
          .filter(Objects::nonNull)
          .forEach(quantity -> rows.addAll(rows(variant, quantity)));
      String of = Objects.requireNonNullElse(test.against(), variant);
      rows.addAll(rows(of, Objects.requireNonNullElse(test.other(), test.quantity())));
    }
    return rows;
  }

  private List<String> rows(String variant, String quantity) {
    List<String> rows = new ArrayList<>();
    for (int seed : study.seeds(study.variant(variant))) {
      Double value = results.quantity(variant, seed, quantity);
      if (value != null) {
        rows.add(Csv.cell(variant) + "," + seed + "," + quantity + "," + MetricsRow.text(value));
      }
    }
    return rows;
  }

  /** The first claim about a share that can be computed again; null: there is none. */
  private @Nullable Claim ablated() {
    return primary.stream()
        .map(Verdict::claim)
        .filter(claim -> SequenceLosses.gives(claim.test().quantity()))
        .findFirst()
        .orElse(null);
  }

  /** The first run with all numbers of the claim's test. */
  private Study.@Nullable Cell cell(Claim claim) {
    String variant = claim.test().variants().getFirst();
    return results.cells(variant).stream()
        .filter(cell -> cell.spec().interventions().isEmpty())
        .filter(
            cell -> shares(claim).allMatch(q -> known(results.quantity(variant, cell.seed(), q))))
        .findFirst()
        .orElse(null);
  }

  private static boolean known(@Nullable Double value) {
    return value != null && Double.isFinite(value);
  }

  private static Stream<String> shares(Claim claim) {
    return Stream.of(claim.test().quantity(), claim.test().other())
        .flatMap(Stream::ofNullable)
        .filter(SequenceLosses::gives);
  }

  private Read read(Claim claim, Study.Cell cell, int threads) {
    RunFolder run = folder.find(cell).orElseThrow();
    try (Subject subject = new Subject(run, null, threads)) {
      SequenceLosses losses = SequenceLosses.of(subject, shares(claim).toList());
      IclIndices icl = losses.indices();
      int context = subject.spec().context();
      Map<String, List<String>> cuts = new LinkedHashMap<>();
      losses
          .cuts()
          .forEach((quantity, sets) ->
              cuts.put(quantity, sets.stream().map(StudyEvidence::words).toList()));
      Removed removed =
          new Removed(
              claim.id(),
              cell.variant().name(),
              cell.seed(),
              run.path().getFileName().toString(),
              subject.model(),
              window(icl.first(icl.early(), context), icl),
              window(icl.first(icl.late(), context), icl),
              losses.steps(),
              cuts);
      return new Read(removed, run, losses);
    }
  }

  private static List<Integer> window(int first, IclIndices icl) {
    return List.of(first, first + 2 * icl.halfWidth());
  }

  private static String words(List<HeadId> heads) {
    return heads.stream().map(HeadId::toString).collect(Collectors.joining(" "));
  }

  private static String losses(SequenceLosses losses) {
    StringBuilder rows = new StringBuilder("step,without,sequence,early,late\n");
    for (SequenceLosses.Reading r : losses.readings()) {
      for (int s = 0; s < r.early().length; s++) {
        rows.append(r.step() + "," + words(r.without()) + "," + s + ",")
            .append(r.early()[s] + "," + r.late()[s] + "\n");
      }
    }
    return rows.toString();
  }

  /** Token ids as float32, which holds them exactly. */
  private static NamedTensor tensor(int[][] tokens) {
    float[] values = new float[tokens.length * tokens[0].length];
    IntStream.range(0, values.length)
        .forEach(i -> values[i] = tokens[i / tokens[0].length][i % tokens[0].length]);
    return new NamedTensor("tokens", new int[] {tokens.length, tokens[0].length}, values);
  }

  private static AtomicFiles.Body text(String text) {
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] packed(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return bytes.toByteArray();
  }

  private static @Nullable Double finite(double x) {
    return Double.isFinite(x) ? x : null;
  }

  /** A folder that is replaced holds an earlier export and nothing else. */
  private static void refuseOthers(Path to) {
    if (Files.exists(to) && !Files.isDirectory(to)) {
      throw RefrainException.badInput("%s: is a file, expected a folder; choose another", to);
    }
    if (!Files.exists(to)) {
      return;
    }
    try (Stream<Path> entries = Files.list(to)) {
      Optional<String> other =
          entries
              .map(entry -> entry.getFileName().toString())
              .filter(name -> !OURS.matcher(name).matches())
              .min(String::compareTo);
      if (other.isPresent()) {
        throw RefrainException.badInput(
            "%s: holds %s, which is no file of an export; expected an empty folder, an earlier"
                + " export or a new name",
            to, other.get());
      }
    } catch (IOException e) {
      throw RefrainException.disk(to + ": cannot be listed: " + e.getMessage(), e);
    }
  }

  private static long bytes(Path folder, Set<String> files) {
    return files.stream().mapToLong(name -> folder.resolve(name).toFile().length()).sum();
  }
}
