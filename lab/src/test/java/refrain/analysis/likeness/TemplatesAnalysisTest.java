package refrain.analysis.likeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.data.DataSpec;
import refrain.data.Templates;
import refrain.model.HandBuilt;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;
import refrain.store.RunFolder;
import refrain.train.EngineKind;
import refrain.train.Engines;
import refrain.train.Presets;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** What tokens of a template tell, on models whose every head is known. */
class TemplatesAnalysisTest {
  private static final Templates LANGUAGE = new Templates(17, 3, 0, false);
  private static final int CONTEXT = 33;
  private static final TemplateMatches MATCHES = TemplateMatches.draw(LANGUAGE, CONTEXT, 51);

  @TempDir Path temp;

  @Test
  void whatComesBackIsAsAlikeAsItSaysAndEachFourthPlaceIsTheAnswerAsOften() {
    assertThat(MATCHES.length()).isEqualTo(12);
    assertThat(MATCHES.places()).containsExactly(3, 7, 11);
    for (int place : MATCHES.places()) {
      long times = Arrays.stream(MATCHES.answers()).filter(a -> a == place).count();
      assertThat(times).isEqualTo(17);
    }
    for (int s = 0; s < 51; s++) {
      int answer = MATCHES.answers()[s];
      for (Comeback comeback : Comeback.values()) {
        int[] x = MATCHES.of(comeback)[s];
        int asks = MATCHES.queries(comeback)[s][0];
        assertThat(x).hasSize(asks + 2);
        assertThat(asks).isEqualTo(comeback.run() ? 14 : 12);
        int[] categories = Arrays.stream(x).map(LANGUAGE::category).toArray();
        assertThat(Arrays.stream(categories).limit(12).distinct().count()).isEqualTo(12);
        assertThat(x[asks + 1]).isEqualTo(x[answer]);
        for (int t = 12; t <= asks; t++) {
          int old = answer - (asks + 1 - t);
          assertThat(categories[t]).isEqualTo(categories[old]);
          boolean same = comeback == Comeback.ALONE_SAME || comeback == Comeback.RUN_SAME;
          assertThat(x[t] == x[old]).as("%s %s", comeback, s).isEqualTo(same);
          assertThat(old % 4).isNotEqualTo(3);
        }
      }
    }
  }

  private static Findings findings(Parameters p) {
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      RepeatedSequences repeated =
          RepeatedSequences.draw(TokenPool.all(LANGUAGE.vocab()), 1, 10, CONTEXT);
      Map<Comeback, NextCategory> intact = NextCategory.intact(MATCHES, model);
      return TemplateAnalysis.atTheEnd(intact)
          .putAll(new TemplateSamples(LANGUAGE, CONTEXT).of(model))
          .putAll(TemplateHeads.of(MATCHES, intact, model, repeated, 1));
    }
  }

  @Test
  void aLiteralHeadIsToldByTheSameTokenAlone() {
    Findings f = findings(HandBuilt.induction(4, 2, LANGUAGE.vocab(), CONTEXT));
    for (String same : List.of("alone.same", "run.same")) {
      assertThat(f.value("template.choice." + same)).isEqualTo(1);
      assertThat(f.value("template.gain." + same)).isCloseTo(Math.log(3), within(1e-3));
      assertThat(f.value("template.literal." + same)).isCloseTo(1, within(1e-3));
      assertThat(f.value("template.attention." + same)).isCloseTo(1, within(1e-4));
    }
    for (String alike : List.of("alone.category", "run.category")) {
      assertThat(f.value("template.gain." + alike)).as(alike).isCloseTo(0, within(.01));
    }
    assertThat(f.value("template.least.attention")).isLessThan(.2);
    // Where one token of three is the same, a head that knows no categories is told by it alone.
    assertThat(f.value("template.gained.same")).isGreaterThan(1.5);
    assertThat(f.value("template.gained.category")).isLessThan(.8);
    assertThat(f.value("template.right.same")).isGreaterThan(.9);
  }

  /** Tokens of a category that have one embedding are one to the heads of a literal model. */
  @Test
  void aLiteralHeadOverEmbeddingsOfCategoriesIsToldByCategories() {
    Parameters p = HandBuilt.induction(4, 2, LANGUAGE.vocab(), CONTEXT);
    Parameter rows = p.layout().get("embed.W_E");
    int d = p.spec().dModel();
    for (int token = 0; token < LANGUAGE.vocab(); token++) {
      for (int i = 0; i < d; i++) {
        p.arena()[rows.at(token * d + i)] = p.arena()[rows.at(token / 3 * 3 * d + i)];
      }
    }
    Findings f = findings(p);
    for (Comeback comeback : Comeback.values()) {
      assertThat(f.value("template.gain." + comeback.slug()))
          .as(comeback.slug())
          .isCloseTo(Math.log(3), within(.01));
    }
    assertThat(f.value("template.right.category")).isEqualTo(1);
    assertThat(f.value("template.gained.category")).isCloseTo(Math.log(17), within(.01));
    assertThat(f.value("template.most.attention")).isCloseTo(1, within(.01));
    assertThat(f.value("template.least.attention")).isCloseTo(1, within(.01));
    // Random tokens have others of their categories among them.
    assertThat(f.value("template.most.pm")).isGreaterThan(.5);
    assertThat(f.value("template.removed")).isCloseTo(1, within(.01));
    assertThat(f.value("template.removed.others")).isCloseTo(0, within(.01));
    assertThat(f.value("template.ranks.layers")).isLessThan(f.value("template.ranks"));
  }

  @Test
  void aRunHasACurveOfItsCheckpointsAndAnotherLanguageNone() {
    RunFolder run = trained("templates", new Templates(8, 2, 0, false));
    try (Subject subject = new Subject(run, null, 1)) {
      Findings f = AnalysisKind.TEMPLATES.analysis().of(subject);
      assertThat(f.series("curve.template.steps")).containsExactly(0, 10, 20);
      assertThat(f.series("curve.template.alone.category")).hasSize(3);
      assertThat(f.series("curve.template.copying")).hasSize(3);
      // With six places there is one to ask for, and nothing to be told.
      assertThat(f.value("template.gain.run.category")).isCloseTo(0, within(1e-6));
      // Nothing is learnt yet: ln 16 a token.
      assertThat(f.value("template.loss")).isCloseTo(Math.log(16), within(.3));
      assertThat(f.value("template.gained.category")).isCloseTo(0, within(.3));
    }
    RunFolder bigrams = trained("bigrams", Presets.get("tiny").data());
    try (Subject subject = new Subject(bigrams, null, 1)) {
      assertThatThrownBy(() -> AnalysisKind.TEMPLATES.analysis().of(subject))
          .hasMessageEndingWith(
              "'templates' is of runs on templates, and this one learnt 'BigramRestarts'");
      assertThatThrownBy(() -> AnalysisKind.HELD_OUT.analysis().of(subject))
          .hasMessageEndingWith(
              "'held-out' is of runs on exemplars with three classes or more without labels");
    }
  }

  private RunFolder trained(String name, DataSpec data) {
    Path folder = temp.resolve(name);
    Trainer.run(
        Presets.get("tiny").with(s -> s.data = data, s -> s.steps = 20),
        folder,
        TrainControl.threads(1),
        TrainListener.NONE);
    return RunFolder.at(folder);
  }
}
