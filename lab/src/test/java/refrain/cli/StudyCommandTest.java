package refrain.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static java.util.Locale.ROOT;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Arithmetic;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.study.Judge;
import refrain.study.Study;
import refrain.study.StudyFolder;
import refrain.study.StudyListener;
import refrain.study.Varies;
import refrain.train.Engines;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class StudyCommandTest extends TypedCommands {
  /** Two runs of a model that is too small to form heads, and what is claimed of them. */
  private static final String TINY =
      """
      name: tiny
      title: A study for tests
      seeds: 2
      plateauSteps: 0
      plateauShare: 0.0
      arguments:
        - {id: forming, number: "1", title: What forms}
        - {id: at-once, number: null, title: At once}
        - {id: alike, number: "3", title: Likeness}
        - {id: unused, number: "4", title: Nothing}
      variants:
        - {name: "plain", preset: tiny, control: null, settled: AT_END, set: {}, analyses: []}
      explanations: {}
      claims:
        - id: holds
          argument: FORMING
          data: R0
          sentence: A tiny model forms none.
          test: {variants: ["plain"], quantity: formed, other: null, against: null, compare: VALUE, statistic: EVERY_SEED, bar: {side: AT_MOST, at: 0, around: 0}}
          control: {variants: ["plain"], quantity: pm.max, other: null, against: null, compare: VALUE, statistic: EVERY_SEED, bar: {side: AT_MOST, at: 0.9, around: 0}}
          seeds: 2
          why: It has no time to.
        - id: fails
          argument: at-once
          data: R0
          sentence: A tiny model forms heads, "at once".
          test: {variants: ["plain"], quantity: formation.step, other: null, against: null, compare: VALUE, statistic: MEAN, bar: {side: AT_MOST, at: 10, around: 0}}
          control: null
          seeds: 2
          why: It does not.
        - id: open
          argument: alike
          data: R0
          sentence: Ten seeds are alike.
          test: {variants: ["plain"], quantity: icl.after, other: null, against: null, compare: VALUE, statistic: MEAN, bar: {side: AT_MOST, at: 1, around: 0}}
          control: null
          seeds: 10
          why: There are two.
      """;

  @TempDir Path temp;

  private void fails(String message, String... args) {
    err.getBuffer().setLength(0);
    assertThat(run(args)).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
  }

  @Test
  void listNamesEachStudyWithItsSize() {
    assertThat(run("study", "list")).isZero();
    Study olsson = Study.named("olsson");
    assertThat(out.toString())
        .contains("olsson     " + olsson.title())
        .contains(olsson.claims().size() + " claims; ")
        .contains(olsson.cells().size() + " runs of ")
        .contains(" variants, seeds from 100 on");
    for (String name : Study.names()) {
      assertThat(out.toString()).contains(name);
    }
  }

  @Test
  void showSaysEveryBarAndWhy() {
    assertThat(run("study", "show", "olsson")).isZero();
    String shown = out.toString();
    Study.named("olsson")
        .claims()
        .forEach(c ->
            assertThat(shown)
                .contains("  " + c.id() + ": " + c.sentence())
                .contains("bar " + c.test().bar().words())
                .contains(c.why()));
    assertThat(shown).contains("Argument 2: Co-perturbation").contains("      control: ");
  }

  @Test
  void thePartsOfAStudyComeWithTheProgramAndHaveNoneThemselves() {
    for (String name : Study.names()) {
      for (String part : Study.named(name).parts()) {
        assertThat(Study.named(part).parts()).as("%s of %s", part, name).isEmpty();
      }
    }
    assertThat(Study.named("beyond").parts()).hasSizeGreaterThan(3).doesNotHaveDuplicates();
  }

  @Test
  void mistakesEndWithTwoAndOneSentence() throws IOException {
    fails(
        "no study 'nothing' comes with the program; there are olsson", "study", "show", "nothing");
    fails(
        "study 'olsson' has no argument '9'; there are 1 (Co-occurrence), 2 (Co-perturbation)",
        "study",
        "run",
        "olsson",
        "--only",
        "1,9");
    fails("--threads is 0, expected 1 or more", "study", "run", "olsson", "--threads", "0");
    fails(
        "--other-arithmetic: would be ignored beside --analyse-only, which trains nothing; leave it"
            + " out",
        "study",
        "run",
        "olsson",
        "--analyse-only",
        "--other-arithmetic");
    fails("study: seeds is 0, expected 1 or more", "study", "run", "olsson", "--seeds", "0");
    fails(
        "--full: the study 'quick' has no parts; it is the whole",
        "study",
        "run",
        "quick",
        "--full");
    fails(
        "--seeds: would be ignored beside --full, which runs other studies as they are; leave it out",
        "study",
        "run",
        "beyond",
        "--full",
        "--seeds",
        "2");
    fails("holds no study: there is no study.json", "study", "report", temp.toString());
    fails("holds no study: there is no study.json", "report", temp.toString());
    Path file = Files.writeString(temp.resolve("tiny.yaml"), TINY);
    fails(
        "--only 4: the study 'tiny' has no runs for it",
        "study",
        "run",
        file.toString(),
        "--only",
        "4");
    Files.writeString(file, TINY.replace("argument: at-once", "argument: at-onec"));
    fails(
        "study: the argument of claim 'fails' is 'at-onec'; there are alike, at-once, forming,"
            + " unused",
        "study",
        "show",
        file.toString());
    Files.writeString(file, TINY.replace("pm.max", "pm.most"));
    fails(
        "no quantity 'pm.most'; the nearest names are pm.max, ", "study", "show", file.toString());
    Files.writeString(file, TINY.replace("AT_MOST, at: 10,", "BELOW, at: 10,"));
    fails(
        "tiny.yaml:27: claims[1].test.bar.side: expected one of AT_LEAST, AT_MOST, WITHIN, found"
            + " 'BELOW'",
        "study",
        "show",
        file.toString());
  }

  @Test
  void aStudyIsRunJudgedAndDrawnAgain() throws IOException {
    Path file = Files.writeString(temp.resolve("tiny.yaml"), TINY);
    Path folder = temp.resolve("tiny");
    assertThat(run("study", "run", file.toString(), "--table", "--out", folder.toString()))
        .isZero();
    String shown = out.toString();
    assertThat(shown).containsPattern("(?m)^holds +2 .*A tiny model forms none\\.$");
    assertThat(shown).containsPattern("(?m)^no value +0 .*\\(2 of 2 have no value\\)$");
    assertThat(shown).containsPattern("(?m)^undecided +2 .*\\(n = 2, needs 10; so far: holds\\)$");
    // Probes read 8 sequences; scores of tables and verdicts are of 256, with their errors.
    assertThat(shown)
        .contains(
            "ICL scores in nats, +- one standard error, on n = 256 sequences of the evaluation set;")
        .containsPattern("(?m)^plain +0 +none +none +-0\\.11 \\+- \\.03 ");
    assertThat(shown).contains("Report: " + folder.resolve("report.html"));
    assertThat(shown).containsOnlyOnce("Judging 3 claims.");
    assertThat(shown).contains("Argument 1: What forms").containsPattern("(?m)^At once$");

    JsonNode icl = Json.readFile(folder.resolve("report.json")).get("runs").get(0).get("icl");
    assertThat(icl.get("end").get("n").asInt()).isEqualTo(256);
    assertThat(icl.get("end").get("error").asDouble()).isBetween(.02, .05);
    assertThat(icl.get("formed").get("score").isNull()).isTrue();
    assertThat(Files.readString(folder.resolve("report.html"))).contains("-0.11 ± .03");

    JsonNode claims = Json.readFile(folder.resolve("report.json")).get("claims");
    assertThat(claims).hasSize(3);
    JsonNode first = claims.get(0);
    assertThat(first.propertyNames())
        .contains(
            "id",
            "argument",
            "sentence",
            "bar",
            "estimate",
            "low",
            "high",
            "control",
            "n",
            "verdict");
    assertThat(first.get("id").asString()).isEqualTo("holds");
    assertThat(first.get("argument").asString()).isEqualTo("1");
    assertThat(first.get("bar").asString()).isEqualTo("<= 0.00");
    assertThat(first.get("estimate").asDouble()).isZero();
    assertThat(first.get("n").asInt()).isEqualTo(2);
    assertThat(first.get("verdict").asString()).isEqualTo("holds");
    assertThat(first.get("control").get("bar").asString()).isEqualTo("<= 0.90");
    assertThat(claims.get(1).get("estimate").isNull()).isTrue();
    assertThat(claims.get(1).get("control").isNull()).isTrue();
    assertThat(claims.get(1).get("reason").asString()).isEqualTo("2 of 2 have no value");

    List<String> csv = Files.readAllLines(folder.resolve("claims.csv"));
    assertThat(csv).hasSize(4);
    assertThat(csv.getFirst())
        .isEqualTo(
            "id,argument,data,kind,sentence,seen,supersedes,paper,paper where,paper bar,otherwise,p,"
                + "level,needs,caught,control fails,power,verdict,reason,quantity,statistic,bar,estimate,low,"
                + "high,low 95,high 95,p value,n,missing,control quantity,control statistic,control bar,"
                + "control estimate,control low,control high,control low 95,control high 95,"
                + "control p value,control n,control missing");
    assertThat(csv.get(1))
        .startsWith("holds,1,R0,exploratory,A tiny model forms none.,nothing,")
        .contains(",0,0.05,2,,,,holds,");
    assertThat(csv.get(2))
        .contains("\"A tiny model forms heads, \"\"at once\"\".\"")
        .contains(",,");

    String page = Files.readString(folder.resolve("report.html"));
    Files.delete(folder.resolve("report.html"));
    assertThat(run("study", "report", folder.toString())).isZero();
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("A tiny model forms none.")
        .hasSizeGreaterThan(page.length() / 2);
    out.getBuffer().setLength(0);
    assertThat(run("report", folder.toString())).isZero();
    assertThat(out.toString()).containsOnlyOnce("Judging 3 claims.");
  }

  @Test
  void aStudyThatMixesArithmeticSaysSoBesideItsRuns() throws IOException {
    Path file = Files.writeString(temp.resolve("tiny.yaml"), TINY);
    Path folder = temp.resolve("tiny");
    String[] command = {"study", "run", file.toString(), "--table", "--out", folder.toString()};
    assertThat(run(command)).isZero();
    Arithmetic here = Engines.arithmetic();
    Path page = folder.resolve("report.html");
    assertThat(out.toString()).doesNotContain("arithmetic", here.words());
    assertThat(Files.readString(page).replaceAll("<[^>]*>", ""))
        .contains("Every run was trained with " + here.words() + ".");

    // The second run as if it had been interrupted where other kernels made it.
    JsonNode runs = Json.readFile(folder.resolve("report.json")).get("runs");
    RunFolder second =
        RunFolder.at(folder.resolve("runs").resolve(runs.get(1).get("run").asString()));
    Path json = second.path().resolve("run.json");
    Files.writeString(
        json, Files.readString(json).replaceFirst("\"kernels\" : \\d+", "\"kernels\" : 0"));
    Files.delete(second.path().resolve("outcome.json"));
    Files.move(second.checkpoints().list().getLast().folder(), temp.resolve("lost"));
    long step = second.checkpoints().list().getLast().step();
    String elsewhere = here.processor() + ", " + here.width() + ", kernels 0";
    fails(
        "refrain: "
            + second.path()
            + ": step "
            + step
            + " was made with "
            + elsewhere
            + ", here is "
            + here.words()
            + ", so it cannot go on to the same bits: use the version of Refrain that made it, or add"
            + " --other-arithmetic to go on all the same, or move the folder away to train it from"
            + " the beginning\n",
        command);
    out.getBuffer().setLength(0);
    List<String> anyway = new ArrayList<>(List.of(command));
    anyway.add("--other-arithmetic");
    assertThat(run(anyway.toArray(String[]::new))).isZero();
    String sentence =
        "These runs were trained with more than one arithmetic, and each gives its bits again only"
            + " under its own: 1 run with %s; 1 run with %s, then %s. Which is which stands in"
                .formatted(here.words(), elsewhere, here.words())
            + " report.json.";
    assertThat(out.toString())
        .containsPattern(
            "(?m)^plain +1 .*\\RICL scores .*\\R\\R" + Pattern.quote(sentence) + "\\R\\R");
    assertThat(Files.readString(page).replaceAll("<[^>]*>", "")).contains(sentence);
    JsonNode groups = Json.readFile(folder.resolve("report.json")).get("arithmetic");
    assertThat(groups).hasSize(2);
    assertThat(groups.get(1).get("trainedWith").get(0).get("kernels").asInt()).isZero();
    assertThat(groups.get(1).get("runs").get(0)).isEqualTo(runs.get(1).get("run"));
  }

  /** Reports, pictures and terminal take one reading; who judged again would judge elsewhere. */
  @Test
  void onlyOnePlaceReadsAndOneJudges() {
    var classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("refrain");
    noClasses()
        .that()
        .haveNameNotMatching("refrain\\.study\\.(StudyResults|Judge)")
        .should()
        .callMethod(Judge.class, "verdicts")
        .check(classes);
    noClasses()
        .that()
        .haveNameNotMatching("refrain\\.cli\\.Reports")
        .should()
        .callMethod(StudyFolder.class, "read", StudyListener.class)
        .check(classes);
  }

  /** As studies were written before they named their arguments. */
  @Test
  void aFolderOfBeforeIsReadWithTheArgumentsOfItsStudy() throws IOException {
    ObjectNode tree = (ObjectNode) Json.tree(Study.named("olsson").withSeeds(1));
    tree.remove("arguments");
    for (JsonNode claim : tree.get("claims")) {
      ((ObjectNode) claim)
          .put("argument", claim.get("argument").asString().toUpperCase(ROOT).replace('-', '_'));
    }
    Files.writeString(temp.resolve("study.json"), Json.pretty(tree));
    Study read = new StudyFolder(temp).study();
    assertThat(read).isEqualTo(Study.named("olsson").withSeeds(1));
  }

  /** As studies were written when they had two sizes. */
  @Test
  void aFolderOfTwoSizesIsReadAtTheOneThatWasRun() throws IOException {
    for (boolean full : List.of(true, false)) {
      ObjectNode tree = (ObjectNode) Json.parseYaml(TINY, "tiny").deepCopy();
      tree.put("fullSeeds", 4).put("full", full).put("seeds", full ? 4 : 2);
      ((ObjectNode) tree.at("/variants/0")).put("quick", 1).put("full", 3);
      Files.writeString(temp.resolve("study.json"), Json.pretty(tree));
      Study read = new StudyFolder(temp).study();
      assertThat(read.cells())
          .extracting(Study.Cell::seed)
          .containsExactlyElementsOf(full ? List.of(0, 1, 2) : List.of(0));
      assertThat(read.varies()).isEqualTo(Varies.START);
      assertThat(read.block()).isZero();
      assertThat(new StudyFolder(temp).withoutClaims().cells()).isEqualTo(read.cells());
    }
  }

  /** Its claims may ask for what is no more; what can still be judged is. */
  @Test
  void aFolderOfBeforeIsReadWithoutTheClaimsThatNothingAnswersAnyMore() throws IOException {
    ObjectNode tree = (ObjectNode) Json.parseYaml(TINY, "tiny").deepCopy();
    tree.put("fullSeeds", 2);
    ((ObjectNode) tree.at("/claims/1/test")).put("statistic", "EQUIVALENCE");
    Files.writeString(temp.resolve("study.json"), Json.pretty(tree));
    Files.writeString(temp.resolve("figures.yaml"), "sections: [{argument: gone, items: []}]\n");
    assertThat(run("report", temp.toString())).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains(
            "warning: "
                + temp
                + ": 1 of its claims ask for what this program no longer measures, and are left out")
        .contains("Judging 2 claims.");
  }

  @Test
  void withoutTrainingThereIsNothingToJudge() throws IOException {
    Path file = Files.writeString(temp.resolve("tiny.yaml"), TINY);
    Path folder = temp.resolve("none");
    assertThat(
            run(
                "study",
                "run",
                file.toString(),
                "--analyse-only",
                "--table",
                "--out",
                folder.toString()))
        .isZero();
    assertThat(out.toString()).contains("(no run has been analysed)");
    assertThat(folder.resolve("report.html")).exists();
  }

  @Test
  void aDamagedAnalysisIsNamedAndMadeAgain() throws IOException {
    Path file = Files.writeString(temp.resolve("tiny.yaml"), TINY);
    Path folder = temp.resolve("tiny");
    assertThat(run("study", "run", file.toString(), "--seeds", "1", "--out", folder.toString()))
        .isZero();
    Path summary;
    try (var files = Files.walk(folder)) {
      summary = files.filter(f -> f.endsWith("analyses/summary.json")).findFirst().orElseThrow();
    }
    String good = Files.readString(summary);
    Files.writeString(summary, good.substring(0, good.length() / 2));
    err.getBuffer().setLength(0);
    assertThat(run("study", "report", folder.toString())).isNotZero();
    assertThat(err.toString())
        .contains("summary.json")
        .contains("; delete it, then 'study run' makes it again")
        .doesNotContain("\tat ");
    assertThat(run("study", "run", file.toString(), "--seeds", "1", "--out", folder.toString()))
        .isZero();
    assertThat(Files.readString(summary)).isEqualTo(good);
  }
}
