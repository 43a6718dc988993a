package refrain.study;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.AnalysisKind;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.data.DataSpec;
import refrain.store.Json;
import refrain.store.Parent;
import refrain.store.Written;
import refrain.train.Inheritance;
import refrain.train.Overrides;
import refrain.train.Presets;
import refrain.train.RunSpec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What to run and what it has to show: a file under {@code studies/}.
 *
 * @param name short name
 * @param title what it shows
 * @param seeds replicates of each variant
 * @param block the seed of the first one; the others count on from it
 * @param varies what differs between seeds
 * @param plateauSteps how long a run that formed heads goes on, in steps
 * @param plateauShare the same as a share of its planned steps; the longer of the two counts
 * @param arguments the parts of what it argues, in the order of reports; where none is named, each
 *     id that claims give is one
 * @param variants the arms, in the order of tables
 * @param claims what the runs have to show
 * @param explanations why claims failed or stayed undecided, and which follow-up says so, by the
 *     claims' identifiers; written after the runs, so dated
 * @param page how it opens in a browser; null: with the run whose in-context learning changed most
 * @param primaryElsewhere primary claims of the whole study that this part of it leaves out: those
 *     that are left are judged as strictly as beside them
 * @param parts studies of the program that ask in full what this one asks in small, in the order in
 *     which {@code study run NAME --full} runs them
 */
