package refrain.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.analysis.OnDisk;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.scan.Effects;
import refrain.analysis.scan.Scan;
import refrain.analysis.scan.Scanner;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.base.Version;
import refrain.draw.Page;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.pretrained.Audit;
import refrain.pretrained.ModelOnDisk;
import refrain.probe.Definition;
import refrain.probe.ProbeSpec;
import refrain.report.scan.ScanJson;
import refrain.report.scan.ScanPage;
import refrain.report.scan.ScanTables;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.Machine;
import refrain.store.RunFolder;

/** {@code refrain scan}: what each head of a model on disk does. */
@Command(
    name = "scan",
    description = {
      "Say what each head of a model on disk does: prefix matching, duplicate-token and"
          + " previous-token scores, attention to the start, copying by eigenvalues, and one verdict"
          + " a head.",
      "The model is gone through layer by layer, one matrix of weights in memory at a time.",
      "MODEL is a folder of Hugging Face's or its cache's, a GGUF file by any name, or a folder of"
          + " TransformerLens' older kind."
    })
final class ScanCommand extends Subcommand {
  /** Positions of text that are read without a head. */
  private static final int TEXT = 256;

  private static final String ALL = "all";

  @Parameters(
      paramLabel = "MODEL",
      arity = "1..*",
      description = "A file or a folder; several with --audit and --series.")
  private List<Path> models = new ArrayList<>();

  @Option(
      names = "--audit",
      description =
          "Look models through instead: what cannot be opened, hashes of weights and which are the"
              + " same, elements that are no numbers, tokenizers that do not fit, and how far the"
              + " weights are from those of the first model of the same shape.")
  private boolean audit;

