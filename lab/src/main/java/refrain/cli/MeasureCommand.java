package refrain.cli;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.analysis.Curves;
import refrain.analysis.NamedPattern;
import refrain.analysis.OnDisk;
import refrain.analysis.Subject;
import refrain.analysis.measure.Asked;
import refrain.analysis.measure.Comparison;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.InterventionWords;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.Measuring;
import refrain.analysis.measure.PromptReading;
import refrain.analysis.measure.TextWindows;
import refrain.base.RefrainException;
import refrain.base.Shell;
import refrain.data.TextSource;
import refrain.data.TokenNames;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.report.MeasuredJson;
import refrain.report.MeasuredTable;
import refrain.report.RunPage;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunInfo;
import tools.jackson.databind.node.ObjectNode;

/** {@code refrain measure}: what a trained model does, at any of its checkpoints. */
@Command(
    name = "measure",
    description = {
      "Measure a trained model: a table of its heads with a verdict each, the ICL score with its"
          + " standard error, losses by token index, and what an intervention changes.",
      "Nothing is trained and nothing in the run's folder is changed."
    })
final class MeasureCommand extends Subcommand {
  @Parameters(
      paramLabel = "RUN|MODEL",
      description =
          "A run's folder, RUN@STEP, a checkpoint's folder, or a study's: then one table of its"
              + " runs. Or a pretrained model on disk: a folder of Hugging Face's, a GGUF file.")
  private @Nullable String name;

  @Option(
      names = "--at",
      paramLabel = "STEP",
      description =
          "The checkpoint of that step; all; formed: the first one from formation on. By default"
              + " the last.")
  private @Nullable String at;

  @Option(
      names = "--measure",
      paramLabel = "NAME",
      split = ",",
      description =
          "What is measured beside loss and ICL score, several parted by commas: ${COMPLETION-CANDIDATES}."
              + " By default prefix-matching, copying, previous-token, verdict and, of one run, effect.",
      completionCandidates = Measures.class)
  private List<String> measures = new ArrayList<>();

  @ArgGroup private @Nullable Own own;

  /** The user's own words in place of the evaluation set. */
  static final class Own {
    @Option(
        names = "--text",
        paramLabel = "FILE",
        description = "Losses and scores on this text; of a run that reads text.")
    private @Nullable Path text;

    @Option(
        names = "--prompt",
        paramLabel = "WORDS",
        description =
            "One head on these tokens: text, or of a synthetic language names or ids of tokens.")
    private @Nullable String prompt;
  }

  @Option(
      names = "--head",
      paramLabel = "L1H3",
      description = "The head that --prompt shows; by default the best.")
  private @Nullable String head;

  @Option(
      names = "--intervene",
      paramLabel = "FILE|WORDS",
      description =
          "Measure before and after: a file with a list of interventions, or words such as \"zero"
              + " L1H3\" or \"mean L1H2 L1H3\".")
  private List<String> interventions = new ArrayList<>();

  @Option(
      names = "--compare",
      paramLabel = "RUN",
      description = "Another run or checkpoint, measured beside the first.")
  private @Nullable String other;

  @ArgGroup private @Nullable Format format;

  /** For programs, to standard output. */
  static final class Format {
    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Option(names = "--csv", description = "Print a table, a number a row.")
    private boolean csv;
  }

  @Option(names = "--html", paramLabel = "FILE", description = "Write a page that opens offline.")
  private @Nullable Path html;

  @Option(names = "--threads", description = "Threads; results do not depend on it.")
  private int threads = Runtime.getRuntime().availableProcessors();

  /** For --help and completion. */
  static final class Measures extends ArrayList<String> {
    private static final long serialVersionUID = 1L;

    Measures() {
      super(Asked.names());
    }
  }

