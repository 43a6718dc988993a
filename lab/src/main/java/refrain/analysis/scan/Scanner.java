package refrain.analysis.scan;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Verdict;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.LayerStream;
import refrain.model.ModelSpec;
import refrain.model.Streams;
import refrain.model.WeightSource;
import refrain.probe.Definition;
import refrain.probe.DuplicateToken;
import refrain.probe.HeadMeasure;
import refrain.probe.HeadReading;
import refrain.probe.PrefixMatching;
import refrain.probe.PreviousToken;
import refrain.probe.RepeatedSequences;
import refrain.probe.StartAttention;
import refrain.probe.Stimulus;
import refrain.probe.TokenPool;

/**
 * Goes through a model layer by layer and says what each head does. All sequences pass one block
 * before the next is read, patterns are reduced to scores as they are made, and no weight is in
 * memory but those of one matrix.
 *
 * <p>Not thread-safe; to be closed.
 */
public final class Scanner implements AutoCloseable {
  private final LayerStream stream;
  private final ModelSpec spec;
  private final RepeatedSequences repeated;
  private final @Nullable Batch partners;
  private final List<String> notes = new ArrayList<>();
  private final Progress progress;

  /**
   * @param weights of the model
   * @param repeated what is read
   * @param partners the same sequences without repeats; null: no head gets a verdict
   * @param threads results do not depend on it
   */
  private Scanner(
      WeightSource weights,
      RepeatedSequences repeated,
      @Nullable Batch partners,
      int threads,
      Progress progress) {
    this.stream = new LayerStream(weights, threads);
    this.spec = weights.spec();
    this.repeated = repeated;
    this.partners = partners;
    this.progress = progress;
  }

  /**
   * On sequences of random tokens.
   *
   * @param context positions that sequences may have at most
   * @param seed of their draw
   * @param pairs of sequences, with a match and without
   */
  public static Scanner of(
      WeightSource weights,
      TokenPool pool,
      int context,
      long seed,
      int pairs,
      int threads,
      Progress progress) {
    Optional<String> none = Match.impossible(pool, context);
    RepeatedSequences repeated =
        RepeatedSequences.draw(
            pool, seed, pairs, none.isPresent() ? context : Match.longest(pool, context));
    Scanner scanner =
        new Scanner(
            weights,
            repeated,
            none.isPresent() ? null : Match.partners(repeated, seed),
            threads,
            progress);
    none.ifPresent(scanner.notes::add);
    return scanner;
  }

  /** On given repeated sequences alone, such as those of a run's probes: no verdicts. */
  public static Scanner on(
      WeightSource weights, RepeatedSequences repeated, int threads, Progress progress) {
    return new Scanner(weights, repeated, null, threads, progress);
  }

  /** The measures of attention, in the order of their columns. */
  private List<HeadMeasure> measures() {
    return List.of(
        new PrefixMatching(repeated),
        new DuplicateToken(),
        new PreviousToken(Stimulus.REPEATED),
        new StartAttention());
  }

  /** What the numbers of {@link #heads} mean. */
  public List<Definition> definitions() {
    List<Definition> all = new ArrayList<>();
    measures().forEach(measure -> all.add(measure.definition()));
    all.add(OvCopying.MEASURE.definition());
    if (partners != null) {
      all.add(Match.definition(repeated.batch().size()));
    }
    return all;
  }

  /** What could not be had and why. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  /** What is read, in words. */
  public String text() {
    return repeated.describe() + (partners == null ? "" : ", and as many that repeat no token");
  }

