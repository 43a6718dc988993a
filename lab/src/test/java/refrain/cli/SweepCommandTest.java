package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.model.Footprint;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import refrain.train.sweep.AtOnce;

/** {@code train --seeds} and {@code --grid}, {@code --dry-run}, and what is there already. */
class SweepCommandTest extends TypedCommands {
  @TempDir Path temp;

  @Override
  int run(String... args) {
    forget();
    return super.run(args);
  }

  private int tiny(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of("train", "--preset", "tiny", "--set", "steps=4", "--threads", "2", "--out"));
    args.add(temp.resolve("runs").toString());
    args.addAll(List.of(more));
    return run(args.toArray(String[]::new));
  }

  private List<RunFolder> runs() {
    return RunFolder.list(temp.resolve("runs"));
  }

  @Test
  void everyValueIsTrainedWithEverySeedAndTheTableHasMeans() throws IOException {
    Path csv = temp.resolve("table.csv");
    assertThat(tiny("--seeds", "0..1,5", "--grid", "model.nLayers=1,2", "--csv", csv.toString()))
        .as(err.toString())
        .isZero();
    assertThat(runs()).hasSize(6);
    assertThat(out.toString())
        .containsPattern("(?m)^model.nLayers +seed +run +state +step +formed +ICL \\(n\\) +prefix")
        .containsPattern(
            "(?m)^1 +5 +\\S+/\\w{12} +done +4 +no +\\S+ \\+- \\S+ \\(256\\) +0\\.\\d\\d")
        .containsPattern("(?m)^ +mean +4 +no \\(0 of 3\\) +-?0\\.\\d\\d ")
        .containsPattern("(?m)^ +range +4 +-?0\\.\\d\\d to -?0\\.\\d\\d ")
        .contains("Table: " + csv)
        .doesNotContain("already there");
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.getFirst())
        .isEqualTo(
            "row,model.nLayers,seed,run,state,head,step,formed,formation,icl,error,n,prefix,loss,"
                + "seconds");
    assertThat(lines).hasSize(1 + 2 * (3 + 3));
    double sum = 0;
    for (int i = 1; i <= 3; i++) {
      assertThat(lines.get(i)).startsWith("run,1,");
      sum += Double.parseDouble(lines.get(i).split(",", -1)[13]);
    }
    assertThat(lines.get(4)).startsWith("mean,1,,,,,4,0,,");
    assertThat(Double.parseDouble(lines.get(4).split(",", -1)[13])).isEqualTo(sum / 3);
    assertThat(lines.get(5)).startsWith("min,1,");
    assertThat(lines.get(6)).startsWith("max,1,");

    // Again, and more: what is there is told and not made again.
    long before =
        Files.getLastModifiedTime(runs().getFirst().path().resolve("run.json")).toMillis();
    assertThat(tiny("--seeds", "0..1,5", "--grid", "model.nLayers=1,2")).isZero();
    assertThat(out.toString()).contains("All 6 runs were already there; nothing was trained.");
    assertThat(Files.getLastModifiedTime(runs().getFirst().path().resolve("run.json")).toMillis())
        .isEqualTo(before);
    assertThat(tiny("--seeds", "0,9")).isZero();
    assertThat(out.toString()).contains("1 run was already there.");
    assertThat(runs()).hasSize(7);
  }

  /** The bits are those of single runs, and one that was stopped goes on. */
  @Test
  void runsAreThoseOfSingleCommandsAndGoOnWhereTheyWere() throws IOException {
    RunSpec spec = Presets.get("tiny").with(s -> s.steps = 4);
    Path alone = temp.resolve("alone");
    Trainer.run(spec, alone, TrainControl.threads(1), TrainListener.NONE);
    Path part = temp.resolve("runs").resolve(spec.id());
    int[] asked = {0};
    Trainer.run(spec, part, new TrainControl(() -> asked[0]++ == 2, () -> 1), TrainListener.NONE);
    assertThat(RunFolder.at(part).ended()).isEmpty();
    assertThat(tiny("--seeds", "0,1", "--dry-run")).isZero();
    assertThat(out.toString()).contains("goes on after step 2 of 4").contains("2 runs, 2 to train");
    assertThat(tiny("--seeds", "0,1")).isZero();
    assertThat(RunFolder.at(part).info().sessions()).hasSize(2);
    assertThat(part.resolve("metrics.jsonl"))
        .hasSameBinaryContentAs(alone.resolve("metrics.jsonl"));
  }

  @Test
  void oneThatFailsStopsNoOtherAndTheCodeIsNotZero() {
    assertThat(tiny("--grid", "optimizer.rate=50,1e-3", "--set", "steps=40")).isEqualTo(21);
    assertThat(out.toString())
        .containsPattern("(?m)^50 +\\S+ +diverged +40 ")
        .containsPattern("(?m)^1e-3 +\\S+ +done +40 ")
        .contains("optimizer.rate=50 failed: run 'tiny' diverged");
    assertThat(err.toString()).contains("refrain: run 'tiny' diverged").doesNotContain("\tat ");
  }

  @Test
  void aDryRunSaysWhatItWouldTakeAndWritesNothing() {
    assertThat(
            tiny(
                "--seeds",
                "0..2",
                "--grid",
                "optimizer={decay: COSINE},{decay: LINEAR}",
                "--dry-run"))
        .isZero();
    assertThat(out.toString())
        .containsPattern("(?m)^run +setting +parameters +tokens +about +memory at least$")
        .containsPattern(
            "(?m)^\\w{12} +optimizer=\\{decay: COSINE\\} seed 0 +2,924 +0\\.000 M +1 s +\\d+\\.\\d"
                + " MiB$")
        .containsPattern("6 runs, 6 to train: about 1 s on 2 cores, at most; memory: at least ");
    assertThat(temp.resolve("runs")).doesNotExist();
    assertThat(run("train", "--preset", "tiny", "--out", temp.resolve("one") + "", "--dry-run"))
        .isZero();
    assertThat(out.toString()).contains("1 run, 1 to train: about ");
    assertThat(temp.resolve("one")).doesNotExist();
  }

  @Test
  void theSameCommandAgainSaysThatTheRunIsThere() {
    assertThat(tiny()).isZero();
    assertThat(out.toString()).contains("tiny: 4 steps in ").doesNotContain("already");
    assertThat(tiny()).isZero();
    assertThat(out.toString())
        .contains("tiny: already there: 4 steps in ", "; nothing was trained");
    assertThat(tiny("--dry-run")).isZero();
    assertThat(out.toString())
        .contains("already there")
        .contains("1 run, all there already; nothing would be trained.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--seeds=4..0 | --seeds 4..0: expected numbers or ranges upwards, such as 0..4 or 0,3,7",
        "--seeds=a | --seeds a: expected numbers or ranges upwards",
        "--seeds=0,0 | --seeds 0,0: seed 0 stands there twice",
        "--seeds=0..99999 | --seeds 0..99999: are 100000 seeds, expected at most 10000",
        "--grid=batch | --grid batch: expected path=value,value, such as model.nLayers=1,2,4",
        "--grid=batch=1,,2 | --grid batch=1,,2: expected path=value,value",
        "--grid=batch=1,1 | --grid batch=1,1: a value stands there twice",
        "--grid=batch=1,2 --grid=batch=3 | --grid batch=3: batch is varied twice",
        "--grid=steps=1,2 | --set steps: would be ignored beside --grid steps=1,2, which sets",
        "--grid=seeds.init=1,2 | --grid seeds.init=1,2: seeds are varied with --seeds 0..4",
        "--grid=model.nLayer=1,2 | unknown name 'model.nLayer'",
        "--seeds=0..1 --seed=3 | --seed: would be ignored beside --seeds, which says all the seeds",
        "--csv=x.csv | --csv: writes the table of several runs; it needs --seeds or --grid",
        "--seed=1 --set=seeds.init=2 | --set seeds.init=2: would be ignored beside --seed",
        "--engine=fused --set=engine=FUSED | --set engine=FUSED: would be ignored beside --engine",
        "--print-config --dry-run | --out, --threads, --dry-run: would be ignored beside",
        "--resume=x --seed=1 | --preset, --set, --seed, --out: would be ignored beside --resume,",
        "--seeds=0,1 --csv=no/x.csv | no/x.csv: cannot be written, for there is no folder",
      })
  void whatCannotBeMeantIsRefused(String words, String message) {
    assertThat(tiny(words.split(" "))).isEqualTo(2);
    assertThat(err.toString()).contains(message).doesNotContain("\tat ");
    assertThat(temp.resolve("runs")).doesNotExist();
  }

  /** Their sum is held against memory, and not each by itself. */
  @Test
  void fewerRunsGoOnAtOnceWhereMemoryIsShort() {
    RunSpec small = Presets.get("tiny");
    RunSpec large = small.with(s -> s.model = s.model.with(m -> m.dModel = 512, m -> m.dMlp = 0));
    double bytes = Footprint.of(large.model(), large.batch(), large.context(), 1).bytes();
    List<RunSpec> specs = List.of(small, large, large, large);
    AtOnce all = AtOnce.of(specs, 3, (long) (3 * bytes) + 1);
    assertThat(all.runs()).isEqualTo(3);
    assertThat(all.why()).isEmpty();
    AtOnce two = AtOnce.of(specs, 3, (long) (2.9 * bytes));
    assertThat(two.runs()).isEqualTo(2);
    assertThat(two.why())
        .startsWith("2 of the runs at once instead of 3: that many need at least ")
        .contains(Footprint.size(3 * bytes) + " of memory, Java may take ")
        .endsWith("; REFRAIN_JAVA_OPTS=-Xmx1g gives it more");
    assertThat(AtOnce.of(specs, 3, (long) (.5 * bytes)).runs())
        .as("the large ones are refused when they start")
        .isEqualTo(3);
  }
}
