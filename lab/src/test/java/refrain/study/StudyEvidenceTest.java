package refrain.study;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.Python;
import refrain.Repository;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Subject;
import refrain.base.Csv;
import refrain.base.RefrainException;
import refrain.store.Checkpoint;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.store.SafeTensors;
import refrain.study.Claim.Kind;
import refrain.study.Variant.Settled;
import tools.jackson.databind.JsonNode;

/** A run of which one head is said to match, and made results: what is written of them. */
class StudyEvidenceTest {
  private static final String SET = "ablation.set.preserving.zero";
  private static final String RANDOM = "ablation.random.preserving.zero";
  private static final String LAYER = "ablation.layer.preserving.zero";

  @TempDir private static Path temp;

  private static StudyFolder folder;
  private static StudyResults results;
  private static Path written;

  private static Claim claim(Kind kind, String quantity, String other) {
    Bar bar = new Bar(Bar.Side.AT_LEAST, .5, 0);
    refrain.study.Test test =
        new refrain.study.Test(
            List.of("plain"),
            quantity,
            other,
            null,
            null,
            null,
            Compare.DIFFERENCE,
            Statistic.MEAN,
            bar);
    Otherwise world = new Otherwise.NoEffect("Nothing is lost.");
    Paper paper = new Paper("Some is lost.", "Argument 3", null);
    return new Claim(
        quantity, "3", "R0", "", kind, test, null, 1, paper, world, Seen.ALL, List.of(), "why");
  }

  private static Study study(int seeds, List<AnalysisKind> analyses, Claim... claims) {
    JsonNode set =
        Json.parse(
            "{\"steps\": 30, \"engine\": \"FUSED\", \"model\": {\"nHeads\": 3, \"nKvHeads\": 3}}",
            "x");
    Variant plain = new Variant("plain", "tiny", set, seeds, null, Settled.AT_END, analyses);
    return new Study(
        "small",
        "",
        seeds,
        0,
        Varies.ALL,
        0,
        0,
        List.of(),
        List.of(plain),
        List.of(claims),
        Map.of());
  }

  private static Study ablated(AnalysisKind... analyses) {
    return study(
        1,
        List.of(analyses),
        claim(Kind.PRIMARY, SET, RANDOM),
        claim(Kind.EXPLORATORY, LAYER, SET));
  }

  private static void run(Study study) {
    new StudyRunner(study, folder, 1, () -> false, StudyListener.NONE).run();
  }

  /** So short a run has no head that matches: its metrics are told that one does. */
  @BeforeAll
  static void write() throws IOException {
    folder = new StudyFolder(temp.resolve("runs"));
    run(ablated());
    Study.Cell cell = ablated().cells().getFirst();
    Path metrics = folder.find(cell).orElseThrow().path().resolve("metrics.jsonl");
    String text = Files.readString(metrics);
    Files.writeString(metrics, text.replaceAll("\"pm\\.L1H1\":[^,}]*", "\"pm.L1H1\":0.9"));
    run(ablated(AnalysisKind.ABLATION));
    results = folder.read(StudyListener.NONE);
    written = temp.resolve("evidence");
    StudyEvidence.Size size = new StudyEvidence(folder, results).write(written, 1);
    assertThat(size.claims()).isEqualTo(1);
    assertThat(size.files()).isEqualTo(names(written).size()).isEqualTo(7);
    assertThat(size.bytes()).isBetween(100_000L, 1_000_000L);
  }

  private static List<String> names(Path folder) {
    return Arrays.stream(folder.toFile().list()).sorted().toList();
  }

  private static JsonNode document(Path folder) {
    return Json.readFile(folder.resolve("claims.json"));
  }

  /** Numbers of two seeds, and a third quantity that no primary claim uses. */
  private static StudyResults made(Kind kind) {
    Study study =
        study(
            2,
            List.of(),
            claim(kind, "icl.after", "pm.after"),
            claim(Kind.EXPLORATORY, "pm.max", "pm.after"));
    return MadeResults.of(
        study,
        cell ->
            new MadeResults.Found()
                .put("icl.after", 3.1 + .1 * cell.seed())
                .put("pm.after", .1)
                .put("pm.max", 9));
  }

