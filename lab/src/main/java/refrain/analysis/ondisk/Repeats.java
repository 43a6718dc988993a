package refrain.analysis.ondisk;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import refrain.data.Rng;
import refrain.model.PromptTree;
import refrain.pretrained.ModelOnDisk;
import refrain.probe.RepeatedSequences;

/**
 * A start token, where the model has one, and 25 random tokens four times (Olsson et al. 2022, Head
 * activation evaluators). Kept of a sequence: the mean loss of each block, nats.
 */
final class Repeats implements Stimulus {
  private static final int BLOCK = RepeatedSequences.BLOCK;
  private static final int TIMES = RepeatedSequences.REPEATS;

  private final int first;
  private final List<PromptTree> trees = new ArrayList<>();

  /**
   * @param claimed whether these are the sequences that claims are judged on
   */
  Repeats(ModelOnDisk model, boolean claimed, int number) {
    Rng rng = Rng.of(claimed ? 16 : 15).split("repeated tokens");
    OptionalInt start = model.start();
    int vocab = model.tokenizer().map(t -> t.vocab()).orElse(model.spec().dVocab());
    int named = Math.min(vocab, model.spec().dVocab());
    first = start.isPresent() ? 1 : 0;
    for (int s = 0; s < number; s++) {
      int[] block = rng.sample(named, BLOCK);
      int[] tokens = new int[first + TIMES * BLOCK];
      if (first == 1) {
        tokens[0] = start.getAsInt();
      }
      for (int i = first; i < tokens.length; i++) {
        tokens[i] = block[(i - first) % BLOCK];
      }
      trees.add(new PromptTree(List.of(tokens), new int[] {1}));
    }
  }

  /** The position of the first token of the first block. */
  int first() {
    return first;
  }

  /** The attention of a position to what followed earlier occurrences of its token. */
  double matching(int i, float[] p, int at) {
    double sum = 0;
    for (int j = i - BLOCK + 1; j > first; j -= BLOCK) {
      sum += p[at + j];
    }
    return sum;
  }

  @Override
  public String name() {
    return "repeats";
  }

  @Override
  public List<PromptTree> trees() {
    return trees;
  }

  @Override
  public int units() {
    return trees.size();
  }

  @Override
  public double[][] read(PromptTree.Said[] said) {
    double[][] kept = new double[trees.size()][TIMES];
    for (int s = 0; s < kept.length; s++) {
      float[] losses = said[s].losses()[0];
      int[] n = new int[TIMES];
      for (int i = 0; i < losses.length; i++) {
        int block = (i + 1 - first) / BLOCK;
        kept[s][block] += losses[i];
        n[block]++;
      }
      for (int b = 0; b < TIMES; b++) {
        kept[s][b] /= n[b];
      }
    }
    return kept;
  }
}
