package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.GitClone;
import refrain.store.Json;
import refrain.store.Machine;
import refrain.store.RunInfo;

/** With a repository of its own; where no git is installed it is skipped aloud. */
class RegistrationTest {
  private static final List<Argument> ARGUMENTS =
      List.of(new Argument("x", "1", "X", null, List.of()));
  private static final Study STUDY =
      MadeResults.study(
              ARGUMENTS,
              List.of(MadeResults.variant("a", 2), MadeResults.variant("b", 3)),
              List.of(MadeResults.claim("one", "x", MadeResults.mean("a", "pm.after", .3))))
          .withBlock(100);
  private static final String FILE = Registration.file("made", 100);

  @TempDir Path temp;
  private Path home;

  @BeforeEach
  void makeARepository() throws IOException, InterruptedException {
    home = Files.createDirectory(temp.resolve("home"));
    boolean there = run("init", "-q", "-b", "main") == 0;
    assumeTrue(there, "git is not installed: what rests on it is not tested");
    write("pom.xml", "<project/>");
    commit();
  }

  private int run(String... words) throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("git", "-C", home.toString(), "-c", "user.name=t"));
    command.addAll(List.of("-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"));
    command.addAll(List.of(words));
    try {
      return new ProcessBuilder(command)
          .redirectErrorStream(true)
          .redirectOutput(temp.resolve("git.log").toFile())
          .start()
          .waitFor();
    } catch (IOException e) {
      return -1; // no such program
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = home.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private String commit() throws IOException, InterruptedException {
    assertThat(run("add", "-A")).isZero();
    assertThat(run("commit", "-q", "--allow-empty", "-m", "a change")).isZero();
    return git().commit().orElseThrow();
  }

  private GitClone git() {
    return GitClone.at(home).orElseThrow();
  }

  private String register(Study study) throws IOException, InterruptedException {
    write(FILE, Json.pretty(Registration.of(study)));
    return commit();
  }

  private static List<StudyResults.Run> runs(@Nullable String commit) {
    List<RunInfo.Session> sessions =
        List.of(new RunInfo.Session("now", -1, "1", Machine.here(), null, null, commit));
    StudyResults made = MadeResults.of(STUDY, cell -> new MadeResults.Found().put("pm.after", .5));
    return made.cells().stream()
        .map(cell -> made.run(cell).orElseThrow())
        .map(r ->
            new StudyResults.Run(
                r.cell(), sessions, r.curves(), r.summary(), r.findings(), r.pattern()))
        .toList();
  }

  private Registration.Status status(Study study, @Nullable String commit) {
    return Registration.status(study, runs(commit), Optional.of(git()), true);
  }

  @Test
  void whatCameAfterTheCommitThatRegisteredItIsRegistered() throws Exception {
    String added = register(STUDY);
    write("lab/src/main/A.java", "class A {}");
    String later = commit();
    assertThat(later).isNotEqualTo(added);
    for (String commit : List.of(added, later)) {
      assertThat(status(STUDY, commit)).isEqualTo(new Registration.Status(true, "", added));
    }
    assertThat(status(STUDY, added).words()).isEqualTo("registered");
  }

  @Test
  void whatCameBeforeOrBesideItIsNot() throws Exception {
    String before = git().commit().orElseThrow();
    assertThat(run("checkout", "-q", "-b", "beside")).isZero();
    write("lab/src/main/B.java", "class B {}");
    String beside = commit();
    assertThat(run("checkout", "-q", "main")).isZero();
    register(STUDY);
    for (String commit : List.of(before, beside)) {
      assertThat(status(STUDY, commit).words())
          .isEqualTo(
              "not registered: a seed 100 was trained by commit "
                  + commit.substring(0, 12)
                  + ", before or beside the one that registered it, and so for 1 more runs");
    }
    assertThat(status(STUDY, null).reason())
        .startsWith("a seed 100 records no commit: changed sources, or no clone, trained it");
  }

  @Test
  void otherClaimsArmsOrDefinitionsAreNotWhatWasRegistered() throws Exception {
    String added = register(STUDY);
    Claim lower = MadeResults.claim("one", "x", MadeResults.mean("a", "pm.after", .2));
    Study otherBar = MadeResults.study(ARGUMENTS, STUDY.variants(), List.of(lower));
    assertThat(status(otherBar.withBlock(100), added).reason())
        .isEqualTo("it was registered with other claims");
    Variant longer = MadeResults.variant("a", 2).with("steps", Json.tree(50));
    Study otherArm =
        MadeResults.study(ARGUMENTS, List.of(longer, MadeResults.variant("b", 3)), STUDY.claims());
    assertThat(status(otherArm.withBlock(100), added).reason())
        .isEqualTo("it was registered with other arms");
    Study moreSeeds =
        MadeResults.study(
            ARGUMENTS,
            List.of(MadeResults.variant("a", 3), MadeResults.variant("b", 3)),
            STUDY.claims());
    assertThat(Registration.of(STUDY).differing(moreSeeds.withBlock(100))).containsExactly("arms");
    // A variant that no claim needs may change.
    Study otherRest =
        MadeResults.study(
            ARGUMENTS,
            List.of(MadeResults.variant("a", 2), MadeResults.variant("c", 1)),
            STUDY.claims());
    assertThat(status(otherRest.withBlock(100), added).registered()).isTrue();
    assertThat(Registration.of(STUDY).definitions().at("/analyses/summary").isInt()).isTrue();
    assertThat(Registration.of(STUDY).definitions().at("/measures/0/0/formula").asString())
        .isNotEmpty();
  }

  @Test
  void theFileIsWhatWasCommittedOnce() throws Exception {
    Registration.Status none = Registration.status(STUDY, runs(null), Optional.of(git()), false);
    assertThat(none.reason()).isEqualTo("there is no studies/registered/made-100.json");
    write(FILE, Json.pretty(Registration.of(STUDY)));
    String before = git().commitsOf("pom.xml").getFirst();
    assertThat(status(STUDY, before).reason()).isEqualTo(FILE + " is not committed");
    commit();
    Study other = STUDY.withSeeds(1);
    register(other);
    assertThat(status(other, before).reason())
        .isEqualTo(FILE + " was changed after it had been committed");
  }

  @Test
  void aFileOfWhichAPartWasEditedIsNone() throws Exception {
    String text = Json.pretty(Registration.of(STUDY));
    assertThat(text).contains("0.3");
    write(FILE, text.replace("\"at\" : 0.3", "\"at\" : 0.2").replace("\"at\": 0.3", "\"at\": 0.2"));
    String added = commit();
    assertThat(status(STUDY, added).reason()).isEqualTo(FILE + " is not what its own hashes say");
  }

  @Test
  void withoutHistoryNothingIsRegistered() throws Exception {
    String added = register(STUDY);
    assertThat(Registration.status(STUDY, runs(added), Optional.empty(), true).words())
        .isEqualTo("not registered: no git clone here to look it up in");
    assertThat(GitClone.at(temp)).isEmpty();
    Path inside = Files.createDirectories(home.resolve("copy"));
    assertThat(GitClone.at(inside)).as("a copy in another clone").isEmpty();
    Path from = home;
    home = temp;
    assertThat(run("clone", "-q", "--depth", "1", from.toUri().toString(), "shallow")).isZero();
    home = temp.resolve("shallow");
    assertThat(status(STUDY, added).reason()).startsWith("this clone is shallow");
    assertThat(Registration.status(STUDY.withBlock(0), List.of(), Optional.of(git()), true).words())
        .isEqualTo("not registered: seeds below 100 are there to explore with");
  }

  @Test
  void aTreeWithChangesHasNoCommit() throws Exception {
    write("studies/s.yaml", "a");
    write("lab/src/main/A.java", "class A {}");
    write("notes.txt", "a");
    String commit = commit();
    write("notes.txt", "b");
    write("studies/mine.yaml", "new, and nobody's");
    assertThat(git().commit()).contains(commit);
    write("studies/s.yaml", "b");
    assertThat(git().commit()).isEmpty();
    write("studies/s.yaml", "a");
    assertThat(git().commit()).contains(commit);
    write("lab/src/main/New.java", "class New {}");
    assertThat(git().commit()).isEmpty();
  }

  @Test
  void seedsOfTheProgramsStudiesAreKept() {
    Study free = Study.named("olsson").withBlock(0);
    Registration.requireBeforeRuns(free);
    Registration.requireBeforeRuns(STUDY); // one's own
    assertThatThrownBy(() -> Registration.requireBeforeRuns(free.withBlock(95)))
        .hasMessage(
            "study 'olsson': seeds 95 to 104 are no block; those from 100 on lie in blocks that"
                + " begin at a multiple of 100 and have at most as many, and those below are there"
                + " to explore with");
    assertThatThrownBy(() -> Registration.requireBeforeRuns(free.withBlock(9_900)))
        .hasMessage(
            "study 'olsson': its seeds 9900 to 9909 are kept for claims that are registered before"
                + " they are run, and there is no studies/registered/olsson-9900.json; explore with"
                + " --block 0, or write it with ./refrain study register olsson --block 9900 and"
                + " commit it");
  }

  @Test
  void earlierVerdictsStandByTheClaimsTheyWereOn() {
    JudgedBlock.Judged was =
        new JudgedBlock.Judged("old", "primary", "S", ">= 1", 9, 1.0, .5, 2.0, .3, "holds", "");
    JudgedBlock block = new JudgedBlock("made", 100, "registered", "abc", List.of(was));
    JudgedBlock again = Json.read(Json.parse(Json.pretty(block), "x"), JudgedBlock.class, "x");
    assertThat(again).isEqualTo(block);
    assertThat(block.tally()).isEqualTo("holds 1");
    assertThat(block.verdict(STUDY.claims().getFirst())).isEmpty();
    Claim one = STUDY.claims().getFirst();
    Claim heir =
        Json.read(
            Json.merge(Json.tree(one), Json.parse("{\"supersedes\": [\"old\"]}", "x")),
            Claim.class,
            "x");
    assertThat(block.verdict(heir)).contains("holds");
  }
}