  @Test
  void claimsAreThoseThatWereJudgedAndColumnsAllThatTheyUse() throws IOException {
    StudyResults made = made(Kind.PRIMARY);
    Path to = temp.resolve("made");
    assertThat(new StudyEvidence(folder, made).write(to, 1).files()).isEqualTo(2);
    assertThat(names(to)).containsExactly("claims.json", "columns.csv");
    JsonNode document = document(to);
    assertThat(document.get("seeds").toString()).isEqualTo("[0,1]");
    assertThat(document.get("ablation").isNull()).isTrue();
    assertThat(document.get("noAblation").asString())
        .isEqualTo("no primary claim is about a share of the ICL score lost to an ablation");
    assertThat(document.get("claims")).hasSize(1);
    JsonNode claim = document.get("claims").get(0);
    Verdict verdict = made.verdict("icl.after").orElseThrow();
    assertThat(claim.get("ruling").asString()).isEqualTo("HOLDS").isEqualTo(verdict.ruling() + "");
    assertThat(claim.get("p").asDouble()).isEqualTo(verdict.p()).isBetween(1e-3, .05);
    assertThat(claim.get("level").asDouble()).isEqualTo(.05);
    assertThat(claim.get("test")).isEqualTo(Json.tree(verdict.claim().test()));
    assertThat(claim.get("control").isNull()).isTrue();
    assertThat(claim.get("paper").get("at").asDouble()).as("no effect").isZero();
    JsonNode found = claim.get("found");
    assertThat(found.get("n").asInt()).isEqualTo(2);
    assertThat(found.get("estimate").asDouble()).isEqualTo(verdict.estimate().value());
    assertThat(found.get("low").asDouble()).isEqualTo(verdict.estimate().low());
    assertThat(found.get("high95").asDouble()).isEqualTo(verdict.estimate().usual().high());
    assertThat(to.resolve("columns.csv"))
        .hasContent(
            """
            variant,seed,quantity,value
            plain,0,icl.after,3.1
            plain,1,icl.after,3.2
            plain,0,pm.after,0.1
            plain,1,pm.after,0.1
            """);
  }

  @Test
  void sharesAreThoseOfTheLossesOfTheLastCheckpoint() throws IOException {
    JsonNode ablation = document(written).get("ablation");
    assertThat(ablation.get("claim").asString()).isEqualTo(SET);
    assertThat(ablation.get("cuts").toString())
        .isEqualTo("{\"%s\":[\"L1H1\"],\"%s\":[\"L1H0\",\"L1H2\"]}".formatted(SET, RANDOM));
    Map<String, Double> icl = new HashMap<>();
    List<List<String>> rows = new ArrayList<>();
    try (GZIPInputStream in =
        new GZIPInputStream(Files.newInputStream(written.resolve("losses.csv.gz")))) {
      rows.addAll(Csv.rows(new String(in.readAllBytes(), UTF_8)));
    }
    assertThat(rows.removeFirst()).containsExactly("step", "without", "sequence", "early", "late");
    assertThat(rows).hasSize(3 * 4 * 1024);
    for (List<String> row : rows) {
      double score = Double.parseDouble(row.get(4)) - Double.parseDouble(row.get(3));
      icl.merge(row.get(0) + row.get(1), score, Double::sum);
    }
    double whole = icl.get("30");
    double others = (icl.get("30L1H0") + icl.get("30L1H2")) / 2;
    assertThat(1 - icl.get("30L1H1") / whole)
        .isCloseTo(results.quantity("plain", 0, SET), within(1e-12));
    assertThat(1 - others / whole).isCloseTo(results.quantity("plain", 0, RANDOM), within(1e-12));
  }