  @Override
  public void run() {
    positive("--threads", threads);
    if (Pretrained.isMeant(requireNonNull(name))) {
      onDisk(requireNonNull(name));
      return;
    }
    MeasureTarget target = MeasureTarget.of(requireNonNull(name));
    List<Intervention> list = new ArrayList<>();
    interventions.forEach(text -> list.addAll(InterventionWords.of(text)));
    Asked asked = measures.isEmpty() ? usual(target) : Asked.of(measures);
    if (html != null) {
      AtomicFiles.expectPlace(html);
    }
    check(target);
    Failures.tellOfSlowKernels(line().getErr());
    List<Measurement> all = new ArrayList<>();
    PromptReading prompt = null;
    Curves curves = null;
    NamedPattern pattern = null;
    RunInfo.Session session = null;
    for (MeasureTarget.Named each : target.runs()) {
      try (Subject run = new Subject(each.run(), null, threads)) {
        Measuring measuring = new Measuring(run, each.variant(), asked, ownText(run), list);
        for (long step : steps(run, target, at)) {
          all.add(measuring.at(step));
        }
        if (!target.study()) {
          if (own != null && own.prompt != null) {
            prompt = prompt(run, all.getLast(), own.prompt, list);
          }
          if (html != null) {
            curves = Curves.of(run.metrics());
            pattern = NamedPattern.of(run);
            session = each.run().info().sessions().getLast();
          }
        }
      }
    }
    if (all.isEmpty()) {
      throw RefrainException.badInput(
          "%s: no run has a checkpoint%s", name, at == null ? "" : " for --at " + at);
    }
    Comparison compared = other == null ? null : compared(all.getLast(), other, asked, list);
    print(all, prompt, compared);
    if (html != null) {
      RunPage page = new RunPage(all, curves, pattern, prompt, compared, session, command());
      AtomicFiles.writeString(html, page.page().html());
      if (format == null) {
        print("Page: %s", html);
      }
    }
    out().flush();
  }

  /** A model that others trained: it has one state, and no run's page. */
  private void onDisk(String name) {
    String one = "a model on disk, which has one state and no record of its training";
    if (at != null) {
      throw RefrainException.badInput("%s is %s; leave out --at %s", name, one, at);
    }
    if (other != null || html != null) {
      throw RefrainException.badInput("%s is %s; --compare and --html are for runs", name, one);
    }
    List<Intervention> list = new ArrayList<>();
    interventions.forEach(text -> list.addAll(InterventionWords.of(text)));
    Asked asked = measures.isEmpty() ? Asked.QUICK : Asked.of(measures);
    Failures.tellOfSlowKernels(line().getErr());
    try (OnDisk model = Pretrained.inMemory(name, threads)) {
      PromptReading prompt = null;
      List<Measurement> all = new ArrayList<>();
      if (own != null && own.prompt != null) {
        HeadId shown = head == null ? HeadOnSentence.looking(model, 0).best() : HeadId.parse(head);
        prompt =
            PromptReading.of(
                model.state(0), model.tokens(own.prompt), model.tokenNames()::name, shown, list);
      } else if (head != null) {
        throw headAlone();
      } else {
        TextWindows text = own == null || own.text == null ? null : TextWindows.of(own.text, model);
        all.add(new Measuring(model, "", asked, text, list).at(0));
      }
      print(all, prompt, null);
    }
    out().flush();
  }

  private static RefrainException headAlone() {
    return RefrainException.badInput("--head is for --prompt; name the head in --intervene");
  }

  /** Of a study a table over its runs, for which a pass a head would take too long. */
  private Asked usual(MeasureTarget target) {
    boolean detailed = !target.study() && !"all".equals(at) && (own == null || own.prompt == null);
    return detailed ? Asked.HEADS : Asked.QUICK;
  }

  private void check(MeasureTarget target) {
    if (target.study() && (own != null || other != null)) {
      throw RefrainException.badInput(
          "%s is a study; --text, --prompt and --compare are for one of its runs, such as %s",
          name, Shell.word(target.runs().getFirst().run().path().toString()));
    }
    if (target.step().isPresent() && at != null) {
      throw RefrainException.badInput(
          "%s says which checkpoint is measured; leave out --at %s", name, at);
    }
    if (head != null && (own == null || own.prompt == null)) {
      throw headAlone();
    }
  }

