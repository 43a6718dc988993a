package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.Generation.WhenFull;

class GenerationTest {
  static List<Variants.Variant> models() {
    return Variants.models();
  }

  /** Token by token with kept keys and values, the logits are those of the whole forward pass. */
  @ParameterizedTest
  @MethodSource("models")
  void decoderAgreesWithTheReference(Variants.Variant variant) {
    Parameters p = variant.parameters();
    Batch batch = variant.batch();
    List<Map<HookPoint, ReferenceView>> seen = Recorder.record(p, batch, Plan.NONE);
    Decoder decoder = new Decoder(p);
    for (int s = 0; s < batch.size(); s++) {
      ReferenceView logits = seen.get(s).get(HookPoint.of(HookKind.LOGITS));
      decoder.reset();
      for (int t = 0; t < batch.context(); t++) {
        float[] decoded = decoder.read(batch.tokens()[s][t]);
        for (int v = 0; v < decoded.length; v++) {
          double expected = Recorder.at(logits, t, v);
          assertThat((double) decoded[v])
              .as("sequence %d, position %d, token %d", s, t, v)
              .isCloseTo(expected, within(5e-5 * Math.max(1, Math.abs(expected))));
        }
      }
      assertThat(decoder.position()).isEqualTo(batch.context());
    }
  }

  @Test
  void inductionPairContinuesARepetition() {
    Parameters p = HandBuilt.induction(9, 20);
    int[] prompt = {4, 2, 7, 5, 1, 4};
    assertThat(Generation.generate(p, prompt, 8, Sampling.GREEDY))
        .containsExactly(2, 7, 5, 1, 4, 2, 7, 5);
    List<Integer> shown = new ArrayList<>();
    int[] ended =
        Generation.generate(
            p,
            prompt,
            8,
            Sampling.GREEDY,
            WhenFull.FAIL,
            token -> {
              shown.add(token);
              return token != 5;
            });
    assertThat(ended).containsExactly(2, 7, 5);
    assertThat(shown).containsExactly(2, 7, 5);
  }

  @Test
  void windowSlides() {
    Parameters p = HandBuilt.induction(9, 12);
    int[] prompt = {4, 2, 7, 4};
    int[] tokens = Generation.generate(p, prompt, 60, Sampling.GREEDY, WhenFull.SLIDE, t -> true);
    int[] cycle = {2, 7, 4};
    for (int i = 0; i < 60; i++) {
      assertThat(tokens[i]).isEqualTo(cycle[i % 3]);
    }
    int[] longPrompt = {0, 0, 0, 0, 0, 0, 0, 0, 4, 2, 7, 4, 2};
    assertThat(Generation.generate(p, longPrompt, 3, Sampling.GREEDY, WhenFull.SLIDE, t -> true))
        .containsExactly(7, 4, 2);
  }

  @Test
  void saysWhenTheContextIsFull() {
    Parameters p = HandBuilt.induction(9, 12);
    assertThat(Generation.generate(p, new int[12], 1, Sampling.GREEDY)).hasSize(1);
    assertThatThrownBy(() -> Generation.generate(p, new int[10], 4, Sampling.GREEDY))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "generation: a prompt of 10 tokens and 4 more do not fit the context, nCtx = 12; ask"
                + " for at most 3 or let the window slide");
    assertThatThrownBy(() -> Generation.generate(p, new int[0], 4, Sampling.GREEDY))
        .hasMessageContaining("expected a prompt of at least one token");
    assertThatThrownBy(() -> Generation.generate(p, new int[] {9}, 4, Sampling.GREEDY))
        .hasMessage("generation: token 0 is 9, expected 0..8");
    Decoder decoder = new Decoder(p);
    for (int t = 0; t < 12; t++) {
      decoder.read(0);
    }
    assertThatThrownBy(() -> decoder.read(0)).hasMessageContaining("nCtx = 12 tokens is full");
  }

  @Test
  void drawsFromTheSoftmax() {
    float[] logits = {0, (float) Math.log(2), (float) Math.log(5), Float.NEGATIVE_INFINITY};
    assertThat(frequencies(new Sampling(1, 0, 0), logits))
        .containsExactly(new double[] {.125, .25, .625, 0}, within(.01));
    assertThat(frequencies(new Sampling(.5, 0, 0), logits))
        .containsExactly(new double[] {1 / 30.0, 4 / 30.0, 25 / 30.0, 0}, within(.01));
    assertThat(frequencies(new Sampling(1, 2, 0), logits))
        .containsExactly(new double[] {0, 2 / 7.0, 5 / 7.0, 0}, within(.01));
    float[] ties = {1, 3, 3, 3};
    assertThat(frequencies(new Sampling(1, 2, 0), ties))
        .containsExactly(new double[] {0, .5, .5, 0}, within(.01));
    assertThat(frequencies(Sampling.GREEDY, ties)).containsExactly(0, 1, 0, 0);
  }

  private static double[] frequencies(Sampling sampling, float[] logits) {
    Rng rng = Rng.of(6);
    double[] share = new double[logits.length];
    for (int i = 0; i < 40_000; i++) {
      share[sampling.choose(logits, rng)] += 1 / 40_000.0;
    }
    for (int v = 0; v < share.length; v++) {
      share[v] = Math.round(share[v] * 1e6) / 1e6;
    }
    return share;
  }

  @Test
  void sameSeedDrawsTheSameTokens() {
    Parameters p = Variants.draw(ModelSpec.attentionOnly(2, 8, 2, 40, 30));
    int[] prompt = {1, 2};
    int[] a = Generation.generate(p, prompt, 30, new Sampling(1, 5, 3));
    assertThat(Generation.generate(p, prompt, 30, new Sampling(1, 5, 3))).isEqualTo(a);
    assertThat(Generation.generate(p, prompt, 30, new Sampling(1, 5, 4))).isNotEqualTo(a);
  }

  @Test
  void refusesWhatCannotBeMeant() {
    assertThatThrownBy(() -> new Sampling(-1, 0, 0))
        .hasMessage("sampling: temperature is -1.0, expected 0 (greedy) or more");
    assertThatThrownBy(() -> new Sampling(1, -2, 0)).hasMessageContaining("topK is -2");
    assertThatThrownBy(() -> Sampling.GREEDY.choose(new float[] {1, Float.NaN}, Rng.of(0)))
        .hasMessageContaining("the logit of token 1 is NaN");
  }
}
