package refrain.browser;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import refrain.data.TextFiles;
import refrain.model.ModelSpec;
import refrain.probe.ProbeSpec;
import refrain.store.CheckpointSchedule;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.Written;
import refrain.study.Study;
import refrain.train.EngineKind;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.node.ObjectNode;

/**
 * A folder of small runs by our own trainer, as somebody has it who works: a study, a run on text,
 * one that was interrupted and one that cannot be read. So that tests know what the page has to
 * say, the log of {@code 2L}, seed 0, tells of heads that form and of a phase change that is dated.
 */
final class Lab {
  static final int STEPS = 160;
  static final int CHECKPOINTS = 20;

  /** The phase change of {@code 2L}, seed 0: its midpoint with interval, its begin and its end. */
  static final int TAU = 105;

  static final int TAU_LOW = 100;
  static final int TAU_HIGH = 110;
  static final int BEGIN = 80;
  static final int END = 140;

  /** Rows of the long log, which is that of a run with a spike of a single row. */
  static final int MANY_ROWS = 6_000;

  static final int SPIKE_STEP = 3_333;
  static final double SPIKE = 9.5;

  private final Path folder;

  private Lab(Path folder) {
    this.folder = folder;
  }

  /** Trains them. */
  static Lab in(Path folder) throws IOException {
    Lab lab = new Lab(folder);
    lab.study();
    lab.text();
    Path first = lab.study("2L", 0);
    lab.heads(first);
    lab.interrupted(lab.study("2L", 1));
    lab.broken(first);
    lab.spiky(first);
    return lab;
  }

  Path folder() {
    return folder;
  }

  /** The log and all else of a run by its path in the folder. */
  RunFolder at(String path) {
    return RunFolder.at(folder.resolve(path));
  }

  RunFolder of(String variant, int seed) {
    return RunFolder.at(study(variant, seed));
  }

  private static Study small() throws IOException {
    try (InputStream in = Lab.class.getResourceAsStream("small.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      return Study.of(Written.text(text, "small.yaml"));
    }
  }

  private void study() throws IOException {
    Study study = small();
    Path at = Files.createDirectories(folder.resolve("small"));
    Files.writeString(at.resolve("study.json"), Json.pretty(study));
    for (Study.Cell cell : study.cells()) {
      train(cell.spec(), at.resolve("runs").resolve(cell.id()));
    }
  }

  private Path study(String variant, int seed) {
    try {
      String id =
          small().cells().stream()
              .filter(cell -> cell.variant().name().equals(variant) && cell.seed() == seed)
              .findFirst()
              .orElseThrow()
              .id();
      return folder.resolve("small/runs").resolve(id);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static void train(RunSpec spec, Path to) {
    Trainer.run(spec, to, TrainControl.threads(1), TrainListener.NONE);
  }

  /** A model of bytes and a few merges on sentences of its own. */
  private void text() throws IOException {
    Path text = Files.createDirectories(folder.resolve("words"));
    SplittableRandom random = new SplittableRandom(5);
    List<String> words = List.of("all", "cats", "are", "beautiful", "and", "dogs", "<b>bold</b>");
    for (int i = 0; i < 8; i++) {
      StringBuilder document = new StringBuilder();
      for (int j = 0; j < 300; j++) {
        document.append(words.get(random.nextInt(words.size()))).append(j % 9 == 8 ? "\n" : " ");
      }
      Files.writeString(text.resolve("document-" + i + ".txt"), document);
    }
    train(textSpec(text), folder.resolve("text"));
  }

  private static RunSpec textSpec(Path text) {
    return Presets.get("tiny")
        .with(
            s -> s.data = new TextFiles(text.toString(), 270, false).pinned(),
            s -> s.model = ModelSpec.attentionOnly(2, 16, 2, 24, 270),
            s -> s.context = 24,
            s -> s.steps = 20,
            s -> s.engine = EngineKind.FUSED,
            s -> s.probing = new Probing(5, 10, 8, ProbeSpec.DEFAULT),
            s -> s.checkpoints = CheckpointSchedule.every(10));
  }

  /** Writes into a log that heads formed, and beside it when. */
  private static void heads(Path run) throws IOException {
    rewrite(
        run,
        row -> {
          long step = row.path("step").asLong();
          double done = 1 / (1 + Math.exp(-(step - TAU) / 8.0));
          if (row.has("icl")) {
            double score = 0.1 + 0.8 * done;
            row.put("icl", -1.5 * done)
                .put("pm.L1H0", score)
                .put("pm.best", score)
                .put("pm.best.L1", score)
                .put("pm.best.head", 2);
          }
          return row;
        });
    String values =
        """
        {"made":{"analysis":"dating","version":1,"step":%s,"control":null},
         "values":{"date.icl.exists":1,"date.icl.tau":%s,"date.icl.low":%s,"date.icl.high":%s,
          "date.icl.onset":%s,"date.icl.end":%s}}
        """
            .formatted(STEPS, TAU, TAU_LOW, TAU_HIGH, BEGIN, END);
    Files.createDirectories(run.resolve("analyses"));
    Files.writeString(run.resolve("analyses/dating.json"), values);
  }

  /** As kill -9 leaves a run: nothing says that it ended. */
  private void interrupted(Path run) throws IOException {
    Path to = folder.resolve("interrupted");
    copy(run, to);
    Files.delete(to.resolve("outcome.json"));
  }

  private void broken(Path run) throws IOException {
    Path to = folder.resolve("broken");
    copy(run, to);
    Files.writeString(to.resolve("run.json"), "{\"format\": 1");
  }

  /** One with a long log: a slow wave, and a single row far above it. */
  private void spiky(Path run) throws IOException {
    Path to = folder.resolve("spiky");
    copy(run, to);
    StringBuilder rows = new StringBuilder();
    for (int step = 1; step <= MANY_ROWS; step++) {
      double loss = step == SPIKE_STEP ? SPIKE : 2 + 0.1 * Math.sin(step / 300.0);
      rows.append("{\"step\":").append(step).append(",\"train.loss\":").append(loss).append("}\n");
    }
    Files.writeString(to.resolve("metrics.jsonl"), rows);
  }

  /** Changes each row of a log. */
  static void rewrite(Path run, UnaryOperator<ObjectNode> change) throws IOException {
    Path log = run.resolve("metrics.jsonl");
    List<String> rows = new ArrayList<>();
    for (String line : Files.readAllLines(log)) {
      rows.add(Json.line(change.apply((ObjectNode) Json.parse(line, "a row"))).strip());
    }
    Files.writeString(log, String.join("\n", rows) + "\n");
  }

  /** Appends a row to a log, as a trainer does. */
  static void append(Path run, String row) throws IOException {
    Files.writeString(run.resolve("metrics.jsonl"), row + "\n", StandardOpenOption.APPEND);
  }

  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.copy(each, target);
      }
    }
  }

  /** Takes links away, so that nobody who deletes the folder follows them. */
  static void unlink(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.filter(Files::isSymbolicLink).toList()) {
        Files.delete(each);
      }
    }
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(each);
      }
    }
  }
}