  /**
   * The states that are asked for; of a study none where a run lacks them, with a word.
   *
   * @param at which, where the target names no checkpoint; null: the last
   */
  private long[] steps(Subject run, MeasureTarget target, @Nullable String at) {
    long[] saved = run.steps();
    String where = run.folder().path().toString();
    if (saved.length == 0) {
      return lacking(target, where + ": has no checkpoint yet");
    }
    String wanted =
        target.step().isPresent()
            ? Long.toString(target.step().getAsLong())
            : at == null ? "" : at.toLowerCase(Locale.ROOT);
    if (wanted.isEmpty()) {
      return new long[] {saved[saved.length - 1]};
    }
    if (wanted.equals("all")) {
      return saved;
    }
    if (wanted.equals("formed")) {
      OptionalLong formed = run.formed();
      return formed.isPresent()
          ? new long[] {formed.getAsLong()}
          : lacking(
              target,
              "%s: induction heads did not form, so there is no state at formation; its checkpoints are of steps %s"
                  .formatted(where, Arrays.toString(saved)));
    }
    if (!wanted.matches("\\d{1,18}")) {
      throw RefrainException.badInput(
          "--at %s: expected a step, all or formed; the run has checkpoints of steps %s",
          wanted, Arrays.toString(saved));
    }
    long step = Long.parseLong(wanted);
    return Arrays.stream(run.states()).anyMatch(state -> state == step)
        ? new long[] {step}
        : lacking(
            target,
            "%s: has no checkpoint of step %s; there are those of steps %s"
                .formatted(where, wanted, Arrays.toString(run.states())));
  }

  private long[] lacking(MeasureTarget target, String sentence) {
    if (!target.study()) {
      throw RefrainException.badInput(sentence);
    }
    line().getErr().println("left out: " + sentence);
    return new long[0];
  }

  private @Nullable TextWindows ownText(Subject run) {
    return own == null || own.text == null
        ? null
        : TextWindows.of(own.text, run.data(), run.spec().context());
  }

  private PromptReading prompt(
      Subject run, Measurement measured, String words, List<Intervention> list) {
    TokenNames names = run.tokenNames();
    boolean ids =
        !(run.data() instanceof TextSource) && words.strip().matches("\\d{1,9}(\\s+\\d{1,9})*");
    int[] tokens =
        ids
            ? Arrays.stream(words.strip().split("\\s+")).mapToInt(Integer::parseInt).toArray()
            : names.parse(words);
    HeadRow best = measured.model().byVerdict().getFirst();
    HeadId shown = head == null ? best.head() : HeadId.parse(head);
    return PromptReading.of(run.state(measured.step()), tokens, names::name, shown, list);
  }

  private Comparison compared(Measurement one, String with, Asked asked, List<Intervention> list) {
    MeasureTarget target = MeasureTarget.of(with);
    if (target.study()) {
      throw RefrainException.badInput("--compare %s: is a study, expected one run", with);
    }
    try (Subject run = new Subject(target.runs().getFirst().run(), null, threads)) {
      long step = steps(run, target, null)[0];
      return Comparison.of(one, new Measuring(run, "", asked, ownText(run), list).at(step));
    }
  }

  private void print(
      List<Measurement> all, @Nullable PromptReading prompt, @Nullable Comparison compared) {
    if (format != null && format.json) {
      ObjectNode root = MeasuredJson.of(all);
      if (prompt != null) {
        root.set("prompt", MeasuredJson.of(prompt));
      }
      if (compared != null) {
        root.set("compared", MeasuredJson.of(compared));
      }
      out().println(Json.pretty(root));
    } else if (format != null && format.csv) {
      List<Measurement> rows = new ArrayList<>(all);
      if (compared != null) {
        rows.add(compared.other());
      }
      out().print(prompt == null ? MeasuredTable.csv(rows) : MeasuredTable.csv(prompt));
    } else {
      MeasureText.lines(all, prompt, compared).forEach(text -> print("%s", text));
    }
  }

  /** What the reader of a page would type. */
  private String command() {
    StringBuilder b =
        new StringBuilder("./refrain measure ").append(Shell.word(requireNonNull(name)));
    if (at != null) {
      b.append(" --at ").append(Shell.word(at));
    }
    if (!measures.isEmpty()) {
      b.append(" --measure ").append(Shell.word(String.join(",", measures)));
    }
    if (own != null && own.text != null) {
      b.append(" --text ").append(Shell.word(own.text.toString()));
    }
    if (own != null && own.prompt != null) {
      b.append(" --prompt ").append(Shell.word(own.prompt));
    }
    if (head != null) {
      b.append(" --head ").append(Shell.word(head));
    }
    interventions.forEach(text -> b.append(" --intervene ").append(Shell.word(text)));
    if (other != null) {
      b.append(" --compare ").append(Shell.word(other));
    }
    return b.append(" --html ").append(Shell.word(String.valueOf(html))).toString();
  }
}
