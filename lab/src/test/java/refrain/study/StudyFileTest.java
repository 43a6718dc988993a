package refrain.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import refrain.analysis.AnalysisKind;
import refrain.store.Json;
import refrain.store.Written;

class StudyFileTest {
  private static final String SHORT =
      """
      name: s
      title: t
      seeds: 2
      defaults:
        variant: {preset: tiny, seeds: 1, control: a, set: {steps: 9, model: {nHeads: 1}}}
        claim: {data: R0, seeds: 4}
        test: {statistic: MEAN}
      groups:
        two: [a, b]
        all: [two, c]
      variants:
        - {name: a, control: null, set: {data: {kind: iid}}, analyses: [DATING]}
        - {name: b, from: a, seeds: 0, set: {data: {vocab: 16}, model: {nHeads: 2}}}
        - {name: c}
      claims:
        x:
        - id: one
          sentence: S
          why: w
          test: {variants: [c, two], quantity: pm.after, against: a, compare: RATIO, bar: {side: WITHIN, at: 1, around: 2}}
          control: {variants: [all], bar: {side: AT_MOST, at: 3}}
        y:
        - {id: two, data: code, seeds: 1, sentence: T, why: v, test: {variants: [b], quantity: formed, statistic: SHARE, bar: {side: AT_LEAST, at: 0.5}}}
      """;

  private static final String WHOLE =
      """
      name: s
      title: t
      seeds: 2
      block: 0
      varies: ALL
      plateauSteps: 0
      plateauShare: 0
      arguments: []
      variants:
        - {name: a, preset: tiny, seeds: 1, control: null, settled: AT_END, set: {steps: 9, model: {nHeads: 1}, data: {kind: iid}}, analyses: [DATING]}
        - {name: b, preset: tiny, seeds: 0, control: null, settled: AT_END, set: {steps: 9, model: {nHeads: 2}, data: {kind: iid, vocab: 16}}, analyses: [DATING]}
        - {name: c, preset: tiny, seeds: 1, control: a, settled: AT_END, set: {steps: 9, model: {nHeads: 1}}, analyses: []}
      claims:
        - id: one
          argument: x
          data: R0
          sentence: S
          seeds: 4
          why: w
          test: {variants: [c, a, b], quantity: pm.after, other: null, against: a, compare: RATIO, statistic: MEAN, bar: {side: WITHIN, at: 1, around: 2}}
          control: {variants: [a, b, c], quantity: pm.after, other: null, against: a, compare: RATIO, statistic: MEAN, bar: {side: AT_MOST, at: 3, around: 0}}
        - {id: two, argument: y, data: code, seeds: 1, sentence: T, why: v, control: null, test: {variants: [b], quantity: formed, other: null, against: null, compare: VALUE, statistic: SHARE, bar: {side: AT_LEAST, at: 0.5, around: 0}}}
      explanations: {}
      """;

  private static Study read(String yaml) {
    return Study.of(Json.parseYaml(yaml, "s.yaml"), "s.yaml");
  }

  @Test
  void whatAFileLeavesOutIsWhatItsDefaultsSay() {
    assertThat(read(SHORT)).isEqualTo(read(WHOLE));
    assertThat(read(SHORT).arguments()).extracting(Argument::id).containsExactly("x", "y");
    assertThat(Study.of(Json.tree(read(SHORT)), "again")).isEqualTo(read(SHORT));
  }

