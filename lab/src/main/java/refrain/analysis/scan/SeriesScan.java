package refrain.analysis.scan;

import static refrain.base.RefrainException.require;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.OnDisk;
import refrain.base.Digests;
import refrain.base.RefrainException;
import refrain.data.DataSource;
import refrain.data.GivenWindows;
import refrain.data.TextSource;
import refrain.model.LayerStream;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.SeriesPlaces;
import refrain.pretrained.token.ModelTokenizer;
import refrain.probe.Definition;
import refrain.probe.HeadScores;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.ProbeSpec;
import refrain.probe.TokenPool;
import refrain.store.CheckpointSchedule;
import refrain.store.HeadPattern;
import refrain.store.Json;
import refrain.store.MetricsRow;
import refrain.store.RunFolder;
import refrain.store.SeriesWriter;
import refrain.train.EngineKind;
import refrain.train.Engines;
import refrain.train.OptimizerSpec;
import refrain.train.Probing;
import refrain.train.RunProbe;
import refrain.train.RunSpec;
import refrain.train.RunText;
import refrain.train.Seeds;
import refrain.train.Series;
import refrain.train.Snapshot;
import refrain.train.StopRule;
import refrain.train.Trainer;

/**
 * Makes a run of checkpoints that others trained: each is opened and measured by the probes of a
 * run, a row a checkpoint, so that whatever reads a run reads them. One checkpoint is in memory at
 * a time; the weights of the last one are kept in the run's folder, those of all where that is
 * asked for.
 */
public final class SeriesScan {
  /** Sequences of text that losses are taken of. */
  private static final int SEQUENCES = 16;

  private static final String STATES = "series.json";

  /**
   * What the probes read of a model whose own they are not. Eigenvalues are those of a scan, which
   * are as good and take a hundredth of the time where the vocabulary is large.
   */
  private static final ProbeSpec MEASURES =
      ProbeSpec.DEFAULT.withMeasures(
          MeasureKind.LOSS,
          MeasureKind.ICL,
          MeasureKind.PREFIX_MATCHING,
          MeasureKind.PREVIOUS_TOKEN,
          MeasureKind.REPEATED_LOSS,
          MeasureKind.PREVIOUS_TOKEN_REPEATED,
          MeasureKind.DUPLICATE_TOKEN,
          MeasureKind.START_ATTENTION);

  private final RunSpec spec;
  private final Series series;
  private final @Nullable RunFolder like;
  private final boolean keepsAll;
  private final int threads;

  private SeriesScan(
      RunSpec spec, Series series, @Nullable RunFolder like, boolean keepsAll, int threads) {
    this.spec = spec;
    this.series = series;
    this.like = like;
    this.keepsAll = keepsAll;
    this.threads = threads;
  }

  /**
   * What is to be measured.
   *
   * @param places checkpoints by step
   * @param name of the run
   * @param like a run on whose evaluation set and random tokens the checkpoints are measured, by
   *     its measures; null: on English that comes with the program
   * @param keepsAll whether the weights of every checkpoint are kept, 4 bytes each
   * @param threads results do not depend on it
   * @throws RefrainException of kind BAD_INPUT where the first checkpoint cannot be measured so
   */
  public static SeriesScan of(
      List<SeriesPlaces.At> places,
      String name,
      @Nullable RunFolder like,
      boolean keepsAll,
      int threads) {
    Series series =
        new Series(
            places.stream()
                .map(at ->
                    new Series.State(at.step(), at.place().toAbsolutePath().normalize().toString()))
                .toList());
    try (ModelOnDisk first = ModelOnDisk.open(places.getFirst().place())) {
      OnDisk.checkMemory(places.getFirst().place().toString(), first.weights());
      RunSpec spec =
          like == null ? onEnglish(first, series, name) : like(like, first, series, name);
      return new SeriesScan(spec, series, like, keepsAll, threads);
    }
  }