  @Test
  void weightsAndTokensAreThoseOfTheRun() throws IOException {
    JsonNode ablation = document(written).get("ablation");
    assertThat(ablation.get("steps").toString()).isEqualTo("[10,20,30]");
    RunFolder run = folder.find(results.cells().getFirst()).orElseThrow();
    assertThat(run.path()).endsWith(Path.of(ablation.get("run").asString()));
    for (Checkpoint checkpoint : run.checkpoints().list()) {
      assertThat(written.resolve("step-" + checkpoint.step() + ".safetensors"))
          .hasSameBinaryContentAs(checkpoint.folder().resolve(Checkpoint.MODEL));
    }
    try (Subject subject = new Subject(run, null, 1);
        SafeTensors tensors = SafeTensors.open(written.resolve("tokens.safetensors"))) {
      assertThat(tensors.shape("tokens")).containsExactly(1024, 17);
      int[] tokens =
          Arrays.stream(subject.evaluation(1024).tokens()).flatMapToInt(Arrays::stream).toArray();
      float[] kept = tensors.floats("tokens");
      for (int i = 0; i < tokens.length; i++) {
        assertThat(kept[i]).isEqualTo(tokens[i]);
      }
    }
  }

  /** Other code than ours comes to the same numbers. */
  @Test
  @Tag("python")
  void theFileThatComputesAllOfItAgainAgrees() throws IOException {
    Path file = Repository.ROOT.resolve("docs/olsson/recompute.py");
    Path to = temp.resolve("made-too");
    new StudyEvidence(folder, made(Kind.PRIMARY)).write(to, 1);
    for (Path evidence : List.of(written, to)) {
      assertThat(Python.run(file.toString(), evidence)).contains("Everything agrees.");
    }
  }

  @Test
  void anEarlierExportIsReplacedAndNothingElseIs() throws IOException {
    StudyEvidence evidence = new StudyEvidence(folder, results);
    Path again = Files.createDirectories(temp.resolve("deep/again"));
    Files.writeString(again.resolve("step-7.safetensors"), "old");
    evidence.write(again, 2);
    assertThat(names(again)).isEqualTo(names(written)).doesNotContain("step-7.safetensors");
    for (String name : names(written)) {
      assertThat(again.resolve(name)).hasSameBinaryContentAs(written.resolve(name));
    }
    assertThat(names(again.getParent())).as("nothing is left beside it").containsExactly("again");
    Path other = Files.writeString(again.resolve("notes.txt"), "mine");
    assertThatThrownBy(() -> evidence.write(again, 1))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            again
                + ": holds notes.txt, which is no file of an export; expected an empty folder, an"
                + " earlier export or a new name");
    assertThatThrownBy(() -> evidence.write(other, 1))
        .hasMessage(other + ": is a file, expected a folder; choose another");
    assertThat(other).hasContent("mine");
  }

  @Test
  void aStudyWithoutPrimaryClaimsHasNoEvidence() {
    Path nothing = temp.resolve("nothing");
    assertThatThrownBy(() -> new StudyEvidence(folder, made(Kind.EXPLORATORY)).write(nothing, 1))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "small: its 2 claims are exploratory, and evidence is of primary ones; give one of them"
                + " 'kind: PRIMARY'");
    assertThat(nothing).doesNotExist();
  }

  @Test
  void whereNoRunHasTheNumberThereAreNoCheckpoints() {
    StudyResults none = MadeResults.of(ablated(), cell -> new MadeResults.Found());
    Path to = temp.resolve("none");
    assertThat(new StudyEvidence(folder, none).write(to, 1).files()).isEqualTo(2);
    JsonNode document = document(to);
    assertThat(document.get("noAblation").asString()).isEqualTo("no run of plain has the number");
    JsonNode found = document.get("claims").get(0).get("found");
    assertThat(found.get("n").asInt()).isZero();
    assertThat(found.get("estimate").isNull()).isTrue();
    assertThat(to.resolve("columns.csv")).hasContent("variant,seed,quantity,value\n");
  }
}
