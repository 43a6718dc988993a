package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import refrain.Repository;
import refrain.analysis.AnalysisKind;
import refrain.intervene.Template;
import refrain.model.Activation;
import refrain.model.Norm;
import refrain.model.Smear;
import refrain.probe.MeasureKind;
import refrain.store.Outcome;
import refrain.study.Bar;
import refrain.study.Compare;
import refrain.study.Statistic;
import refrain.study.Variant;
import refrain.study.Verdict;
import refrain.train.EngineKind;
import refrain.train.RunProgress;

/** What the screen says, the glossary explains. */
class GlossaryTest {
  private static final Pattern HEADING =
      Pattern.compile("(?:new Column|Column\\.\\w+|Of\\.(?:text|number))\\(\\s*\"([^\"]+)\"");

  /** Words of messages, claims and captions that a newcomer may ask for. */
  private static final List<String> SAID =
      List.of(
          "e-fold",
          "i-2",
          "pivot",
          "leap",
          "onset",
          "settled",
          "direct path",
          "plateau",
          "nat",
          "thorough probe",
          "probe",
          "preset",
          "sink",
          "hook point",
          "interval",
          "bootstrap",
          "best head",
          "ICL score",
          "placebo",
          "matching head",
          "residual stream",
          "checkpoint",
          "sitting",
          "arithmetic",
          "identity",
          "variant",
          "study",
          "claim",
          "bar",
          "verdict",
          "warm-up",
          "weight decay",
          "learning rate",
          "batch",
          "context",
          "vocabulary",
          "token",
          "attention",
          "layer",
          "head",
          "epoch",
          "pass over the text",
          "ablation",
          "clean pass",
          "zero ablation",
          "smeared key",
          "engine",
          "kernels",
          "window",
          "trajectory",
          "knockout",
          "circuit",
          "induction set",
          "null of a measure",
          "oracle",
          "loss",
          "step",
          "seeds",
          "phase change",
          "formation step",
          "interrupted",
          "diverged",
          "tok/s",
          "left",
          "latest");

  private final Glossary glossary = Glossary.load();

  @Test
  void everyColumnOfATableIsExplained() {
    assertExplained(
        sources()
            .flatMap(source -> HEADING.matcher(Repository.text(source)).results())
            .map((MatchResult found) -> found.group(1).replaceAll("\\s*\\(.*\\)", "")));
  }

  @Test
  void everyStateChoiceAndStatisticIsExplained() {
    assertExplained(
        Stream.of(
                AnalysisKind.values(),
                Template.values(),
                Activation.values(),
                Norm.values(),
                Smear.From.values(),
                MeasureKind.values(),
                Outcome.Status.values(),
                Bar.Side.values(),
                Compare.values(),
                Statistic.values(),
                Variant.Settled.values(),
                Verdict.Ruling.values(),
                EngineKind.values(),
                RunProgress.State.values())
            .flatMap(Arrays::stream)
            .map(constant -> constant.name().toLowerCase(Locale.ROOT)));
  }

  @Test
  void everyWordThatIsSaidInPassingIsExplained() {
    assertExplained(SAID.stream());
  }

  private void assertExplained(Stream<String> words) {
    TreeSet<String> asked = new TreeSet<>(words.toList());
    assertThat(asked).hasSizeGreaterThan(20);
    List<String> unexplained = new ArrayList<>(asked);
    unexplained.removeIf(glossary::has);
    assertThat(unexplained).as("words without an entry in docs/glossary.md").isEmpty();
  }

  private static Stream<Path> sources() {
    return Repository.files(Repository.ROOT.resolve("lab/src/main/java"))
        .filter(file -> file.toString().endsWith(".java"));
  }
}