  /**
   * All heads, layer by layer; of the layers that were done, without verdicts, where progress did
   * not go on.
   */
  public List<HeadRow> heads() {
    List<HeadMeasure> measures = measures();
    int[][] tokens = repeated.batch().tokens();
    int n = tokens.length;
    int all = spec.nLayers() * spec.nHeads();
    double[][][] scores = new double[measures.size()][all][n];
    double[][] without = new double[all][n];
    double[] copying = new double[all];
    Streams streams = stream.embed(read());
    if (!progress.goOn(0, "embeddings")) {
      return List.of();
    }
    OvCopying ov = new OvCopying(stream);
    int done = 0;
    while (done < spec.nLayers()
        && progress.goOn(done / (double) spec.nLayers(), "layer " + done)) {
      int layer = done++;
      stream.attend(
          layer,
          streams,
          0,
          s -> s,
          (s, pattern) -> {
            for (int h = 0; h < spec.nHeads(); h++) {
              int head = layer * spec.nHeads() + h;
              HeadReading reading = new HeadReading(tokens[s % n], layer, h, pattern);
              if (s >= n) {
                without[head][s - n] = measures.getFirst().of(reading);
                continue;
              }
              for (int m = 0; m < measures.size(); m++) {
                scores[m][head][s] = measures.get(m).of(reading);
              }
            }
          });
      System.arraycopy(ov.of(layer), 0, copying, layer * spec.nHeads(), spec.nHeads());
      if (done < spec.nLayers()) {
        stream.write(layer, streams);
      }
    }
    boolean whole = done == spec.nLayers();
    if (!whole) {
      notes.add(
          "stopped after %s of %s layers: no head has a verdict before all are read"
              .formatted(done, spec.nLayers()));
    }
    Map<HeadId, Match> matches =
        whole && partners != null
            ? Match.of(scores[0], without, spec.nHeads())
            : Map.<HeadId, Match>of();
    List<HeadRow> rows = new ArrayList<>();
    for (int h = 0; h < done * spec.nHeads(); h++) {
      HeadId head = HeadId.ofIndex(h, spec.nHeads());
      Map<String, Double> own = new LinkedHashMap<>();
      for (int m = 0; m < measures.size(); m++) {
        own.put(measures.get(m).definition().key(), mean(scores[m][h]));
      }
      own.put(OvCopying.MEASURE.definition().key(), copying[h]);
      rows.add(new HeadRow(head, own, matches.get(head), null));
    }
    return rows;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  /** [sequence, T]: the repeated ones, then their partners. */
  private int[][] read() {
    List<int[]> all = new ArrayList<>(List.of(repeated.batch().tokens()));
    if (partners != null) {
      all.addAll(List.of(partners.tokens()));
    }
    return positions(all.toArray(int[][]::new));
  }

  /** Without the last token, a target that nothing reads. */
  static int[][] positions(int[][] tokens) {
    return Arrays.stream(tokens).map(x -> Arrays.copyOf(x, x.length - 1)).toArray(int[][]::new);
  }

  /**
   * What changes without heads, one at a time.
   *
   * @param heads which
   * @param by what stands in their places
   * @param rows of {@link #heads}, by which paths are chosen; empty: no paths
   * @param text [sequence, T + 1] to read beside the repeated tokens
   * @param words what that is
   */
  public Effects effects(
      List<HeadId> heads, List<Effects.By> by, List<HeadRow> rows, int[][] text, String words) {
    heads.forEach(head -> head.check(spec));
    RefrainException.require(text.length > 0, "no text to read without heads");
    List<Effects.Without> without = new Ablations(stream, repeated, text, progress).of(heads, by);
    List<Effects.Path> paths =
        without.size() < heads.size() * by.size()
            ? List.of()
            : new PathPatching(stream, repeated, progress).of(senders(rows), receivers(rows));
    if (without.size() < heads.size() * by.size()) {
      notes.add(
          "stopped: %s of %s heads were taken out"
              .formatted(without.size() / by.size(), heads.size()));
    }
    return new Effects(without, paths, heads.size(), words);
  }

  /** The induction heads. */
  public static List<HeadId> receivers(List<HeadRow> rows) {
    return rows.stream()
        .filter(row -> row.verdict() == Verdict.INDUCTION)
        .map(HeadRow::head)
        .toList();
  }

  /** The heads that look most at the token before, of which a path can begin. */
  private static List<HeadId> senders(List<HeadRow> rows) {
    String key = new PreviousToken(Stimulus.REPEATED).definition().key();
    return rows.stream()
        .filter(row -> row.score(key) >= PathPatching.PREVIOUS)
        .sorted(Comparator.comparingDouble(row -> -row.score(key)))
        .limit(PathPatching.SENDERS)
        .map(HeadRow::head)
        .toList();
  }

  @Override
  public void close() {
    stream.close();
  }
}