  private static RunSpec onEnglish(ModelOnDisk first, Series series, String name) {
    ModelSpec model = first.within(OnDisk.MOST_POSITIONS).spec();
    ModelTokenizer tokenizer =
        first
            .tokenizer()
            .orElseThrow(() ->
                RefrainException.badInput(
                    "%s: has no tokenizer, so there is no text to read; put its tokenizer.json beside"
                        + " its weights, or measure on a run's sequences: --like RUN",
                    first.found().place()));
    TokenPool pool = OnDisk.pool(first);
    boolean[] drawn = new boolean[model.dVocab()];
    for (int token : pool.tokens()) {
      drawn[token] = true;
    }
    OptionalInt start = first.start();
    GivenWindows data =
        new GivenWindows(
            model.dVocab(),
            start.orElse(TokenPool.NO_START),
            IntStream.range(0, drawn.length).filter(token -> !drawn[token]).boxed().toList(),
            OnDisk.windows(tokenizer, SEQUENCES, model.nCtx() + 1));
    return new RunSpec(
        name,
        model,
        data,
        OptimizerSpec.defaults().withSchedule(0, OptimizerSpec.Decay.CONSTANT, 0),
        1,
        model.nCtx(),
        steps(series),
        Seeds.replicate(0),
        List.of(),
        new Probing(1, 1, SEQUENCES, MEASURES),
        new CheckpointSchedule.At(List.of()),
        EngineKind.FUSED,
        new StopRule.Never(),
        null,
        List.of(),
        List.of(),
        null,
        series);
  }

  private static RunSpec like(RunFolder like, ModelOnDisk first, Series series, String name) {
    RunSpec run = Trainer.spec(like);
    ModelSpec model = first.within(run.context()).spec();
    require(
        model.dVocab() == run.model().dVocab() && model.nCtx() >= run.context(),
        "--like %s: reads sequences of %s out of %s tokens, and %s knows %s tokens and reads at most"
            + " %s",
        like.path(),
        run.context(),
        run.model().dVocab(),
        first.found().place(),
        model.dVocab(),
        model.nCtx());
    return run.with(
        s -> s.name = name,
        s -> s.model = model,
        s -> s.steps = Math.max(steps(series), run.steps()),
        s -> s.interventions = List.of(),
        s -> s.checkpoints = new CheckpointSchedule.At(List.of()),
        s -> s.stop = new StopRule.Never(),
        s -> s.parent = null,
        s -> s.series = series);
  }

  private static int steps(Series series) {
    return (int) series.states().getLast().step();
  }

  /** The configuration of the run that is made. */
  public RunSpec spec() {
    return spec;
  }

  /**
   * A checkpoint as it was read.
   *
   * @param sha256 of its parameters as float32 in our order
   */
  private record Read(long step, String place, String sha256) {}