public record Study(
    String name,
    String title,
    int seeds,
    @Default("0") int block,
    @Default("ALL") Varies varies,
    @Default("0") int plateauSteps,
    @Default("0") double plateauShare,
    @Default("[]") List<Argument> arguments,
    List<Variant> variants,
    @Default("[]") List<Claim> claims,
    @Default("{}") Map<String, String> explanations,
    @Default("null") @Nullable Opening page,
    @Default("0") int primaryElsewhere,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Default("[]") List<String> parts) {

  /** The name of its part that says how it opens. */
  static final String PAGE = "page";

  /** A whole study. */
  public Study(
      String name,
      String title,
      int seeds,
      int block,
      Varies varies,
      int plateauSteps,
      double plateauShare,
      List<Argument> arguments,
      List<Variant> variants,
      List<Claim> claims,
      Map<String, String> explanations) {
    this(
        name,
        title,
        seeds,
        block,
        varies,
        plateauSteps,
        plateauShare,
        arguments,
        variants,
        claims,
        explanations,
        null,
        0,
        List.of());
  }

  /**
   * One run of a study, or one arm of it whose model lies on disk.
   *
   * @param trained what the run is trained by; null: nothing is, the model lies on disk
   * @param control what the run that it is compared with is trained by; null: the variant has no
   *     control, or not of that seed
   */
  public record Cell(
      Variant variant, int seed, @Nullable RunSpec trained, @Nullable RunSpec control) {
    /** What its run is trained by. */
    public RunSpec spec() {
      return Objects.requireNonNull(trained, () -> label() + " is not trained");
    }

    /** For people: variant and seed. */
    public String label() {
      return Study.label(variant.name(), seed);
    }

    /** What is computed of its run: the summary, and what the variant asks for. */
    public List<AnalysisKind> analyses() {
      if (variant.onDisk()) {
        return List.of(AnalysisKind.ON_DISK);
      }
      List<AnalysisKind> kinds = new ArrayList<>(List.of(AnalysisKind.SUMMARY));
      variant.analyses().stream().filter(k -> k != AnalysisKind.SUMMARY).forEach(kinds::add);
      return kinds;
    }

    /** The identifier of its run. */
    public String id() {
      return spec().id();
    }

    /** The identifier of its control's run; null: there is none. */
    public @Nullable String controlId() {
      return control == null ? null : control.id();
    }

    /** Tokens that a step of its run predicts. */
    public long tokensPerStep() {
      return trained == null ? 0 : trained.tokensPerStep();
    }

    /** The kind of data, such as {@code bigram-restarts}; variants on one kind compare. */
    public String data() {
      return trained == null ? "" : Json.tree(trained.data()).path("kind").asString("");
    }
  }

  public Study {
    parts = List.copyOf(parts);
    variants = List.copyOf(variants);
    claims = List.copyOf(claims);
    arguments = arguments.isEmpty() ? named(claims) : List.copyOf(arguments);
    explanations = Map.copyOf(explanations);
    List<StudyFault> faults =
        StudyFault.of(
            name,
            seeds,
            block,
            Integer.MAX_VALUE,
            arguments,
            variants,
            claims,
            explanations.keySet(),
            page);
    require(
        faults.isEmpty(),
        "%s",
        faults.stream().map(fault -> "study: " + fault.what()).collect(Collectors.joining("\n")));
  }

  /** The arguments that claims name. */
  static List<Argument> named(List<Claim> claims) {
    return claims.stream()
        .map(Claim::argument)
        .distinct()
        .map(id -> Argument.named(id, null, id.replace('-', ' ')))
        .toList();
  }

  /** The names of the variants that a claim is about. */
  static Stream<String> needs(Claim claim) {
    return Stream.concat(Stream.of(claim.test()), Stream.ofNullable(claim.control()))
        .flatMap(Test::needs);
  }

  /** The studies that come with the program. */
  public static List<String> names() {
    return List.of(
        "olsson",
        "quick",
        "code",
        "pretrained",
        "beyond",
        "beyond-blocked",
        "beyond-ngrams",
        "beyond-hops",
        "beyond-doses",
        "beyond-knockouts",
        "beyond-abstract",
        "beyond-templates",
        "beyond-stopped",
        "beyond-released",
        "beyond-code");
  }

  /**
   * A study that comes with the program.
   *
   * @throws RefrainException when there is none of that name
   */
  public static Study named(String name) {
    return of(Written.text(text(name), name + ".yaml"));
  }

  /** The file of a study that comes with the program. */
  static String text(String name) {
    String file = name + ".yaml";
    try (InputStream in = Study.class.getResourceAsStream("/studies/" + file)) {
      if (in == null) {
        throw RefrainException.badInput(
            "no study '%s' comes with the program; there are %s", name, String.join(", ", names()));
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw RefrainException.disk("studies/" + file + ": cannot be read", e);
    }
  }

  /** Reads a study from a tree; {@code where} is what errors call it. */
  public static Study of(JsonNode tree, String where) {
    return StudyFile.read(Written.of(tree, where), false, false);
  }

  /** Reads a study that a person wrote. */
  public static Study of(Written file) {
    return StudyFile.read(file, false, true);
  }

  /**
   * Reads a study and resolves each variant's specification, so that all faults are found at once.
   *
   * @throws RefrainException of kind BAD_INPUT with all of them, a line each
   */
  public static Study check(Written file) {
    return StudyFile.read(file, true, true);
  }

  /** Same study with another number of replicates. */
  public Study withSeeds(int n) {
    return with(n, block, arguments, variants, claims, explanations);
  }

  /** Same study on the seeds from another one on. */
  public Study withBlock(int first) {
    return with(seeds, first, arguments, variants, claims, explanations);
  }

  private Study with(
      int n, int first, List<Argument> a, List<Variant> v, List<Claim> c, Map<String, String> e) {
    int elsewhere = primaryElsewhere + primary(claims) - primary(c);
    Opening opening = page == null ? null : page.of(v.stream().map(Variant::name).toList());
    return new Study(
        name,
        title,
        n,
        first,
        varies,
        plateauSteps,
        plateauShare,
        a,
        v,
        c,
        e,
        opening,
        elsewhere,
        parts);
  }

  /** What its numbers are of, for sentences: "these runs" or "this model". */
  public String subject() {
    return onDisk() ? "this model" : "these runs";
  }

  /** Whether it is of a model on disk, of which nothing is trained. */
  public boolean onDisk() {
    return variants.stream().anyMatch(Variant::onDisk);
  }

  private static int primary(List<Claim> claims) {
    return (int) claims.stream().filter(Claim::primary).count();
  }

  /**
   * The argument of that number or id.
   *
   * @throws RefrainException when there is none; the message lists them
   */
  public Argument argument(String word) {
    return arguments.stream()
        .filter(a -> a.isCalled(word))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "study '%s' has no argument '%s'; there are %s",
                name,
                word,
                arguments.stream()
                    .map(a -> a.label() + " (" + a.title() + ")")
                    .collect(Collectors.joining(", "))));
  }

  /** Same study with the claims of some arguments only, and the variants that they need. */
  public Study only(List<Argument> some) {
    Set<String> wanted = some.stream().map(Argument::id).collect(Collectors.toSet());
    List<Claim> kept = claims.stream().filter(c -> wanted.contains(c.argument())).toList();
    Set<String> needed = needed(kept);
    List<Variant> left = variants.stream().filter(v -> needed.contains(v.name())).toList();
    List<Argument> parts = arguments.stream().filter(a -> wanted.contains(a.id())).toList();
    Map<String, String> reasons = new HashMap<>(explanations);
    reasons.keySet().retainAll(kept.stream().map(Claim::id).toList());
    return with(seeds, block, parts, left, kept, reasons);
  }

  /** The names of all variants that some claims need, controls of their runs too. */
  Set<String> needed(List<Claim> some) {
    Set<String> needed = new HashSet<>();
    some.stream().flatMap(Study::needs).forEach(v -> need(v, needed));
    return needed;
  }

  private void need(String variant, Set<String> needed) {
    if (needed.add(variant)) {
      Variant one = variant(variant);
      Donor donor = one.donor();
      Stream.of(one.control(), donor == null ? null : donor.variant())
          .filter(Objects::nonNull)
          .forEach(other -> need(other, needed));
    }
  }

  static String label(String variant, int seed) {
    return variant + " seed " + seed;
  }

  /** The variant of that name. */
  public Variant variant(String wanted) {
    return variants.stream()
        .filter(v -> v.name().equals(wanted))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no variant " + wanted));
  }

  /** How many replicates a variant has; no more than its donor. */
  public int replicates(Variant variant) {
    int own = variant.seeds() == null ? seeds : Math.min(seeds, variant.seeds());
    Donor donor = variant.donor();
    return donor == null ? own : Math.min(own, replicates(variant(donor.variant())));
  }

  /** The seeds of a variant's runs, upwards. */
  public List<Integer> seeds(Variant variant) {
    return IntStream.range(block, block + replicates(variant)).boxed().toList();
  }

  /**
   * Same study with the fingerprint of the user's own text, as it is now, in the settings of each
   * variant: its runs are found again also when the text is edited or gone.
   *
   * @throws RefrainException when a text cannot be found or read
   */
  public Study pinned() {
    Map<DataSpec, DataSpec> known = new HashMap<>();
    List<Variant> pinned = new ArrayList<>();
    Map<String, RunSpec> specs = specs();
    for (Variant variant : variants) {
      if (variant.onDisk()) {
        pinned.add(variant);
        continue;
      }
      DataSpec asked = Objects.requireNonNull(specs.get(variant.name())).data();
      DataSpec data = known.computeIfAbsent(asked, DataSpec::pinned);
      pinned.add(data.equals(asked) ? variant : variant.with("data", Json.tree(data)));
    }
    return with(seeds, block, arguments, pinned, claims, explanations);
  }

  /** All runs, in the order of variants and seeds. Resolves every specification: keep the list. */
  public List<Cell> cells() {
    Map<String, RunSpec> specs = specs();
    List<Cell> cells = new ArrayList<>();
    for (Variant variant : variants) {
      if (variant.onDisk()) {
        continue;
      }
      String control = variant.control();
      List<Integer> compared = control == null ? List.of() : seeds(variant(control));
      for (int seed : seeds(variant)) {
        RunSpec other =
            control == null || !compared.contains(seed)
                ? null
                : replicate(variant(control), seed, specs);
        cells.add(new Cell(variant, seed, replicate(variant, seed, specs), other));
      }
    }
    return cells;
  }

  /** The arms whose model lies on disk; nothing is trained for them. */
  public List<Cell> arms() {
    return variants.stream()
        .filter(Variant::onDisk)
        .map(variant -> new Cell(variant, block, null, null))
        .toList();
  }

  /** A variant's run at a seed; what it begins with is known by the identity of its donor's run. */
  private RunSpec replicate(Variant variant, int seed, Map<String, RunSpec> specs) {
    RunSpec spec = varies.replicate(Objects.requireNonNull(specs.get(variant.name())), seed);
    Donor donor = variant.donor();
    if (donor == null) {
      return spec;
    }
    RunSpec from = varies.replicate(Objects.requireNonNull(specs.get(donor.variant())), seed);
    Parent parent = Inheritance.planned(from, from.steps(), donor.parameters(), donor.graft());
    return spec.with(s -> s.parent = parent, s -> s.seeds = spec.seeds().withAnotherStart());
  }

  /** The specification of each variant by its name, of no replicate yet. */
  private Map<String, RunSpec> specs() {
    Map<String, RunSpec> specs = new HashMap<>();
    for (Variant variant : variants) {
      if (variant.onDisk()) {
        continue;
      }
      String where = "study '" + name + "', variant '" + variant.name() + "'";
      specs.put(variant.name(), spec(variant.name(), variant.preset(), variant.set(), where));
    }
    return specs;
  }

  /** What a variant trains, but for the seeds. */
  static RunSpec spec(String variant, String preset, JsonNode set, String where) {
    Overrides overrides = Overrides.of(Presets.get(preset).with(s -> s.name = variant));
    if (set instanceof ObjectNode settings && !settings.isEmpty()) {
      overrides.tree(settings, where);
    }
    return overrides.resolve(where);
  }
}
