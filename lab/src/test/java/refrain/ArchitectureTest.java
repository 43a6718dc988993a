package refrain;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The arrows between the packages (docs/architecture.md); they go down only. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("refrain");

  /** What each package may use beside itself, the whole list. */
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("base", Set.of()),
          // Numbers in, records out: statistics know no runs and no models.
          Map.entry("stats", Set.of("base")),
          // Anybody's logs: no model and no run of ours is known there.
          Map.entry("watch", Set.of("store", "stats", "base")),
          Map.entry("tensor", Set.of("base")),
          Map.entry("data", Set.of("tensor", "base")),
          Map.entry("model", Set.of("data", "tensor", "base")),
          Map.entry("intervene", Set.of("model", "data", "tensor", "base")),
          Map.entry("probe", Set.of("model", "data", "tensor", "base")),
          // A checkpoint is names and shapes of parameters: no data, no kernels.
          Map.entry("store", Set.of("model", "base")),
          // Models that others trained: files in, specification and weights out.
          Map.entry("pretrained", Set.of("store", "model", "data", "tensor", "base")),
          Map.entry(
              "train",
              Set.of(
                  "watch",
                  "probe",
                  "store",
                  "intervene",
                  "model",
                  "data",
                  "tensor",
                  "stats",
                  "base")),
          Map.entry(
              "analysis",
              Set.of(
                  "train",
                  "probe",
                  "pretrained",
                  "store",
                  "intervene",
                  "model",
                  "data",
                  "tensor",
                  "stats",
                  "base")),
          Map.entry(
              "study",
              Set.of(
                  "analysis",
                  "train",
                  "probe",
                  "pretrained",
                  "store",
                  "intervene",
                  "model",
                  "data",
                  "tensor",
                  "stats",
                  "base")),
          Map.entry(
              "catalog",
              Set.of("study", "analysis", "train", "store", "intervene", "model", "data", "base")),
          // A report is drawn from what was stored; it never trains or measures.
          Map.entry(
              "report", Set.of("draw", "study", "analysis", "probe", "store", "stats", "base")),
          // Other programs' files, written from the store; nothing is trained or measured for it.
          Map.entry("export", Set.of("train", "store", "model", "data", "base")),
          // The page's server: it reads the store, runs models and writes nothing. No terminal, no
          // report: those are other ways to see the same.
          Map.entry(
              "serve",
              Set.of(
                  "catalog",
                  "study",
                  "analysis",
                  "pretrained",
                  "train",
                  "probe",
                  "store",
                  "intervene",
                  "model",
                  "data",
                  "tensor",
                  "stats",
                  "base")),
          // What draws knows no study: a page and the terminal draw with it too.
          Map.entry("draw", Set.of("base")),
          Map.entry(
              "cli",
              Set.of(
                  "watch",
                  "serve",
                  "export",
                  "pretrained",
                  "catalog",
                  "report",
                  "draw",
                  "study",
                  "analysis",
                  "train",
                  "probe",
                  "store",
                  "intervene",
                  "model",
                  "data",
                  "tensor",
                  "stats",
                  "base")));

  private static final String ANALYSIS = "refrain.analysis";
  private static final String INSTRUMENT = ANALYSIS + ".instrument";
  private static final String MEASURE = ANALYSIS + ".measure";

  @Test
  void everyPackageHasAPlaceInTheList() {
    Set<String> packages = new TreeSet<>();
    CLASSES.forEach(c -> packages.add(room(c.getPackageName())));
    assertThat(MAY_USE.keySet()).containsAll(packages);
  }

  /** Null is checked in packages that say so, and in no others. */
  @Test
  void everyPackageIsCheckedForNull() {
    Set<String> unmarked = new TreeSet<>();
    for (var each : CLASSES) {
      if (!each.getPackage().isAnnotatedWith(NullMarked.class)) {
        unmarked.add(each.getPackageName());
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void arrowsGoDownOnly() {
    List<String> upward = new ArrayList<>();
    for (var from : CLASSES) {
      String room = room(from.getPackageName());
      for (var dependency : from.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        if (!target.startsWith("refrain.")
            || room(target).equals(room)
            || MAY_USE.getOrDefault(room, Set.of()).contains(room(target))) {
          continue;
        }
        upward.add(room + " may not use " + room(target) + ": " + dependency.getDescription());
      }
    }
    assertThat(upward).isEmpty();
  }

  /**
   * The rooms inside of analysis, bottom up; each argument may use what lies below and no other;
   * what a page or a scan asks stands on what the command measure says.
   */
  @Test
  void insideOfAnalysisInstrumentsKnowNoRunsAndArgumentsNotEachOther() {
    Set<String> upward = new TreeSet<>();
    for (var from : CLASSES) {
      String room = from.getPackageName();
      if (!room.startsWith(ANALYSIS)) {
        continue;
      }
      Set<String> below =
          switch (room) {
            case INSTRUMENT -> Set.of();
            case ANALYSIS -> Set.of(INSTRUMENT);
            case ANALYSIS + ".explore", ANALYSIS + ".scan" -> Set.of(INSTRUMENT, ANALYSIS, MEASURE);
            default -> Set.of(INSTRUMENT, ANALYSIS);
          };
      for (var dependency : from.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        if (target.startsWith(ANALYSIS) && !target.equals(room) && !below.contains(target)) {
          upward.add(dependency.getDescription());
        }
      }
    }
    assertThat(upward).isEmpty();
    noClasses()
        .that()
        .resideInAPackage(INSTRUMENT)
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("refrain.store.RunFolder")
        .orShould()
        .dependOnClassesThat()
        .haveFullyQualifiedName("refrain.train.RunSpec")
        .check(CLASSES);
  }

  /** Numbers in, events out: what detects knows no files, what reads detects nothing. */
  @Test
  void whatDetectsAndWhatReadsLogsDoNotKnowEachOther() {
    Map<String, Set<String>> allowed =
        Map.of(
            "refrain.watch", Set.of("refrain.watch", "refrain.stats", "refrain.base"),
            "refrain.watch.log", Set.of("refrain.watch.log", "refrain.base"));
    Set<String> others = new TreeSet<>();
    for (var from : CLASSES) {
      Set<String> known = allowed.get(from.getPackageName());
      if (known == null) {
        continue;
      }
      for (var dependency : from.getDirectDependenciesFromSelf()) {
        String target = dependency.getTargetClass().getPackageName();
        if (target.startsWith("refrain.") && !known.contains(target)) {
          others.add(dependency.getDescription());
        }
      }
    }
    assertThat(others).isEmpty();
  }

  /** Requests, guard and streams would serve anything: what is served is not theirs to know. */
  @Test
  void whatSpeaksHttpKnowsNoRun() {
    noClasses()
        .that()
        .resideInAPackage("refrain.serve.http")
        .should()
        .dependOnClassesThat(
            DescribedPredicate.describe(
                "are of another room than base",
                (JavaClass each) ->
                    each.getPackageName().startsWith("refrain.")
                        && !each.getPackageName().equals("refrain.base")
                        && !each.getPackageName().equals("refrain.serve.http")))
        .check(CLASSES);
  }

  @Test
  void noPackageOfAnalysisDrawOrReportHasMoreThanTwentyFiveFiles() {
    Map<String, Set<String>> files = new TreeMap<>();
    for (var each : CLASSES) {
      if (Set.of("analysis", "draw", "report").contains(room(each.getPackageName()))) {
        files
            .computeIfAbsent(each.getPackageName(), name -> new TreeSet<>())
            .add(each.getSource().flatMap(source -> source.getFileName()).orElse(each.getName()));
      }
    }
    assertThat(files).containsKey(INSTRUMENT);
    assertThat(files).allSatisfy((name, all) -> assertThat(all).as(name).hasSizeLessThan(26));
  }

  /** Nested classes belong to the class around them. */
  @Test
  void classesOfTheReportFormNoCycle() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass each) {
                return each.getPackageName().equals("refrain.report")
                    ? SliceIdentifier.of(each.getName().replaceFirst("\\$.*", ""))
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "classes of the report";
              }
            })
        .should()
        .beFreeOfCycles()
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices()
        .matching("refrain.(**)")
        .should()
        .beFreeOfCycles()
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineExitsAndPrints() {
    noClasses()
        .that()
        .resideOutsideOfPackage("refrain.cli..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .callMethod(System.class, "exit", int.class)
        .check(CLASSES);
  }

  private static String room(String packageName) {
    String below = packageName.substring("refrain.".length());
    int dot = below.indexOf('.');
    return dot < 0 ? below : below.substring(0, dot);
  }
}
