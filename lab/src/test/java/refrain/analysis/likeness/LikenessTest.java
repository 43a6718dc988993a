package refrain.analysis.likeness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.ModelState;
import refrain.data.Exemplars;
import refrain.data.Translations;
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

/** Isolated matches on models whose every head is known. */
class LikenessTest {
  private static final Exemplars LANGUAGE = new Exemplars(9, 2, 2, 2, 7, 3, 0, .3, .2, false);
  private static final int CONTEXT = 20;
  private static final IsolatedMatches MATCHES = IsolatedMatches.draw(LANGUAGE, CONTEXT, 60);

  @TempDir Path temp;

  private static boolean isPair(int a, int b, Likeness likeness) {
    boolean ofClass = a / 4 == b / 4;
    boolean near = a / 2 == b / 2;
    boolean apart = ofClass && Math.abs(a - b) == 3;
    boolean hidden = a / 4 >= 7;
    return switch (likeness) {
      case IDENTICAL -> a == b && !hidden;
      case SUBCLASS -> near && a != b && !hidden;
      case CLASS -> ofClass && !near && !apart && !hidden;
      case APART -> apart && !hidden;
      case UNLABELLED_SAME -> a == b && hidden;
      case UNLABELLED -> ofClass && a != b && hidden;
      case OTHER -> !ofClass && !hidden && b / 4 < 7;
    };
  }

  @Test
  void matchesAreIsolatedAndAsAlikeAsTheySay() {
    assertThat(MATCHES.pairs()).isEqualTo(6);
    for (Likeness likeness : Likeness.values()) {
      Set<Integer> places = new HashSet<>();
      for (int s = 0; s < 60; s++) {
        int[] x = MATCHES.of(likeness)[s];
        int star = MATCHES.target(s) - 1;
        assertThat(x).hasSize(14);
        assertThat(x[13]).isEqualTo(x[star + 1]);
        assertThat(isPair(x[star], x[12], likeness)).as("%s %s", likeness, s).isTrue();
        assertThat(Arrays.stream(MATCHES.labels(likeness, s)).distinct()).hasSize(6);
        int[] classes = IntStream.range(0, 6).map(k -> x[2 * k] / 4).toArray();
        assertThat(Arrays.stream(classes).distinct()).hasSize(6);
        assertThat(classes).hasSize(6).contains(x[star] / 4);
        boolean asksKnown = Arrays.stream(classes).anyMatch(c -> c == x[12] / 4);
        assertThat(asksKnown).isEqualTo(likeness != Likeness.OTHER);
        int[] same = MATCHES.of(Likeness.IDENTICAL)[s];
        for (int t = 0; t < 12; t++) {
          assertThat(x[t] == same[t] || t == star).isTrue();
        }
        places.add(star);
      }
      assertThat(places).hasSize(6);
    }
  }