  @Option(
      names = "--series",
      description = {
        "Measure several checkpoints of one model and make a run of them, which 'runs', 'measure',"
            + " 'watch' and 'serve' take: folders or files whose names say a step (step1000), or a"
            + " folder of Hugging Face's cache, whose revisions do.",
        "What is done is kept: the same command goes on."
      })
  private boolean series;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "With --series: the run's folder; by default one in runs/ by its identifier.")
  private @Nullable Path out;

  @Option(
      names = "--like",
      paramLabel = "RUN",
      description =
          "With --series: a run of the same tokens, on whose sequences and by whose measures the"
              + " checkpoints are measured; by default on English that comes with the program.")
  private @Nullable String like;

  @Option(
      names = "--keep",
      description =
          "With --series: keep the weights of every checkpoint in the run's folder, 4 bytes each,"
              + " not only those of the last one; the page looks into those that are kept.")
  private boolean keep;

  @Option(
      names = "--effects",
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "all",
      parameterConsumer = AllOrNothing.class,
      description = {
        "Take heads out one at a time: each induction head by zero and by its mean, and paths from"
            + " previous-token heads into its keys; all: every head by zero, which takes minutes."
      })
  private @Nullable String effects;

  @Option(
      names = "--text",
      paramLabel = "FILE",
      description =
          "The text whose first 256 tokens --effects reads; by default English that comes with the"
              + " program.")
  private @Nullable Path text;

  @ArgGroup private @Nullable Format format;

  /** For programs, to standard output. */
  static final class Format {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Print a table, a head a row.")
    private boolean csv;
  }

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page that opens offline.")
  private @Nullable Path html;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      description = "Write prefix matching of all heads, layer by head, as SVG.")
  private @Nullable Path picture;

  @Option(names = "--threads", description = "Threads; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** Takes the word after the option only where it is "all": otherwise that is the model. */
  static final class AllOrNothing implements IParameterConsumer {
    @Override
    public void consumeParameters(Stack<String> args, ArgSpec option, CommandSpec command) {
      boolean all = !args.isEmpty() && args.peek().equalsIgnoreCase(ALL);
      option.setValue(all ? args.pop().toLowerCase(Locale.ROOT) : "");
    }
  }

  @Override
  public void run() {
    positive("--threads", threads);
    for (String option : List.of("--out", "--like", "--keep")) {
      RefrainException.require(
          series || !line().getParseResult().hasMatchedOption(option),
          "%s: is of --series; give that too",
          option);
    }
    if (series) {
      scanSeries();
      return;
    }
    if (audit) {
      refuseBeside("--audit", "which scans nothing", "--text", "--html", "--picture");
      // An option with a consumer of its own does not count as matched.
      RefrainException.require(
          effects == null, "--effects: would be ignored beside --audit; leave it out");
      audited(Audit.of(models));
      return;
    }
    if (models.size() > 1) {
      throw RefrainException.badInput(
          "scan takes one model, found %s; several are for --series or --audit", models.size());
    }
    Path model = models.getFirst();
    if (text != null && effects == null) {
      throw RefrainException.badInput("--text is what --effects reads; give that too");
    }
    for (Path file : new Path[] {html, picture}) {
      if (file != null) {
        AtomicFiles.expectPlace(file);
      }
    }
    if (RunFolder.isRun(model)) {
      throw RefrainException.badInput(
          "%s: is a run; 'refrain measure %s' gives its heads' verdicts",
          model, Shell.word(model.toString()));
    }
    Failures.tellOfSlowKernels(line().getErr());
    SoftHeap.install();
    try (ModelOnDisk opened = ModelOnDisk.open(model);
        StopSignal signal = StopSignal.install()) {
      ScanProgress progress = new ScanProgress(line().getErr(), signal);
      Scan scan = scan(opened, progress);
      progress.end();
      print(scan);
      out().flush();
    }
  }

  private void scanSeries() {
    refuseBeside(
        "--series",
        "which makes a run",
        "--audit",
        "--text",
        "--html",
        "--picture",
        "--json",
        "--csv");
    RefrainException.require(
        effects == null, "--effects: would be ignored beside --series; leave it out");
    Failures.tellOfSlowKernels(line().getErr());
    SoftHeap.install();
    try (StopSignal signal = StopSignal.install()) {
      ScanProgress progress = new ScanProgress(line().getErr(), signal);
      ScannedSeries.scan(models, out, like, keep, threads, progress, said -> print("%s", said));
    }
    out().flush();
  }

  private void audited(List<Audit.Row> rows) {
    if (format != null && format.json) {
      out().println(Json.pretty(Json.object().set("models", Json.tree(rows))));
    } else if (format != null && format.csv) {
      out().print(AuditText.csv(rows));
    } else {
      AuditText.lines(rows).forEach(line -> print("%s", line));
    }
    out().flush();
  }

  private Scan scan(ModelOnDisk opened, ScanProgress progress) {
    ModelSpec spec = opened.spec();
    int context = Math.min(spec.nCtx(), OnDisk.MOST_POSITIONS);
    try (Scanner scanner =
        Scanner.of(
            opened,
            OnDisk.pool(opened),
            context,
            ProbeSpec.DEFAULT.seed(),
            OnDisk.PAIRS,
            threads,
            progress)) {
      int[][] words = effects == null ? new int[0][] : words(opened, context);
      List<HeadRow> rows = scanner.heads();
      List<Definition> definitions = new ArrayList<>(scanner.definitions());
      Effects without = null;
      if (effects != null && rows.size() == spec.nLayers() * spec.nHeads()) {
        boolean all = effects.equals(ALL);
        without =
            scanner.effects(
                all ? HeadId.all(spec) : Scanner.receivers(rows),
                all ? List.of(Effects.By.ZERO) : List.of(Effects.By.values()),
                all ? List.of() : rows,
                words,
                "the first "
                    + read(words)
                    + " tokens of "
                    + (text == null ? "English that comes with the program" : text.toString()));
        definitions.addAll(Effects.definitions());
      }
      return new Scan(
          ModelOnDisk.name(models.getFirst()),
          architecture(opened),
          rows.size() / spec.nHeads(),
          spec.nHeads(),
          scanner.text(),
          definitions,
          rows,
          without,
          scanner.notes());
    }
  }

  private static int read(int[][] words) {
    return Arrays.stream(words).mapToInt(window -> window.length - 1).sum();
  }

  private static String architecture(ModelOnDisk opened) {
    ModelSpec spec = opened.spec();
    return "%s, %s layers of %s heads, d_model %s, d_head %s, %s tokens"
        .formatted(
            opened.found().architecture(),
            spec.nLayers(),
            spec.nHeads(),
            spec.dModel(),
            spec.dHead(),
            spec.dVocab());
  }

  /** Windows of text, [window, up to context + 1], of {@link #TEXT} positions together. */
  private int[][] words(ModelOnDisk opened, int context) {
    int[] tokens = Pretrained.tokens(opened, text == null ? OnDisk.english() : read(text));
    if (tokens.length < 2) {
      throw RefrainException.badInput("%s: has %s tokens, expected 2 or more", text, tokens.length);
    }
    List<int[]> windows = new ArrayList<>();
    int end = Math.min(TEXT + 1, tokens.length);
    for (int from = 0; from + 1 < end; from += context) {
      windows.add(Arrays.copyOfRange(tokens, from, Math.min(end, from + context + 1)));
    }
    return windows.toArray(int[][]::new);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw RefrainException.badInput("--text %s: cannot be read as UTF-8 text: %s", file, e);
    }
  }

  private void print(Scan scan) {
    if (format != null && format.json) {
      out().println(Json.pretty(ScanJson.of(scan)));
    } else if (format != null && format.csv) {
      out().print(ScanTables.csv(scan));
    } else {
      ScanText.lines(scan).forEach(line -> print("%s", line));
    }
    if (picture != null && !scan.heads().isEmpty()) {
      AtomicFiles.writeString(picture, ScanPage.picture(scan).svg());
      tell("Picture", picture);
    }
    if (html != null) {
      AtomicFiles.writeString(html, new ScanPage(scan, provenance()).page().html());
      tell("Page", html);
    }
  }

  private void tell(String what, Path file) {
    if (format == null) {
      print("%s: %s", what, file);
    }
  }

  private Page.Provenance provenance() {
    Machine machine = Machine.here();
    String command =
        "./refrain scan "
            + Shell.word(models.getFirst().toString())
            + (effects == null ? "" : " --effects" + (effects.isEmpty() ? "" : " " + effects))
            + (text == null ? "" : " --text " + Shell.word(text.toString()))
            + " --html "
            + Shell.word(String.valueOf(html));
    return new Page.Provenance(
        command,
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        machine.cpu() + ", " + machine.cores() + " cores, " + machine.os(),
        List.of("refrain " + Version.refrain()),
        List.of());
  }
}
