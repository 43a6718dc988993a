package refrain.analysis.ondisk;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.ondisk.OffArm.By;
import refrain.analysis.ondisk.OffArm.Which;
import refrain.analysis.ondisk.WordPrompts.Task;
import refrain.base.Digests;
import refrain.base.RefrainException;
import refrain.data.WordNames;
import refrain.data.WordNames.Word;
import refrain.model.HeadId;
import refrain.model.HeadsOff;
import refrain.model.PromptPass;
import refrain.model.PromptTree;
import refrain.model.PromptWatcher;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.token.ModelTokenizer;
import refrain.store.AtomicFiles;
import refrain.store.Json;
import refrain.store.RunInfo;
import refrain.store.RunLock;

/**
 * The arms of a study of a model on disk, measured: everything that is found lies in one folder, a
 * file a set of heads and kind of prompt, so that what was interrupted goes on where it was and
 * findings are made again from the folder alone.
 */
public final class OnDiskMeasuring {
  private static final String MODEL = "model.json";
  private static final String HEADS = "heads.json";
  private static final String LOOKS = "looks.json";
  private static final String NONE = "none";

  /** Floats that the streams of the sets of one pass take together: 800 MB. */
  private static final long FLOATS = 200_000_000;

  private static final int ENOUGH = 60;

  /**
   * How much is read.
   *
   * @param texts of natural text, of each length
   * @param whole tokens of those that the ICL score is read on
   * @param part tokens of those that damage is read on
   * @param sequences of repeated random tokens
   * @param words that are asked of in each task, at most
   * @param looks prompts in which it is seen where heads look, of each kind
   */
  record Sizes(int texts, int whole, int part, int sequences, int words, int looks) {
    static final Sizes FULL = new Sizes(12, 512, 128, 10, 110, 40);
  }

  private static final int PREVIOUS = 4;
  private static final int CIRCUIT_DRAWS = 10;

  /**
   * What was measured.
   *
   * @param name of its file or folder
   * @param sha256 of its bytes
   * @param version of the analysis
   * @param claimed whether the words are those that claims are judged on
   * @param words that are asked of in each task
   * @param sessions the sittings in which it was measured
   */
  public record Measured(
      String name,
      String architecture,
      String sha256,
      int version,
      boolean claimed,
      int words,
      List<RunInfo.Session> sessions) {
    public Measured {
      sessions = List.copyOf(sessions);
    }

    boolean same(Measured other) {
      return sha256.equals(other.sha256) && version == other.version && claimed == other.claimed;
    }
  }

  /** Of each prompt, what is seen of heads. */
  private record Looks(
      double[] classes,
      double[] classesMatchers,
      double[] translations,
      double[] translationsMatchers,
      double[] circuit,
      double[] circuitPrevious,
      double[] circuitOthers,
      List<HeadId> previous) {}

  private record Rows(double[][] rows) {}

  /** What goes on. */
  @FunctionalInterface
  public interface Progress {
    /**
     * @param what in a few words
     * @param done share of it
     */
    void at(String what, double done);
  }

  private final Path folder;
  private final Sizes sizes;

  /**
   * @param folder where everything is kept
   */
  public OnDiskMeasuring(Path folder) {
    this(folder, Sizes.FULL);
  }

  OnDiskMeasuring(Path folder, Sizes sizes) {
    this.folder = folder;
    this.sizes = sizes;
  }

  @Override
  public String toString() {
    return folder.toString();
  }

  /** What was measured there; null: nothing. */
  public @Nullable Measured measured() {
    return Json.readIfThere(folder.resolve(MODEL), Measured.class).orElse(null);
  }

