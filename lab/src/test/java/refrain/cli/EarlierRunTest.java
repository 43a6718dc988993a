package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Trainer;

/** Command lines of {@code train} that take up a run that is there. */
class EarlierRunTest {
  @TempDir Path temp;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    return Main.run(args, new PrintWriter(out, true), new PrintWriter(err, true));
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
            folder("study/runs/a") + ": is a run of the study " + folder("study/study.json"),
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
}
