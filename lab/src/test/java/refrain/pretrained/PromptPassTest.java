package refrain.pretrained;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.model.FusedTransformer;
import refrain.model.HeadId;
import refrain.model.HeadsOff;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.PromptPass;
import refrain.model.PromptTree;
import refrain.model.PromptWatcher;
import refrain.model.Transformer;

/** Prompts that share beginnings, against the plain forward pass of each by itself. */
class PromptPassTest {
  private static final double NEAR = 1e-4;

  /** Prompts that part at odd places, one within another, and one by itself. */
  private static List<int[]> prompts(Golden golden) {
    int[] whole = golden.tokens[0];
    int[] other = golden.tokens[1];
    List<int[]> prompts = new ArrayList<>();
    prompts.add(whole);
    for (int cut : new int[] {1, 3, 4, 7}) {
      int[] mixed = Arrays.copyOf(whole, cut + 4);
      System.arraycopy(other, 0, mixed, cut, 4);
      prompts.add(mixed);
    }
    prompts.add(Arrays.copyOf(whole, 6));
    prompts.add(other);
    return prompts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gpt2",
        "gpt2-untied",
        "pythia",
        "neox-sequential",
        "gpt-neo",
        "llama",
        "llama-biases",
        "mistral",
        "qwen2",
        "attn-only",
        "gguf-llama"
      })
  void lossesAreThoseOfThePlainPass(String name) {
    Golden golden = Golden.of(name);
    List<int[]> prompts = prompts(golden);
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name));
        PromptPass pass = new PromptPass(model, 2)) {
      ModelSpec spec = model.spec();
      Parameters parameters = model.parameters();
      List<HeadsOff> sets = sets(spec);
      int[] from = new int[prompts.size()];
      Arrays.fill(from, 1);
      PromptTree[] trees = {
        new PromptTree(prompts.subList(0, 6), from), new PromptTree(prompts.subList(6, 7), from)
      };
      PromptTree.Said[][] said = pass.of(List.of(trees), sets, PromptWatcher.NONE, layer -> {});
      try (Transformer plain = new FusedTransformer(spec, 1)) {
        for (int s = 0; s < sets.size(); s++) {
          for (int i = 0; i < prompts.size(); i++) {
            float[] losses = said[s][i / 6].losses()[i % 6];
            assertThat(losses).hasSize(prompts.get(i).length - 1);
            float[] expected = plain(plain, parameters, prompts.get(i), sets.get(s));
            for (int t = 0; t < losses.length; t++) {
              assertThat(losses[t]).isCloseTo(expected[t], within((float) NEAR));
            }
          }
        }
      }
    }
  }

  /** As it is; heads of the last layer; one of each layer, by what they might be on average. */
  private static List<HeadsOff> sets(ModelSpec spec) {
    int last = spec.nLayers() - 1;
    Map<HeadId, float[]> mean = new LinkedHashMap<>();
    for (int l = 0; l <= last; l++) {
      float[] value = new float[spec.dHead()];
      for (int c = 0; c < value.length; c++) {
        value[c] = .01f * (c + 1) * (l + 1);
      }
      mean.put(new HeadId(l, l % spec.nHeads()), value);
    }
    return List.of(
        HeadsOff.NONE,
        HeadsOff.zero(List.of(new HeadId(last, 0), new HeadId(last, 1)), spec.dHead()),
        new HeadsOff(mean));
  }

  private static float[] plain(
      Transformer engine, Parameters parameters, int[] tokens, HeadsOff off) {
    int t = tokens.length - 1;
    List<Plan.OutputEdit> edits = new ArrayList<>();
    off.instead()
        .forEach((head, value) -> {
          float[] add = new float[t * value.length];
          for (int i = 0; i < add.length; i++) {
            add[i] = value[i % value.length];
          }
          edits.add(
              new Plan.OutputEdit(
                  HookKind.Z, head.layer(), head.head(), new float[t], Plan.Values.shared(add)));
        });
    Plan plan = new Plan(List.of(), List.of(), edits, List.of());
    return engine.forward(parameters, Batch.of(new int[][] {tokens}), plan, Observer.NONE)[0];
  }

  /** Attention is over the prompt's own positions, and rows say whose they are. */
  @ParameterizedTest
  @ValueSource(strings = {"gguf-llama", "gpt-neo"})
  void attentionOfARowIsThatOfItsPrompt(String name) {
    Golden golden = Golden.of(name);
    List<int[]> prompts = prompts(golden).subList(0, 6);
    int[] from = new int[prompts.size()];
    Arrays.fill(from, 1);
    PromptTree tree = new PromptTree(prompts, from);
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve(name));
        PromptPass pass = new PromptPass(model, 1);
        Transformer plain = new FusedTransformer(model.spec(), 1)) {
      Map<List<Integer>, float[]> seen = new LinkedHashMap<>();
      PromptWatcher watcher =
          new PromptWatcher() {
            @Override
            public boolean wantsAttention(int layer) {
              return layer == 1;
            }

            @Override
            public void attention(int set, int t, int layer, int head, int row, float[] p, int at) {
              int n = tree.position(row) + 1;
              seen.put(List.of(head, row), Arrays.copyOfRange(p, at, at + n));
            }
          };
      pass.of(List.of(tree), List.of(HeadsOff.NONE), watcher, layer -> {});
      Parameters parameters = model.parameters();
      for (int s = 0; s < prompts.size(); s++) {
        int t = prompts.get(s).length - 1;
        Golden.Seen pattern = new Golden.Seen(HookPoint.of(HookKind.PATTERN, 1), 1);
        plain.forward(parameters, Batch.of(new int[][] {prompts.get(s)}), Plan.NONE, pattern);
        int[] rows = tree.rowsOf(s);
        for (int h = 0; h < model.spec().nHeads(); h++) {
          for (int i = 0; i < t; i++) {
            float[] whole = pattern.of(0);
            float[] expected = Arrays.copyOfRange(whole, (h * t + i) * t, (h * t + i) * t + i + 1);
            assertThat(seen.get(List.of(h, rows[i]))).containsExactly(expected, within(1e-4f));
          }
        }
      }
    }
  }

  @Test
  void beginningsAreHeldOnce() {
    PromptTree tree =
        new PromptTree(
            List.of(new int[] {1, 2, 3, 4, 9}, new int[] {1, 2, 3, 5, 9}, new int[] {1, 2, 7, 9}),
            new int[] {4, 4, 2});
    assertThat(tree.rows()).isEqualTo(6);
    assertThat(tree.rowsOf(2)).hasSize(2);
    assertThat(tree.token(tree.rowsOf(0)[0])).isEqualTo(4);
    assertThat(tree.position(tree.rowsOf(0)[0])).isEqualTo(3);
  }

  @Test
  void aPromptThatIsTooLongIsRefused() {
    try (ModelOnDisk model = ModelOnDisk.open(Golden.ROOT.resolve("gpt2"));
        PromptPass pass = new PromptPass(model, 1)) {
      PromptTree tree = new PromptTree(List.of(new int[model.spec().nCtx() + 2]), new int[] {1});
      assertThatThrownBy(
              () -> pass.of(List.of(tree), List.of(HeadsOff.NONE), PromptWatcher.NONE, l -> {}))
          .isInstanceOf(RefrainException.class)
          .hasMessageContaining("expected at most " + model.spec().nCtx());
    }
  }
}
