package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyCheckCommandTest extends TypedCommands {
  private static final String GOOD =
      """
      name: small
      title: Two variants
      seeds: 2
      block: 0
      defaults:
        variant: {preset: tiny, set: {steps: 4}}
        test: {statistic: MEAN}
      groups:
        both: [a, b]
      variants:
        - {name: a}
        - {name: b, control: a, set: {model: {nLayers: 1}}}
      claims:
        x:
          - {id: one, data: R0, seeds: 2, sentence: S, why: w, test: {variants: [both], quantity: formed, bar: {side: AT_MOST, at: 0}}}
      """;

  @TempDir Path temp;

  private int check(String text, String... more) throws IOException {
    forget();
    Path file = Files.writeString(temp.resolve("s.yaml"), text);
    String[] args = new String[5 + more.length];
    args[0] = "study";
    args[1] = "check";
    args[2] = file.toString();
    args[3] = "--out";
    args[4] = temp.resolve("out").toString();
    System.arraycopy(more, 0, args, 5, more.length);
    return run(args);
  }

  @Test
  void aGoodFileSaysWhatItWouldRun() throws IOException {
    assertThat(check(GOOD)).as(err.toString()).isZero();
    assertThat(out.toString())
        .contains("s.yaml: no faults. Two variants")
        .containsPattern(
            "(?m)^variant +preset +runs +there +steps each +parameters +tokens each +about +memory at least"
                + " +control$")
        .containsPattern("(?m)^a +tiny +2 +0 +4 +2,924 +0\\.000 M +1 s +0\\.\\d MiB$")
        .containsPattern("(?m)^b +tiny +2 +0 +4 +1,868 +0\\.000 M +1 s +0\\.\\d MiB +a$")
        .contains("4 runs, 4 to train: about 1 s on ")
        .contains("Variants: 2; claims: 1, of them primary: 0. Then the runs are analysed");
    assertThat(temp.resolve("out")).doesNotExist();
    assertThat(check(GOOD, "--seeds", "3")).isZero();
    assertThat(out.toString()).contains("6 runs, 6 to train: ");

    String[] run = {"study", "run", temp.resolve("s.yaml") + "", "--out", temp.resolve("out") + ""};
    assertThat(run(run)).isZero();
    assertThat(check(GOOD)).isZero();
    assertThat(out.toString()).contains("4 runs, all there already; nothing would be trained.");
    assertThat(check(GOOD, "--seeds", "3")).isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^a +tiny +3 +2 ")
        .contains("6 runs, 2 to train: ");
  }

  @Test
  void allFaultsAreSaidAtOnceWithTheirLines() throws IOException {
    String bad =
        GOOD.replace("preset: tiny, set", "preset: tiny, sett: {}, set")
            .replace("both: [a, b]", "both: a")
            .replace("statistic: MEAN}", "statistic: MEANS}")
            .replace("- {name: a}", "- {name: a, from: c}")
            .replace("set: {model: {nLayers: 1}}", "set: {model: {nHeads: 3, nKvHeads: 2}}");
    assertThat(check(bad)).isEqualTo(2);
    String file = temp.resolve("s.yaml").toString();
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("refrain: " + file + ":6: unknown name 'defaults.variant.sett'"),
            line ->
                assertThat(line)
                    .startsWith(file + ":7: claims[0].test.statistic: expected one of ")
                    .contains("found 'MEANS'"),
            line -> assertThat(line).startsWith(file + ":9: groups.both: expected a list, found"),
            line ->
                assertThat(line)
                    .startsWith(
                        file + ":11: variants[0].from: expected a variant that stands before it"),
            line -> assertThat(line).startsWith(file + ":12: variant 'b': ").contains("nKvHeads"));
  }

  @Test
  void whatDoesNotFitTogetherHasItsLinesToo() throws IOException {
    String bad =
        GOOD.replace("control: a", "control: z")
            .replace("variants: [both]", "variants: [both, c]")
            .replace("seeds: 2\nblock", "seeds: 0\nblock");
    assertThat(check(bad)).isEqualTo(2);
    String file = temp.resolve("s.yaml").toString();
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            """
            refrain: FILE:3: study: seeds is 0, expected 1 or more
            FILE:12: study: the control of variant 'b' is 'z'; there are a, b
            FILE:15: study: a variant of claim 'one' is 'c'; there are a, b
            """
                .replace("FILE", file));
  }

  @Test
  void aWrongDefaultIsSaidOnceAndFiguresAreLookedAtToo() throws IOException {
    String more = "- {name: a}\n  - {name: c}\n  - {name: d}";
    String bad = GOOD.replace("preset: tiny, set", "preset: tiny, seeds: many, set");
    assertThat(check(bad.replace("- {name: a}", more))).isEqualTo(2);
    assertThat(err.toString())
        .contains(
            ":6: variants[0].seeds: expected a whole number, found a text (\"many\") (and 3"
                + " more like it)")
        .hasLineCount(1);
    Files.writeString(
        temp.resolve("s.figures.yaml"),
        "sections: [{argument: x, items: [{table: {title: T, caption: C, variants: [q], columns: [{title: f, value: formed}]}}]}]\n");
    assertThat(check(GOOD)).isEqualTo(2);
    assertThat(err.toString()).contains("s.figures.yaml").doesNotContain("\tat ");
  }
}
