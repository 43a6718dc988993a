package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Json;
import refrain.store.Parent;
import refrain.store.RunFolder;
import refrain.train.Trainer;

/** Command lines of {@code train} that take up a run that is there. */
class EarlierRunTest extends TypedCommands {
  @TempDir Path temp;

  @Override
  int run(String... args) {
    forget();
    return super.run(args);
  }

  private int train(String name, String... more) {
    List<String> line =
        new ArrayList<>(List.of("train", "--threads", "1", "--out", temp.resolve(name).toString()));
    line.addAll(List.of(more));
    return run(line.toArray(String[]::new));
  }

  private String folder(String name) {
    return temp.resolve(name).toString();
  }

  @Test
  void aRunIsMadeLonger() {
    assertThat(train("a", "--preset", "tiny", "--set", "steps=12")).isZero();
    assertThat(run("train", "--resume", folder("a"), "--extend", "22")).isZero();
    assertThat(out.toString()).startsWith("tiny: 22 steps in ");
    assertThat(Trainer.spec(RunFolder.at(temp.resolve("a"))).steps()).isEqualTo(22);
    assertThat(run("train", "--resume", folder("a"), "--extend", "20")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: %s: is planned for 22 steps, expected more in --extend 20\n"
                .formatted(folder("a")));
    assertThat(train("b", "--preset", "tiny", "--extend", "20")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "refrain: --extend makes a run longer that is there: say which, with --resume DIR (a new"
                + " run's length is --set steps=20)\n");
    assertThat(temp.resolve("b")).doesNotExist();
  }

  @Test
  void aRunOfAStudyIsNotTakenAwayFromIt() throws Exception {
    assertThat(train("study/runs/a", "--preset", "tiny", "--set", "steps=3")).isZero();
    Files.writeString(temp.resolve("study/study.json"), "{}");
    assertThat(run("train", "--resume", folder("study/runs/a"), "--extend", "5")).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            folder("study/runs/a") + ": is used by the study 'study' in " + folder("study"),
            "cp -r " + folder("study/runs/a") + " runs/longer");
    assertThat(Trainer.spec(RunFolder.at(temp.resolve("study/runs/a"))).steps()).isEqualTo(3);
  }

  @Test
  void anInterventionIsOnUntilTheHeadsOfAnotherRunHadFormed() {
    String clamp =
        "interventions=[{kind: clamp-pattern, heads: [L1H0], template: INDUCTION, from: 10}]";
    assertThat(train("formed", "--preset", "tiny", "--set", "steps=30", "--set", clamp)).isZero();
    String until =
        "interventions=[{kind: replace, site: L0H1, source: {kind: zero}, until: {formationOf: '%s'}}]";
    assertThat(
            train(
                "until",
                "--preset",
                "tiny",
                "--set",
                "steps=15",
                "--set",
                until.formatted(folder("formed"))))
        .isZero();
    assertThat(RunFolder.at(temp.resolve("until")).info().spec().at("/interventions/0/until"))
        .isEqualTo(
            Json.parse(
                Json.line(Json.object().put("step", 10).put("formationOf", folder("formed"))),
                "expected"));

    assertThat(train("none", "--preset", "tiny", "--set", until.formatted(folder("until"))))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains(
            "interventions[0].until: "
                + folder("until")
                + ": no heads have formed in its 15 steps;",
            "train it further, name a run in which they did, or give the step as a number");
    assertThat(train("none", "--preset", "tiny", "--set", until.formatted(folder("gone"))))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("interventions[0].until: " + folder("gone") + ": holds no run");
    assertThat(
            train("none", "--preset", "tiny", "--set", until.replace("{formationOf: '%s'}", "x")))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("interventions[0].until", "expected a number of steps or {formationOf: RUN}");
    assertThat(temp.resolve("none")).doesNotExist();
  }

  @Test
  void aRunBeginsFromACheckpointUnderOtherSettings() {
    assertThat(train("a", "--preset", "tiny", "--set", "steps=20")).isZero();
    String from = folder("a") + "@10";
    assertThat(train("same", "--from", from)).isZero();
    assertThat(out.toString()).startsWith("tiny: 20 steps in ");
    RunFolder a = RunFolder.at(temp.resolve("a"));
    RunFolder same = RunFolder.at(temp.resolve("same"));
    assertThat(same.checkpoints().at(20).folder().resolve("state.json"))
        .hasSameBinaryContentAs(a.checkpoints().at(20).folder().resolve("state.json"));
    assertThat(same.info().parent().orElseThrow().name()).isEqualTo(from);

    assertThat(train("other", "--from", from, "--set", "seeds.data=7", "--set", "steps=15"))
        .isZero();
    Parent parent = RunFolder.at(temp.resolve("other")).info().parent().orElseThrow();
    assertThat(parent.parts()).containsExactly(Parent.Part.WEIGHTS, Parent.Part.MOMENTS);
    assertThat(
            train(
                "weights",
                "--from",
                from,
                "--from-parts",
                "weights",
                "--set",
                "steps=5",
                "--seed",
                "3"))
        .isZero();
    assertThat(RunFolder.at(temp.resolve("weights")).metrics().rows()).hasSize(6);
    assertThat(run("runs", folder("weights"))).isZero();
    assertThat(out.toString()).contains("  began from    " + from);
    assertThat(run("runs", temp.toString())).isZero();
    assertThat(out.toString()).contains("tiny, from " + from);
    assertThat(run("measure", folder("weights"), "--at", "0", "--json")).isZero();
    assertThat(run("runs", temp.toString(), "--csv", "--filter", "parent=" + from)).isZero();
    assertThat(out.toString()).hasLineCount(4);
  }

  @Test
  void whatCannotBeTakenIsRefusedInOneSentence() {
    assertThat(train("a", "--preset", "tiny", "--set", "steps=20")).isZero();
    String from = folder("a") + "@10";
    refused(
        "expected a step after the run too, such as " + folder("a") + "@20", "--from", folder("a"));
    refused(
        "was never at step 33; there are checkpoints, the nearest first, of 20, 10",
        "--from",
        folder("a") + "@33");
    refused("holds no run", "--from", folder("gone") + "@10");
    refused("leave out --preset", "--from", from, "--preset", "tiny");
    refused("--from-rotated and --from-fresh say what", "--from-parts", "weights");
    refused(
        "draws the batches whatever seeds.data is",
        "--from",
        from,
        "--from-parts",
        "generator",
        "--set",
        "seeds.data=7");
    refused("tensor 'embed.W_E' has shape [16, 16]", "--from", from, "--set", "model.dModel=24");
    refused("steps is 20, expected more", "--from", folder("a") + "@20");
    assertThat(run("train", "--resume", folder("a"), "--from", from)).isEqualTo(2);
    assertThat(err.toString()).contains("--from begins a new one; give one of them");
  }

  @Test
  void stepsOfTrainingAreRefusedWhereAStateIsMeasured() throws Exception {
    assertThat(train("a", "--preset", "tiny", "--set", "steps=2")).isZero();
    Path file = temp.resolve("edit.yaml");
    Files.writeString(file, "{kind: replace, site: L0H1, source: {kind: zero}, until: 5}");
    assertThat(run("measure", folder("a"), "--intervene", file.toString())).isEqualTo(2);
    assertThat(err.toString()).contains(file + ": 'from' and 'until' are steps of training");
  }

  private void refused(String why, String... line) {
    assertThat(train("refused", line)).as(why).isEqualTo(2);
    assertThat(err.toString()).contains(why).hasLineCount(1);
    assertThat(temp.resolve("refused")).doesNotExist();
  }
}