  private static Findings findings(Parameters p, IsolatedMatches matches) {
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      RepeatedSequences repeated =
          RepeatedSequences.draw(TokenPool.all(LANGUAGE.vocab()), 1, 10, CONTEXT);
      return LikenessAnalysis.atTheEnd(matches, model)
          .putAll(MatchingHeads.of(matches, model, repeated, 1));
    }
  }

  @Test
  void aLiteralHeadMatchesTheSameAlone() {
    Findings f = findings(HandBuilt.induction(4, 2, LANGUAGE.vocab(), CONTEXT), MATCHES);
    for (String same : List.of("identical", "unlabelled.same")) {
      assertThat(f.value("likeness.choice." + same)).isEqualTo(1);
      assertThat(f.value("likeness.gain." + same)).isCloseTo(Math.log(6), within(1e-4));
      assertThat(f.value("likeness.attention." + same)).isCloseTo(1, within(1e-6));
    }
    for (String alike : List.of("subclass", "class", "apart", "unlabelled", "other")) {
      assertThat(f.value("likeness.gain." + alike)).as(alike).isCloseTo(0, within(1e-4));
    }
    assertThat(f.value("likeness.share")).isCloseTo(0, within(1e-4));
    // Two of the four heads of layer 1 do it all.
    assertThat(f.value("likeness.copying.removed")).isCloseTo(1, within(1e-4));
    assertThat(f.value("likeness.copying.removed.others")).isCloseTo(0, within(1e-4));
    assertThat(f.value("likeness.same.removed")).isCloseTo(1, within(1e-4));
    assertThat(f.value("likeness.same.removed.others")).isCloseTo(0, within(1e-4));
  }

  /** Exemplars of a class that have one embedding are one to the heads of a literal model. */
  @Test
  void aLiteralHeadOverEmbeddingsOfClassesMatchesClasses() {
    Parameters p = HandBuilt.induction(4, 2, LANGUAGE.vocab(), CONTEXT);
    Parameter rows = p.layout().get("embed.W_E");
    int d = p.spec().dModel();
    for (int token = 0; token < LANGUAGE.label(0); token++) {
      for (int i = 0; i < d; i++) {
        p.arena()[rows.at(token * d + i)] = p.arena()[rows.at(token / 4 * 4 * d + i)];
      }
    }
    Findings f = findings(p, MATCHES);
    for (Likeness likeness : Likeness.values()) {
      boolean other = likeness == Likeness.OTHER;
      assertThat(f.value("likeness.gain." + likeness.slug()))
          .as(likeness.slug())
          .isCloseTo(other ? 0 : Math.log(6), within(1e-4));
    }
    assertThat(f.value("likeness.share")).isCloseTo(1, within(1e-4));
    assertThat(f.value("likeness.alike.removed")).isCloseTo(1, within(1e-4));
    assertThat(f.value("likeness.alike.removed.others")).isCloseTo(0, within(1e-4));
    assertThat(f.value("likeness.alike.removed.most")).isCloseTo(1, within(1e-4));
    assertThat(f.value("likeness.ranks")).isCloseTo(1, within(.35));
    assertThat(f.value("likeness.ranks.layers")).isLessThan(f.value("likeness.ranks"));
    assertThat(f.value("likeness.lost.alike.L1H0")).isGreaterThan(1e-5);
    assertThat(f.value("likeness.lost.alike.L1H3")).isCloseTo(0, within(1e-6));
  }

  /** Each token's logit is highest for its word in the other of the languages 0 and 1. */
  @Test
  void aModelThatTranslatesWhateverStoodBeforeGainsNothingFromPairs() {
    Translations language = new Translations(12, 3, 4, .5);
    int vocab = language.vocab();
    Parameters p = HandBuilt.induction(4, 2, vocab, CONTEXT);
    Findings literal = unseen(language, p);
    assertThat(literal.value("translation.seen")).isLessThan(.2);
    assertThat(literal.value("translation.unseen")).isZero();
    Parameter unembed = p.layout().get("unembed.W_U");
    for (int token = 0; token < vocab; token++) {
      int other = token < 12 ? token + 12 : token - 12;
      p.arena()[unembed.at(token * vocab + other)] = 40;
    }
    Findings f = unseen(language, p);
    for (String all : List.of("seen", "unseen", "unseen.word", "zero")) {
      assertThat(f.value("translation." + all)).as(all).isEqualTo(1);
    }
    assertThat(f.value("translation.gain")).isCloseTo(0, within(1e-3));
  }

  private static Findings unseen(Translations language, Parameters p) {
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      RepeatedSequences repeated =
          RepeatedSequences.draw(TokenPool.all(language.vocab()), 1, 10, CONTEXT);
      return UnseenPairs.of(language, ModelState.of(engine, p), repeated, 1);
    }
  }

  @Test
  void withoutUnlabelledClassesThereIsNothingToSayOfThem() {
    Exemplars all = new Exemplars(9, 2, 2, 0, 7, 3, 0, .3, .2, false);
    IsolatedMatches matches = IsolatedMatches.draw(all, CONTEXT, 20);
    assertThat(matches.has(Likeness.UNLABELLED)).isFalse();
    Findings f = findings(HandBuilt.induction(4, 2, all.vocab(), CONTEXT), matches);
    assertThat(f.value("likeness.gain.unlabelled")).isNaN();
    assertThat(f.value("likeness.choice.identical")).isEqualTo(1);
  }

  @Test
  void aRunHasACurveOfItsCheckpointsAndAnotherLanguageNone() {
    Exemplars small = new Exemplars(3, 2, 2, 0, 4, 2, 0, .5, .1, false);
    RunFolder run = trained("exemplars", small);
    try (Subject subject = new Subject(run, null, 1)) {
      Findings f = AnalysisKind.LIKENESS.analysis().of(subject);
      assertThat(f.series("curve.likeness.steps")).containsExactly(0, 10, 20);
      assertThat(f.series("curve.likeness.identical")).hasSize(3);
      assertThat(f.series("curve.likeness.copying")).hasSize(3);
      double last = f.series("curve.likeness.identical")[2];
      assertThat(f.value("likeness.choice.identical")).isCloseTo(last, within(.25));
      assertThat(f.value("likeness.step.identical")).isNaN();
    }
    RunFolder bigrams = trained("bigrams", Presets.get("tiny").data());
    try (Subject subject = new Subject(bigrams, null, 1)) {
      assertThatThrownBy(() -> AnalysisKind.LIKENESS.analysis().of(subject))
          .hasMessageEndingWith(
              "'likeness' is of runs on exemplars or translations, and this one learnt"
                  + " 'BigramRestarts'");
    }
  }

  private RunFolder trained(String name, refrain.data.DataSpec data) {
    Path folder = temp.resolve(name);
    Trainer.run(
        Presets.get("tiny").with(s -> s.data = data, s -> s.steps = 20),
        folder,
        TrainControl.threads(1),
        TrainListener.NONE);
    return RunFolder.at(folder);
  }
}