  @Test
  void aVariantNeedsNoMoreThanANameAndAPreset() {
    Study study = read("{name: s, title: t, seeds: 2, variants: [{name: a, preset: tiny}]}");
    assertThat(study.cells()).extracting(Study.Cell::label).containsExactly("a seed 0", "a seed 1");
    assertThat(study.cells().getFirst().analyses()).containsExactly(AnalysisKind.SUMMARY);
    assertThat(study.claims()).isEmpty();
    assertThat(study.explanations()).isEqualTo(Map.of());
    assertThat(study.variants().getFirst().control()).isNull();
    assertThat(study.arguments()).isEqualTo(List.of());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          title: t                 | titel: t                  | s.yaml: unknown name 'titel'; valid names here: arguments, block, claims, defaults,
          seeds: 1, control: a     | sees: 1, control: a       | s.yaml: unknown name 'defaults.variant.sees'; valid names here: analyses, control, donor, name, preset, seeds, set, settled; the nearest: seeds,
          data: R0, seeds          | data: R0, seds            | s.yaml: unknown name 'defaults.claim.seds'; valid names here: argument,
          {statistic: MEAN}        | {statistics: MEAN}        | s.yaml: unknown name 'defaults.test.statistics'; valid names here: against,
          from: a, seeds: 0        | frm: a, seeds: 0          | s.yaml: unknown name 'variants[1].frm'; valid names here: analyses, control, donor, from, name,
          from: a, seeds           | from: c, seeds            | s.yaml: variants[1].from: expected a variant that stands before it: a; found "c"
          two: [a, b]              | b: [a]                    | s.yaml: groups: expected names that no variant has; found b
          two: [a, b]              | two: a                    | s.yaml: groups.two: expected a list, found a text
          test: {statistic: MEAN}  | test: MEAN                | s.yaml: defaults.test: expected names with values, found
          all: [two, c]            | all: [two, d]            | s.yaml: study: a variant of claim 'one' is 'd'; there are a, b, c
          preset: tiny, seeds      | seeds                     | s.yaml: variants[0].preset: is missing
          seeds: 1, control: a     | seeds: -1, control: a     | s.yaml: variants[0]: variant 'a': seeds is -1, expected 0 or more
          seeds: 1, control: a     | quick: 1, control: a      | s.yaml: 'defaults.variant.quick' is no more: leave it out; a variant of fewer seeds than the study has says 'seeds'
          from: a, seeds: 0        | from: a, full: 0          | s.yaml: 'variants[1].full' is no more: say 'seeds' where a variant has fewer than the study, and leave it out elsewhere
          {side: AT_MOST, at: 3}   | {side: AT_MOST}           | s.yaml: claims[0].control.bar.at: is missing
          {side: AT_MOST, at: 3}   | {side: BELOW, at: 3}      | s.yaml: claims[0].control.bar.side: expected one of AT_LEAST, AT_MOST, WITHIN, found 'BELOW'
          """)
  void aFileThatCannotBeIsRefusedWithThePlace(String good, String bad, String message) {
    assertThat(SHORT).contains(good);
    assertThatThrownBy(() -> read(SHORT.replace(good, bad))).hasMessageStartingWith(message);
  }

  @Test
  void claimsUnderAnArgumentAreAList() {
    String head = SHORT.substring(0, SHORT.indexOf("claims:"));
    assertThatThrownBy(() -> read(head + "claims: {x: {id: one}}\n"))
        .hasMessage("s.yaml: claims.x: expected a list of claims; found {\"id\":\"one\"}");
    assertThatThrownBy(() -> read(head + "claims: 3\n"))
        .hasMessageStartingWith("s.yaml: claims: expected a list, found a number");
    assertThatThrownBy(() -> read("[1]"))
        .hasMessageStartingWith("s.yaml: expected names with values");
  }

  private static final String PRIMARY =
      """
      name: s
      title: t
      seeds: 8
      variants: [{name: a, preset: tiny}]
      claims:
        x:
        - id: one
          data: R0
          sentence: S
          kind: PRIMARY
          seeds: 8
          supersedes: [1-old]
          test: {variants: [a], quantity: pm.after, statistic: MEAN, bar: {side: AT_LEAST, at: 0.5}}
          paper: {says: P, where: Argument 1, bar: {side: AT_LEAST, at: 0.4}}
          otherwise: {kind: no-effect, world: W}
          why: w
      """;

  /** Each fault with the line of its claim; a claim of an earlier edition need not be here. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          otherwise: {kind: no-effect, world: W} | seen: PART | s.yaml:7: study: primary claim 'one' names no world in which it is false; add 'otherwise'
          kind: no-effect | kind: exchanged | s.yaml:15: study: the world in which claim 'one' is false needs a control
          kind: no-effect | kind: deranged | s.yaml:15: study: the world in which claim 'one' is false needs 'other' or 'against'
          kind: no-effect | kind: clock | s.yaml:15: study: the world in which claim 'one' is false needs COUPLING with 'given'
          why: w | why: ' ' | s.yaml:16: study: primary claim 'one' does not say where its bar comes from
          '    seeds: 8' | '    seeds: 9' | s.yaml:11: study: primary claim 'one' needs n = 9, and its variants reach 8
          'at: 0.4}' | 'at: 0.6}' | s.yaml:14: study: claim 'one' could hold where the paper is refuted: its bar is >= 0.50, the paper's >= 0.60
          ', bar: {side: AT_LEAST, at: 0.4}}' | '}' | none
          quantity: pm.after, statistic: MEAN | quantity: formed, statistic: EVERY_SEED | s.yaml:13: study: primary claim 'one' is about every seed, and 'formed' declares no error, so that it has no p-value
          1-old | one | s.yaml:12: study: claim 'one' supersedes itself
          """)
  void aPrimaryClaimSaysAllThatItNeeds(String good, String bad, String message) {
    assertThat(PRIMARY).contains(good);
    String text = PRIMARY.replace(good, bad);
    if (message.equals("none")) {
      assertThat(Study.check(Written.text(text, "s.yaml")).claims()).hasSize(1);
    } else {
      assertThatThrownBy(() -> Study.check(Written.text(text, "s.yaml"))).hasMessage(message);
    }
  }

  @Test
  void whatOpensIsOneOfItsVariants() {
    String page = "page: {opens: b, beside: c, swaps: [a, c]}\n";
    Opening opening = read(SHORT + page).page();
    assertThat(opening).isEqualTo(new Opening(null, "b", "c", List.of("a", "c")));
    assertThatThrownBy(() -> read(SHORT + page.replace("[a, c]", "[a, d]")))
        .hasMessageContaining("study: a variant that is swapped is 'd'; there are a, b, c");
    assertThatThrownBy(() -> read(SHORT + page.replace("opens: b, ", "")))
        .hasMessageContaining("page.opens");
    assertThat(opening.of(List.of("b", "c"))).isEqualTo(new Opening(null, "b", "c", List.of("c")));
    assertThat(opening.of(List.of("a", "c"))).isNull();
  }

  /** How a study is shown is no part of what was registered of it before its runs. */
  @Test
  void anotherOpeningIsTheSameRegistration() {
    Study study = Study.named("quick");
    Registration registered = Registration.find("quick", study.block()).orElseThrow();
    assertThat(study.page()).isNotNull();
    assertThat(registered.differing(study)).isEmpty();
  }
}
