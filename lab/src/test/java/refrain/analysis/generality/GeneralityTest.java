package refrain.analysis.generality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static refrain.model.ModelEdits.norm;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declared;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.ModelState;
import refrain.data.CategoryTask;
import refrain.data.DataSpec;
import refrain.data.Families;
import refrain.data.Iid;
import refrain.data.WordPairs;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.ModelEdits;
import refrain.model.ModelSpec;
import refrain.model.Norm;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.RepeatedSequences;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.EngineKind;
import refrain.train.Engines;
import refrain.train.Presets;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;

/** Measures of Argument 4 on models whose every head is known. */
class GeneralityTest {
  private static final Families FAMILIES = new Families(8, 2, 2, .5, .5, .75, .5, .3, 4, 1);
  private static final int CONTEXT = 20;

  @TempDir Path temp;

  @Test
  void aLiteralInductionHeadSeesNoSynonyms() {
    Parameters p = HandBuilt.induction(FAMILIES.vocab(), CONTEXT);
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      Knockouts heads = heads(model);
      assertThat(heads.heads().nearest()).containsExactly(new HeadId(1, 0));
      assertThat(heads.heads().formed()).isTrue();
      Findings f = FuzzyMatching.of(FAMILIES, model, heads);
      assertThat(f.value("fuzzy.attention.identical")).isCloseTo(1, within(1e-6));
      assertThat(f.value("fuzzy.token.identical")).isEqualTo(1);
      // Without a match 1.0 attends to all positions alike but to position 0.
      for (String level : List.of("synonym", "category", "unrelated")) {
        assertThat(f.value("fuzzy.attention." + level))
            .isCloseTo(f.value("fuzzy.chance"), within(.02));
      }
      assertThat(f.value("fuzzy.beside.unrelated")).isCloseTo(f.value("fuzzy.chance"), within(.02));
      assertThat(f.value("fuzzy.kept.synonym")).isCloseTo(0, within(.02));
      assertThat(f.value("fuzzy.ordered")).isZero();
    }
  }

  @Test
  void synonymsOfOneEmbeddingAreMatchedInFull() {
    Parameters p = HandBuilt.induction(FAMILIES.vocab(), CONTEXT);
    Parameter rows = p.layout().get("embed.W_E");
    int d = p.spec().dModel();
    for (int token = 1; token < FAMILIES.vocab(); token += 2) {
      for (int i = 0; i < d; i++) {
        p.arena()[rows.at(token * d + i)] = p.arena()[rows.at((token - 1) * d + i)];
      }
    }
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      Knockouts heads = heads(model);
      Findings f = FuzzyMatching.of(FAMILIES, model, heads);
      assertThat(f.value("fuzzy.kept.synonym")).isCloseTo(1, within(1e-6));
      assertThat(f.value("fuzzy.symbol.synonym")).isEqualTo(1);
      assertThat(f.value("fuzzy.kept.category")).isCloseTo(0, within(.02));
      assertThat(f.value("fuzzy.icl.synonym")).isGreaterThan(1.5);
      // Zeroed, the one head that writes leaves equal logits everywhere; the others write nothing.
      assertThat(f.value("fuzzy.removed.synonym")).isCloseTo(1, within(1e-6));
      assertThat(f.value("fuzzy.removed.random")).isCloseTo(0, within(1e-6));
      assertThat(GeneralityAnalysis.copying(repeated(model), model, List.of())).isGreaterThan(2.5);
      assertThat(GeneralityAnalysis.copying(repeated(model), model, heads.ofInduction()))
          .isCloseTo(0, within(1e-6));
    }
  }

  @Test
  void fuzzySegmentsAreWhatTheirSimilaritySays() {
    FuzzySequences s = FuzzySequences.draw(Json.defaults(Families.class), 64, 50);
    Families language = s.language();
    int n = s.length();
    assertThat(n).isEqualTo(21);
    for (FuzzySequences.Similarity level : FuzzySequences.Similarity.values()) {
      for (int[] x : s.repeats().get(level)) {
        Set<Integer> categories =
            Arrays.stream(x, 0, n).mapToObj(language::category).collect(Collectors.toSet());
        assertThat(categories).hasSize(n);
        for (int i = 0; i < n; i++) {
          boolean form = x[i] == x[n + i];
          boolean symbol = language.symbol(x[i]) == language.symbol(x[n + i]);
          boolean category = language.category(x[i]) == language.category(x[n + i]);
          boolean absent = !categories.contains(language.category(x[n + i]));
          assertThat(
                  switch (level) {
                    case IDENTICAL -> form;
                    case SYNONYM -> symbol && !form;
                    case CATEGORY -> category && !symbol;
                    case UNRELATED -> absent;
                  })
              .isTrue();
        }
      }
    }
    assertThat(s.queries()[0]).hasSize(n - 2).startsWith(n + 1).endsWith(2 * n - 2);
  }

  @Test
  void anAliasHasTheCosineThatWasAskedFor() {
    Parameters p = Parameters.init(ModelSpec.attentionOnly(1, 24, 2, 16, 10), 3);
    for (double cosine : NoisyEmbeddings.COSINES) {
      Parameters noisy = NoisyEmbeddings.aliased(p, cosine);
      float[] before = p.get("embed.W_E");
      float[] after = noisy.get("embed.W_E");
      for (int token = 0; token < 10; token += 2) {
        double[] a = centred(before, token);
        double[] alias = centred(after, token + 1);
        assertThat(dot(a, alias) / Math.sqrt(dot(a, a) * dot(alias, alias)))
            .isCloseTo(cosine, within(1e-5));
        assertThat(dot(alias, alias)).isCloseTo(dot(a, a), within(1e-5));
        assertThat(centred(after, token)).isEqualTo(a);
      }
    }
  }

  private static double[] centred(float[] rows, int token) {
    double[] x = new double[24];
    Arrays.setAll(x, f -> rows[token * 24 + f]);
    double mean = Arrays.stream(x).average().orElseThrow();
    return Arrays.stream(x).map(v -> v - mean).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int f = 0; f < a.length; f++) {
      sum += a[f] * b[f];
    }
    return sum;
  }

  @Test
  void aSharpHeadBearsNoiseUpToWhereNothingIsLeft() {
    int vocab = 32;
    Parameters p = HandBuilt.induction(vocab, CONTEXT);
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      Findings f = NoisyEmbeddings.of(Json.defaults(Iid.class), model, heads(model).heads());
      // The score of the match is 40 times the cosine, that of others 0 (but for the mean).
      assertThat(f.value("noise.attention.exact")).isCloseTo(1, within(1e-3));
      assertThat(f.value("noise.kept.0.5")).isCloseTo(1, within(.01));
      assertThat(f.value("noise.half")).isBetween(0.0, .2);
      assertThat(f.value("noise.excess.0")).isBetween(0.0, 1.5);
      assertThat(f.series("noise.accuracy")[9]).isEqualTo(1);
    }
  }

  @Test
  void aCurveIsCrossedWhereItRisesThroughTheLevelLast() {
    double[] curve = {0, 0, .2, .2, .4, .6, .8, 1, 1, 1};
    assertThat(NoisyEmbeddings.crossing(curve, .5)).isCloseTo(.65, within(1e-12));
    assertThat(NoisyEmbeddings.crossing(curve, 2)).isNaN();
  }

  @Test
  void uniformAttentionIsAtChanceInTheCategoryTask() {
    for (boolean colon : new boolean[] {true, false}) {
      CategoryTask task = new CategoryTask(6, colon, 0, 0, 0);
      Parameters p = HandBuilt.uniform(task.vocab(), 64);
      try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
        ModelState model = ModelState.of(engine, p);
        Findings f = CategoryAttention.of(task, model, model, heads(model));
        assertThat(f.value("category.attention"))
            .isCloseTo(f.value("category.chance"), within(1e-6));
        assertThat(f.value("category.attention.untrained"))
            .isCloseTo(f.value("category.chance"), within(1e-6));
        // All logits are 0, so the first token is predicted, which is no label.
        assertThat(f.value("category.accuracy")).isZero();
        double[] best = f.series("category.accuracy.byLine.best");
        assertThat(best).hasSize(colon ? 13 : 16);
        assertThat(best[0]).isEqualTo(.25);
        // The second line's pair is known with 1/4, else one of three labels is left.
        assertThat(best[1]).isCloseTo(.25 + .75 / 3, within(.05));
        assertThat(f.series("category.attention.byLine")[0]).isNaN();
      }
    }
  }

  /**
   * One layer: each word writes its translations in all languages alike, and one head that attends
   * everywhere alike adds which language was seen.
   */
  private static Parameters translator(WordPairs pairs) {
    int v = pairs.vocab();
    int d = v + pairs.languages();
    ModelSpec spec =
        ModelSpec.attentionOnly(1, d, 1, 64, v)
            .with(ModelEdits.heads(1, 1, pairs.languages()), norm(Norm.NONE, false));
    Parameters p = Parameters.zeros(spec);
    for (int token = 0; token < v; token++) {
      int language = token / pairs.words() - 1;
      set(p, "embed.W_E", 1, token, token);
      if (language >= 0) {
        set(p, "embed.W_E", 1, token, v + language);
        set(p, "unembed.W_U", 10, token % pairs.words(), token);
        set(p, "unembed.W_U", 1, v + language, token);
      }
    }
    for (int l = 0; l < pairs.languages(); l++) {
      set(p, "blocks.0.attn.W_V", 1, 0, v + l, l);
      set(p, "blocks.0.attn.W_O", 1, 0, l, v + l);
    }
    return p;
  }

  private static void set(Parameters p, String name, double value, int... index) {
    Parameter parameter = p.layout().get(name);
    int at = parameter.offset();
    for (int axis = 0; axis < index.length; axis++) {
      at += index[axis] * parameter.strides()[axis];
    }
    p.arena()[at] = (float) value;
  }

  @Test
  void aHeadThatTellsTheLanguageIsAllThatAFewShotTranslatorNeeds() {
    WordPairs pairs = new WordPairs(36, 4, 0);
    Parameters p = translator(pairs);
    try (Transformer engine = Engines.create(EngineKind.FUSED, p.spec(), 1)) {
      ModelState model = ModelState.of(engine, p);
      Knockouts heads = heads(model);
      assertThat(heads.heads().formed()).isFalse();
      Findings f = FewShot.of(pairs, model, heads);
      // Without a pair before, the first language is guessed, which is right once in four.
      assertThat(f.value("fewshot.accuracy.0")).isEqualTo(.25);
      assertThat(f.value("fewshot.word.0")).isEqualTo(1);
      assertThat(f.value("fewshot.accuracy.1")).isEqualTo(1);
      assertThat(f.value("fewshot.accuracy.many")).isEqualTo(1);
      assertThat(f.value("fewshot.removed")).isEqualTo(1);
      assertThat(f.value("fewshot.removed.most")).isEqualTo(1);
      assertThat(f.value("fewshot.removed.random")).isNaN();
      assertThat(f.series("fewshot.byShots.ablated")).containsOnly(.25);
    }
  }

  @Test
  void everyLanguageIsAnalysedWithWhatIsDeclaredOfIt() {
    List<DataSpec> languages =
        List.of(
            FAMILIES,
            new CategoryTask(4, false, .3, .3, 0),
            new WordPairs(20, 3, .5),
            new Iid(16, 0));
    List<String> prefixes = List.of("fuzzy.", "category.", "fewshot.", "noise.");
    Analysis analysis = AnalysisKind.GENERALITY.analysis();
    for (int i = 0; i < languages.size(); i++) {
      DataSpec language = languages.get(i);
      RunSpec tiny = Presets.get("tiny");
      RunSpec spec =
          tiny.with(
              s -> s.data = language,
              s -> s.model = tiny.model().with(m -> m.dVocab = language.open().vocab()),
              s -> s.engine = EngineKind.FUSED,
              s -> s.steps = 10);
      Path folder = temp.resolve("run-" + i);
      Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
      try (Subject run = new Subject(RunFolder.at(folder), null, 1);
          Subject again = new Subject(RunFolder.at(folder), null, 2)) {
        Findings found = analysis.of(run);
        Set<String> names = found.values().keySet();
        assertThat(names).contains("generality.heads", "generality.copying.removed");
        for (Declared declared : AnalysisKind.GENERALITY.declared()) {
          if (declared.key().startsWith(prefixes.get(i))) {
            assertThat(declared instanceof Quantity ? names : found.series().keySet())
                .contains(declared.key());
          }
        }
        Findings twice = analysis.of(again);
        assertThat(twice.values()).isEqualTo(found.values());
      }
    }
  }

  private static RepeatedSequences repeated(ModelState model) {
    return RepeatedSequences.draw(model.tokens().get(), 2022, 10, model.spec().nCtx());
  }

  private static Knockouts heads(ModelState model) {
    return new Knockouts(Heads.measured(model, repeated(model), 2022), model.spec());
  }
}
