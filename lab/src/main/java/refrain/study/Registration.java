package refrain.study;

import static refrain.base.RefrainException.require;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.base.GitClone;
import refrain.base.RefrainException;
import refrain.store.Json;
import refrain.store.RunInfo;
import refrain.train.RunProbe;
import refrain.train.RunSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What was fixed before a block of seeds was run: {@code studies/registered/NAME-BLOCK.json}. It
 * holds the claims that count (the primary ones; where a study has none, all), the runs that they
 * need, and the versions of what measures them, with a hash of each in canonical form ({@link
 * Json#hash}). A study's own verdicts are called registered only where the commit that added this
 * file comes before the commit of every run that they rest on.
 *
 * @param seeds of each variant that the claims need
 * @param claims in full: sides, bars, n, statistics, controls
 * @param definitions versions of the analyses, and what the probes measure
 * @param arms the variants that the claims need, as they are trained
 * @param sha256 of each part, and of those three together
 */
public record Registration(
    String study,
    int block,
    Map<String, Integer> seeds,
    JsonNode claims,
    JsonNode definitions,
    JsonNode arms,
    Map<String, String> sha256) {
  /**
   * Seeds below are there to explore with; of the program's studies, those from here on are not.
   */
  public static final int FIRST = 100;

  /** Blocks begin at a multiple of it and have no more seeds. */
  private static final int SIZE = 100;

  private static final int LAST = 9_900;
  private static final String FOLDER = "studies/registered/";

  /**
   * What a study's block has to say of its registration.
   *
   * @param registered whether its claims, arms and definitions were fixed before it was run
   * @param reason why not; "" where they were
   * @param commit the one that registered it; null: none is known
   */
  public record Status(boolean registered, String reason, @Nullable String commit) {
    private static Status not(String reason) {
      return new Status(false, reason, null);
    }

    /** Such as "not registered: no git here". */
    public String words() {
      return registered ? "registered" : "not registered: " + reason;
    }
  }

  /**
   * A block that was registered, with what was found of it where that was committed: not judged
   * again.
   */
  public record Block(int block, @Nullable JudgedBlock judged) {}

  public Registration {
    seeds = new LinkedHashMap<>(seeds);
    sha256 = new LinkedHashMap<>(sha256);
  }

  /** What would be registered of a study, on the block that it says. */
  public static Registration of(Study study) {
    List<Claim> counted = counted(study);
    Set<String> needed = study.needed(counted);
    Map<String, Integer> seeds = new LinkedHashMap<>();
    ObjectNode arms =
        Json.object()
            .put("varies", study.varies().name())
            .put("plateauSteps", study.plateauSteps())
            .put("plateauShare", study.plateauShare());
    ObjectNode variants = arms.putObject("variants");
    Set<AnalysisKind> kinds = new TreeSet<>();
    Map<Object, JsonNode> measures = new LinkedHashMap<>();
    for (Study.Cell cell : study.cells()) {
      Variant variant = cell.variant();
      if (!needed.contains(variant.name()) || variants.has(variant.name())) {
        continue;
      }
      seeds.put(variant.name(), study.replicates(variant));
      ObjectNode arm = variants.putObject(variant.name());
      arm.put("control", variant.control()).put("settled", variant.settled().name());
      if (variant.donor() != null) {
        arm.set("donor", Json.tree(variant.donor()));
      }
      arm.set("analyses", Json.tree(cell.analyses()));
      arm.set("spec", Json.tree(cell.spec()));
      kinds.addAll(cell.analyses());
      RunSpec spec = cell.spec();
      measures.computeIfAbsent(
          List.of(spec.model(), spec.data(), spec.context(), spec.probing().measures()),
          _ -> Json.tree(RunProbe.definitions(spec)));
    }
    for (Study.Cell cell : study.arms()) {
      Variant variant = cell.variant();
      if (needed.contains(variant.name())) {
        seeds.put(variant.name(), 1);
        ObjectNode arm = variants.putObject(variant.name());
        arm.set("analyses", Json.tree(cell.analyses()));
        arm.set("set", variant.set());
        kinds.addAll(cell.analyses());
      }
    }
    ObjectNode definitions = Json.object();
    ObjectNode versions = definitions.putObject("analyses");
    kinds.forEach(kind -> versions.put(kind.slug(), kind.analysis().version()));
    measures.values().stream().distinct().forEach(definitions.putArray("measures")::add);
    return new Registration(
            study.name(),
            study.block(),
            seeds,
            read(Json.tree(counted)),
            read(definitions),
            read(arms),
            Map.of())
        .hashed();
  }

  /** As it is read back: a tree made from a record has other number types than one from text. */
  private static JsonNode read(JsonNode tree) {
    return Json.parse(Json.line(tree), "registration");
  }

  private Registration hashed() {
    Map<String, String> hashes = new LinkedHashMap<>();
    hashes.put("claims", Json.hash(claims));
    hashes.put("definitions", Json.hash(definitions));
    hashes.put("arms", Json.hash(List.of(arms, Json.tree(seeds))));
    hashes.put("all", Json.hash(List.copyOf(hashes.values())));
    return new Registration(study, block, seeds, claims, definitions, arms, hashes);
  }

  private static List<Claim> counted(Study study) {
    List<Claim> primary = study.claims().stream().filter(Claim::primary).toList();
    return primary.isEmpty() ? study.claims() : primary;
  }

  /** Where its file lies, from the program's folder. */
  public static String file(String study, int block) {
    return FOLDER + study + "-" + block + ".json";
  }

  /** Where what was found of it lies, from the program's folder. */
  public static String verdictsFile(String study, int block) {
    return FOLDER + study + "-" + block + ".verdicts.json";
  }

  /** The registration of a block that comes with the program. */
  public static Optional<Registration> find(String study, int block) {
    String file = file(study, block);
    return resource(file).map(text -> parse(text, file));
  }

  private static Registration parse(String text, String where) {
    return Json.read(Json.parse(text, where), Registration.class, where);
  }

  private static Optional<String> resource(String file) {
    try (InputStream in = Registration.class.getResourceAsStream("/" + file)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }

  /** Every block of a study that was ever registered, as it comes with the program. */
  public static List<Block> blocks(String study) {
    return IntStream.iterate(FIRST, b -> b <= LAST, b -> b + SIZE)
        .filter(b -> resource(file(study, b)).isPresent())
        .mapToObj(b -> new Block(b, JudgedBlock.find(verdictsFile(study, b)).orElse(null)))
        .toList();
  }

  /**
   * Refuses to run seeds of the program's studies that are kept for registered claims. Seeds below
   * {@link #FIRST} and studies of one's own are free.
   */
  public static void requireBeforeRuns(Study study) {
    int last = study.block() + study.seeds() - 1;
    if (!Study.names().contains(study.name()) || last < FIRST) {
      return;
    }
    requireBlock(study);
    if (find(study.name(), study.block()).isEmpty()) {
      throw RefrainException.badInput(
          "study '%s': its seeds %s to %s are kept for claims that are registered before they are"
              + " run, and there is no %s; explore with --block 0, or write it with ./refrain study"
              + " register %s --block %s and commit it",
          study.name(),
          study.block(),
          last,
          file(study.name(), study.block()),
          study.name(),
          study.block());
    }
  }

  /** Refuses what is no block. */
  public static void requireBlock(Study study) {
    require(
        study.block() >= FIRST
            && study.block() <= LAST
            && study.block() % SIZE == 0
            && study.seeds() <= SIZE,
        "study '%s': seeds %s to %s are no block; those from %s on lie in blocks that begin at a"
            + " multiple of %s and have at most as many, and those below are there to explore with",
        study.name(),
        study.block(),
        study.block() + study.seeds() - 1,
        FIRST,
        SIZE);
  }

  /** The parts in which a study is not what was registered; empty: none. */
  public List<String> differing(Study now) {
    Registration other = of(now);
    return List.of("claims", "definitions", "arms").stream()
        .filter(part -> !Objects.equals(sha256.get(part), other.sha256.get(part)))
        .toList();
  }

  /**
   * Whether what runs show was registered before they were run.
   *
   * @param ended the runs that have ended
   * @param clone the one that the program was built in
   */
  static Status status(Study study, List<StudyResults.Run> ended, Optional<GitClone> clone) {
    boolean there = find(study.name(), study.block()).isPresent();
    return status(study, ended, clone, there);
  }

  /**
   * @param there whether the block's file comes with the program
   */
  static Status status(
      Study study, List<StudyResults.Run> ended, Optional<GitClone> clone, boolean there) {
    if (study.block() < FIRST) {
      return Status.not("seeds below " + FIRST + " are there to explore with");
    }
    String file = file(study.name(), study.block());
    if (!there) {
      return Status.not("there is no " + file);
    }
    return clone
        .map(git -> status(study, ended, git, file))
        .orElseGet(() -> Status.not("no git clone here to look it up in"));
  }

  private static Status status(
      Study study, List<StudyResults.Run> ended, GitClone git, String file) {
    if (git.shallow()) {
      return Status.not("this clone is shallow, and the commit that registered it may be missing");
    }
    List<String> commits = git.commitsOf(file);
    if (commits.size() != 1) {
      return Status.not(
          commits.isEmpty()
              ? file + " is not committed"
              : file + " was changed after it had been committed");
    }
    String added = commits.getFirst();
    Registration registered = git.show(added, file).map(text -> parse(text, file)).orElse(null);
    if (registered == null || !registered.hashed().sha256().equals(registered.sha256())) {
      return Status.not(file + " is not what its own hashes say");
    }
    List<String> other = registered.differing(study);
    if (!other.isEmpty()) {
      return Status.not("it was registered with other " + String.join(" and ", other));
    }
    List<String> faults = new ArrayList<>();
    Map<String, Boolean> later = new LinkedHashMap<>();
    for (StudyResults.Run run : ended) {
      if (registered.seeds().containsKey(run.cell().variant().name())) {
        faults.addAll(fault(run, added, git, later).stream().toList());
      }
    }
    return faults.isEmpty()
        ? new Status(true, "", added)
        : Status.not(
            faults.getFirst()
                + (faults.size() == 1
                    ? ""
                    : ", and so for %s more runs".formatted(faults.size() - 1)));
  }

  /** Why a run does not count as one that came after a commit. */
  private static Optional<String> fault(
      StudyResults.Run run, String added, GitClone git, Map<String, Boolean> later) {
    long last = run.summary() == null ? 0 : run.summary().steps();
    List<RunInfo.Session> makers =
        run.summary() == null ? run.sessions() : RunInfo.makers(run.sessions(), last);
    for (RunInfo.Session session : makers) {
      String commit = session.commit();
      if (commit == null) {
        return Optional.of(
            run.cell().label() + " records no commit: changed sources, or no clone, trained it");
      }
      if (!later.computeIfAbsent(commit, made -> git.isAncestor(added, made))) {
        return Optional.of(
            "%s was trained by commit %s, before or beside the one that registered it"
                .formatted(run.cell().label(), commit.substring(0, 12)));
      }
    }
    return Optional.empty();
  }
}