  /**
   * Measures what is not there yet.
   *
   * @param arms by name
   * @param claimed whether on the words that claims are judged on
   * @param session this sitting
   * @param stop asked between passes
   * @return whether all of it is there now
   * @throws RefrainException of kind BAD_INPUT when the folder holds what was measured of another
   *     model, or the model lacks what is needed
   */
  public boolean measure(
      ModelOnDisk model,
      Map<String, OffArm> arms,
      boolean claimed,
      RunInfo.Session session,
      int threads,
      BooleanSupplier stop,
      Progress progress) {
    ModelTokenizer tokenizer =
        model
            .tokenizer()
            .orElseThrow(() ->
                RefrainException.badInput(
                    "%s: has no tokenizer, and words are asked of the model",
                    model.found().place()));
    List<Word> words = words(claimed, tokenizer);
    Stimuli stimuli = new Stimuli(model, tokenizer, words, claimed, sizes);
    createFolder();
    try (RunLock _ = RunLock.acquire(folder);
        PromptPass pass = new PromptPass(model, threads)) {
      begin(model, claimed, stimuli.tasks.getFirst().units(), session);
      HeadProfile profile = profile(model, pass, stimuli, progress);
      if (!Files.exists(folder.resolve(LOOKS))) {
        looks(model, pass, profile, stimuli, words, tokenizer, progress);
      }
      for (Stimulus stimulus : stimuli.all()) {
        Map<String, HeadsOff> sets = new LinkedHashMap<>();
        arms.forEach((name, arm) -> sets.putAll(stimuli.wanted(stimulus, arm, profile)));
        sets.keySet().removeIf(set -> Files.exists(file(stimulus.name(), set)));
        if (!measure(pass, model, stimulus, sets, stop, progress)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Words that are one token in English, so that no answer is easier for being long; all words
   * where a tokenizer has too few of these.
   */
  private static List<Word> words(boolean claimed, ModelTokenizer tokenizer) {
    List<Word> all = WordNames.of(claimed);
    List<Word> whole =
        all.stream().filter(word -> tokenizer.encode(" " + word.english()).length == 1).toList();
    return whole.size() < ENOUGH ? all : whole;
  }

  private void createFolder() {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw RefrainException.disk(folder + ": cannot be made", e);
    }
  }

  private void begin(ModelOnDisk model, boolean claimed, int words, RunInfo.Session session) {
    Measured before = measured();
    List<RunInfo.Session> sessions =
        new ArrayList<>(before == null ? List.of() : before.sessions());
    sessions.add(session);
    Measured now =
        new Measured(
            String.valueOf(model.found().place().getFileName()),
            model.found().architecture(),
            hash(model.found().place()),
            AnalysisKind.ON_DISK.analysis().version(),
            claimed,
            words,
            sessions);
    RefrainException.require(
        before == null || before.same(now),
        "%s: holds what was measured of %s (sha256 %s), expected %s (%s); give another folder with"
            + " --out",
        folder,
        before == null ? "" : before.name(),
        before == null ? "" : before.sha256().substring(0, 12),
        now.name(),
        now.sha256().substring(0, 12));
    AtomicFiles.writeString(folder.resolve(MODEL), Json.pretty(now));
  }

  /** Of a file, or of the files of a folder, in the order of their names. */
  private static String hash(Path place) {
    MessageDigest digest = Digests.sha256();
    try (Stream<Path> files = Files.walk(place);
        DigestOutputStream out = new DigestOutputStream(OutputStream.nullOutputStream(), digest)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        Files.copy(file, out);
      }
    } catch (IOException e) {
      throw RefrainException.disk(place + ": cannot be read", e);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private HeadProfile profile(
      ModelOnDisk model, PromptPass pass, Stimuli stimuli, Progress progress) {
    HeadProfile known = Json.readIfThere(folder.resolve(HEADS), HeadProfile.class).orElse(null);
    if (known != null) {
      return known;
    }
    HeadProfile made =
        HeadProfile.of(
            model,
            pass,
            stimuli.repeats,
            stimuli.texts,
            layer -> progress.at("what heads do", layer / (double) model.spec().nLayers()));
    AtomicFiles.writeString(folder.resolve(HEADS), Json.line(made));
    return made;
  }

  private void looks(
      ModelOnDisk model,
      PromptPass pass,
      HeadProfile profile,
      Stimuli stimuli,
      List<Word> words,
      ModelTokenizer tokenizer,
      Progress progress) {
    int layers = model.spec().nLayers();
    IntConsumer done = layer -> progress.at("where heads look", layer / (double) layers);
    List<HeadId> best = HeadProfile.best(profile.prefix(), Attending.BEST, layers);
    double[][][] classes =
        Looking.classes(words, sizes.looks(), tokenizer).of(model.spec(), pass, done);
    double[][][] translations =
        Looking.translations(words, sizes.looks(), tokenizer).of(model.spec(), pass, done);
    List<HeadId> previous = HeadProfile.best(profile.previous(), PREVIOUS, best.getFirst().layer());
    List<HeadsOff> sets = new ArrayList<>(List.of(HeadsOff.NONE, profile.byZero(previous)));
    profile.others(previous, CIRCUIT_DRAWS).forEach(other -> sets.add(profile.byZero(other)));
    double[][] matching = new double[sets.size()][stimuli.repeats.units()];
    pass.of(
        stimuli.repeats.trees(),
        sets,
        new MatchingOf(best.getFirst(), stimuli.repeats, matching),
        done);
    double[] others = new double[stimuli.repeats.units()];
    for (int s = 2; s < sets.size(); s++) {
      for (int i = 0; i < others.length; i++) {
        others[i] += matching[s][i] / (sets.size() - 2);
      }
    }
    AtomicFiles.writeString(
        folder.resolve(LOOKS),
        Json.line(
            new Looks(
                Looking.ofBest(classes),
                Looking.of(classes, best),
                Looking.ofBest(translations),
                Looking.of(translations, best),
                matching[0],
                matching[1],
                others,
                previous)));
  }

  /** The attention of one head to what followed earlier occurrences, by set and sequence. */
  private record MatchingOf(HeadId head, Repeats repeats, double[][] sums)
      implements PromptWatcher {
    @Override
    public boolean wantsAttention(int layer) {
      return layer == head.layer();
    }

    @Override
    public void attention(int set, int tree, int layer, int h, int row, float[] p, int at) {
      if (h == head.head()) {
        int i = repeats.trees().get(tree).position(row);
        sums[set][tree] += repeats.matching(i, p, at);
      }
    }
  }

  private boolean measure(
      PromptPass pass,
      ModelOnDisk model,
      Stimulus stimulus,
      Map<String, HeadsOff> sets,
      BooleanSupplier stop,
      Progress progress) {
    long rows = stimulus.trees().stream().mapToLong(PromptTree::rows).sum();
    int most = (int) Math.clamp(FLOATS / (rows * model.spec().dModel()), 1, 16);
    List<String> names = List.copyOf(sets.keySet());
    for (int from = 0; from < names.size(); from += most) {
      if (stop.getAsBoolean()) {
        return false;
      }
      List<String> some = names.subList(from, Math.min(names.size(), from + most));
      int begun = from;
      PromptTree.Said[][] said =
          pass.of(
              stimulus.trees(),
              some.stream().map(name -> sets.getOrDefault(name, HeadsOff.NONE)).toList(),
              PromptWatcher.NONE,
              layer ->
                  progress.at(
                      stimulus.name(),
                      (begun + some.size() * layer / (double) model.spec().nLayers())
                          / names.size()));
      for (int s = 0; s < some.size(); s++) {
        AtomicFiles.writeString(
            file(stimulus.name(), some.get(s)), Json.line(new Rows(stimulus.read(said[s]))));
      }
    }
    return true;
  }

  private Path file(String stimulus, String set) {
    return folder.resolve(stimulus).resolve(set + ".json");
  }

  private double @Nullable [][] rows(String stimulus, String set) {
    return Json.readIfThere(file(stimulus, set), Rows.class).map(Rows::rows).orElse(null);
  }

  /** The name of a set among files. */
  private static String setName(OffArm arm, int draw) {
    return switch (arm.heads()) {
      case NONE -> NONE;
      case BEST -> "best-%s-%s".formatted(arm.number(), by(arm));
      case OTHERS -> "others-%s-%s-%s".formatted(arm.number(), by(arm), draw);
    };
  }

  private static String by(OffArm arm) {
    return arm.by().name().toLowerCase(Locale.ROOT);
  }

  /** Everything that is read, and what of it with which sets. */
  private static final class Stimuli {
    final Repeats repeats;
    final Texts texts;
    final Texts longTexts;
    final List<WordPrompts> tasks = new ArrayList<>();
    final List<WordPrompts> fewer = new ArrayList<>();

    Stimuli(
        ModelOnDisk model,
        ModelTokenizer tokenizer,
        List<Word> words,
        boolean claimed,
        Sizes sizes) {
      repeats = new Repeats(model, claimed, sizes.sequences());
      texts = new Texts(claimed, sizes.texts(), sizes.part(), tokenizer);
      longTexts = new Texts(claimed, sizes.texts(), sizes.whole(), tokenizer);
      for (Task task : Task.ALL) {
        tasks.add(new WordPrompts(task, words, sizes.words(), Numbers.SHOTS, tokenizer));
        if (!task.equals(Task.LINES)) {
          fewer.add(new WordPrompts(task, words, sizes.words(), Numbers.FEWER, tokenizer));
        }
      }
    }

    List<Stimulus> all() {
      List<Stimulus> all = new ArrayList<>(List.of(repeats, texts, longTexts));
      all.addAll(tasks);
      all.addAll(fewer);
      return all;
    }

    /** The sets of an arm that read a stimulus. */
    Map<String, HeadsOff> wanted(Stimulus stimulus, OffArm arm, HeadProfile profile) {
      boolean drawn = arm.heads() == Which.OTHERS;
      if (drawn && (stimulus == longTexts || tasks.contains(stimulus))
          || !drawn && fewer.contains(stimulus)) {
        return Map.of();
      }
      List<HeadId> best = HeadProfile.best(profile.prefix(), arm.number(), profile.prefix().length);
      List<List<HeadId>> sets =
          switch (arm.heads()) {
            case NONE -> List.of(List.of());
            case BEST -> List.of(best);
            case OTHERS -> profile.others(best, arm.draws());
          };
      RefrainException.require(
          sets.size() >= arm.draws(),
          "arm: only %s sets of other heads are alike to the %s best, expected %s",
          sets.size(),
          arm.number(),
          arm.draws());
      Map<String, HeadsOff> wanted = new LinkedHashMap<>();
      for (int d = 0; d < sets.size(); d++) {
        wanted.put(
            setName(arm, d),
            arm.by() == By.ZERO ? profile.byZero(sets.get(d)) : profile.byMean(sets.get(d)));
      }
      return wanted;
    }
  }

  /**
   * What is known of each arm that has been measured, from the folder alone.
   *
   * @param arms by name
   */
  public Map<String, Findings> findings(Map<String, OffArm> arms) {
    Map<String, Findings> all = new LinkedHashMap<>();
    HeadProfile profile = Json.readIfThere(folder.resolve(HEADS), HeadProfile.class).orElse(null);
    Looks looks = Json.readIfThere(folder.resolve(LOOKS), Looks.class).orElse(null);
    if (profile != null && looks != null) {
      arms.forEach((name, arm) -> {
        Findings found = findings(arm);
        if (found != null) {
          if (arm.heads() == Which.NONE) {
            Attending.depth(found, profile, looks.previous());
            Attending.circuit(
                found, looks.circuit(), looks.circuitPrevious(), looks.circuitOthers());
            Attending.classes(found, looks.classes(), looks.classesMatchers());
            Attending.translations(found, looks.translations(), looks.translationsMatchers());
          }
          all.put(name, found);
        }
      });
    }
    return all;
  }

  private @Nullable Findings findings(OffArm arm) {
    boolean drawn = arm.heads() == Which.OTHERS;
    int[] shots = drawn ? Numbers.FEWER : Numbers.SHOTS;
    Findings out = new Findings();
    for (Task task : Task.ALL) {
      if (drawn && task.equals(Task.LINES)) {
        continue;
      }
      double[][][] sets = sets(WordPrompts.name(task, shots), arm);
      double[][] intact = rows(WordPrompts.name(task, Numbers.SHOTS), NONE);
      if (sets == null || intact == null) {
        return null;
      }
      Numbers.shots(out, task, sets, shots, intact, others(task, arm));
    }
    Numbers.count(out, shots);
    double[][][] repeats = sets("repeats", arm);
    double[][] intactRepeats = rows("repeats", NONE);
    double[][][] texts = sets(Texts.name(sizes.part()), arm);
    double[][] intactTexts = rows(Texts.name(sizes.part()), NONE);
    double[][] intactLong = rows(Texts.name(sizes.whole()), NONE);
    if (repeats == null
        || intactRepeats == null
        || texts == null
        || intactTexts == null
        || intactLong == null) {
      return null;
    }
    Numbers.repeats(out, repeats, intactRepeats);
    Numbers.damage(out, texts, intactTexts);
    Numbers.icl(out, drawn ? null : rows(Texts.name(sizes.whole()), setName(arm, 0)), intactLong);
    return out;
  }

  private double @Nullable [][][] others(Task task, OffArm arm) {
    if (arm.heads() != Which.BEST || task.equals(Task.LINES)) {
      return null;
    }
    int draws =
        (int)
            IntStream.iterate(0, d -> d + 1)
                .takeWhile(d ->
                    Files.exists(
                        file(
                            WordPrompts.name(task, Numbers.FEWER),
                            setName(new OffArm(Which.OTHERS, arm.number(), arm.by(), 1), d))))
                .count();
    return draws == 0
        ? null
        : sets(
            WordPrompts.name(task, Numbers.FEWER),
            new OffArm(Which.OTHERS, arm.number(), arm.by(), draws));
  }

  /** Of all sets of an arm; null while one is missing. */
  private double @Nullable [][][] sets(String stimulus, OffArm arm) {
    double[][][] sets = new double[arm.draws()][][];
    for (int d = 0; d < sets.length; d++) {
      double[][] rows = rows(stimulus, setName(arm, d));
      if (rows == null) {
        return null;
      }
      sets[d] = rows;
    }
    return sets;
  }
}