  /**
   * What came of it.
   *
   * @param measured checkpoints that have a row
   * @param all that there are
   * @param warnings such as neighbours with the same weights
   */
  public record Result(int measured, int all, List<String> warnings) {
    public Result {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * Measures what has no row yet.
   *
   * @param folder of the run; made when missing
   * @throws RefrainException where a checkpoint cannot be opened or is of another shape; the rows
   *     before it are kept
   */
  public Result run(Path folder, Progress progress) {
    Map<String, Long> seeds = Map.of("evaluation", spec.seeds().evaluation());
    List<Series.State> states = series.states();
    DataSource data = like == null ? spec.openData() : RunText.open(like.path(), spec);
    RunProbe probe = RunProbe.of(spec, data);
    try (SeriesWriter writer =
            SeriesWriter.open(
                folder, Json.tree(spec), spec.identity(), seeds, Engines.arithmetic());
        Transformer engine = Engines.create(spec.engine(), spec.model(), threads)) {
      writer.writeJson(Trainer.MEASURES, definitions(probe));
      if (data instanceof TextSource text) {
        RunText.keep(folder, text);
      }
      List<Read> read = new ArrayList<>(before(writer));
      int done = read.size();
      long began = System.nanoTime();
      while (done < states.size()
          && progress.goOn(done / (double) states.size(), "step " + states.get(done).step())) {
        Series.State state = states.get(done++);
        boolean last = done == states.size();
        MetricsRow row = MetricsRow.at(state.step());
        Parameters parameters = parameters(state, row);
        read.add(new Read(state.step(), state.place(), sha256(parameters)));
        probe.measure(engine, parameters, row);
        if (keepsAll || last) {
          writer.keep(Snapshot.weights((int) state.step(), parameters));
        }
        if (last) {
          writer.writeJson(HeadPattern.FILE, probe.pattern(engine, parameters, (int) state.step()));
        }
        writer.writeJson(STATES, read);
        writer.append(row);
      }
      double seconds = Trainer.seconds(writer.folder()) + (System.nanoTime() - began) * 1e-9;
      Map<String, Double> timing = Map.of("seconds", seconds, "probeSeconds", seconds);
      writer.writeJson(Trainer.TIMING, timing);
      if (done == states.size()) {
        writer.finish(
            states.getLast().step(), "all " + states.size() + " checkpoints were measured", timing);
      }
      return new Result(done, states.size(), same(read));
    }
  }

  /** What an earlier sitting read, as far as it measured it. */
  private static List<Read> before(SeriesWriter writer) {
    int rows = writer.before().size();
    List<Read> read = new ArrayList<>();
    Optional<Read[]> kept = Json.readIfThere(writer.folder().path().resolve(STATES), Read[].class);
    for (int i = 0; i < rows; i++) {
      read.add(
          kept.orElseThrow(() ->
              RefrainException.badFile(
                  "%s: is missing beside rows; move the folder away to measure anew",
                  writer.folder().path().resolve(STATES)))[i]);
    }
    return read;
  }

  private List<Definition> definitions(RunProbe probe) {
    List<Definition> all = new ArrayList<>(probe.definitions());
    if (like == null) {
      all.add(OvCopying.MEASURE.definition());
    }
    return all;
  }

  /** All weights; what they tell by themselves goes into the row. */
  private Parameters parameters(Series.State state, MetricsRow row) {
    try (ModelOnDisk model = ModelOnDisk.open(Path.of(state.place()))) {
      ModelOnDisk within = model.within(spec.context());
      List<String> differ = Json.differences(Json.tree(spec.model()), Json.tree(within.spec()));
      require(
          differ.isEmpty(),
          "%s: is another model than %s: %s; expected checkpoints of one model",
          state.place(),
          series.states().getFirst().place(),
          String.join("; ", differ.subList(0, Math.min(3, differ.size()))));
      if (like == null) {
        copying(within, row);
      }
      return within.parameters();
    }
  }

  private void copying(ModelOnDisk model, MetricsRow row) {
    try (LayerStream stream = new LayerStream(model, threads)) {
      OvCopying ov = new OvCopying(stream);
      double[][] scores = new double[model.spec().nLayers()][];
      Arrays.setAll(scores, ov::of);
      Measurements found = new Measurements();
      new HeadScores(scores).report(OvCopying.MEASURE.definition(), found);
      found.values().forEach(row::put);
    }
  }

  private static String sha256(Parameters parameters) {
    MessageDigest hash = Digests.sha256();
    float[] arena = parameters.arena();
    ByteBuffer bytes = ByteBuffer.allocate(1 << 18).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = bytes.asFloatBuffer();
    for (int from = 0; from < arena.length; from += floats.capacity()) {
      int n = Math.min(floats.capacity(), arena.length - from);
      floats.clear().put(arena, from, n);
      hash.update(bytes.array(), 0, n * Float.BYTES);
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  /** Revisions that serve the weights of others have been published. */
  private static List<String> same(List<Read> read) {
    List<String> warnings = new ArrayList<>();
    for (int i = 0; i < read.size(); i++) {
      Read own = read.get(i);
      read.subList(0, i).stream()
          .filter(before -> before.sha256.equals(own.sha256))
          .findFirst()
          .ifPresent(before ->
              warnings.add(
                  "step %s has the weights of step %s: %s and %s hold the same"
                      .formatted(own.step, before.step, own.place, before.place)));
    }
    return warnings;
  }
}
