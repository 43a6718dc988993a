package refrain.analysis.ondisk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import refrain.data.Rng;
import refrain.data.WordNames.Word;
import refrain.model.HeadId;
import refrain.model.HeadsOff;
import refrain.model.ModelSpec;
import refrain.model.PromptPass;
import refrain.model.PromptTree;
import refrain.model.PromptWatcher;
import refrain.pretrained.token.ModelTokenizer;

/**
 * Where heads look in prompts in which nothing is repeated, and a head that matches by meaning
 * would look somewhere: attention to such places less attention to places of the same kind that are
 * wrong.
 */
final class Looking {
  private static final int EXAMPLES = 8;
  private static final int LIST = 10;

  /**
   * One look.
   *
   * @param sequence the prompt
   * @param position from where
   * @param right positions to which a head that matches would attend
   * @param wrong others of the same kind
   */
  private record Look(int sequence, int position, int[] right, int[] wrong) {}

  private final List<int[]> prompts = new ArrayList<>();
  private final List<Look> looks = new ArrayList<>();

  /**
   * "horse: 0, hammer: 1": from the colon behind a word to the digits behind words of its class
   * (Olsson et al. 2022, Argument 4, pattern matching).
   */
  static Looking classes(List<Word> words, int prompts, ModelTokenizer tokenizer) {
    Looking all = new Looking();
    WordPrompts.Task task = WordPrompts.Task.CATEGORY;
    Rng rng = Rng.of(18).split("classes");
    for (int p = 0; p < prompts; p++) {
      int[] drawn = rng.sample(words.size(), EXAMPLES + 1);
      Word asked = words.get(drawn[EXAMPLES]);
      StringBuilder text = new StringBuilder();
      List<Integer> right = new ArrayList<>();
      List<Integer> wrong = new ArrayList<>();
      for (int e = 0; e < EXAMPLES; e++) {
        Word word = words.get(drawn[e]);
        text.append(task.question().apply(word)).append(' ').append(task.answer().apply(word));
        int label = Texts.begun(tokenizer, text.toString()).length - 1;
        (word.animal() == asked.animal() ? right : wrong).add(label);
        text.append('\n');
      }
      text.append(task.question().apply(asked));
      int[] tokens = Texts.begun(tokenizer, text.toString());
      if (!right.isEmpty() && !wrong.isEmpty()) {
        all.add(tokens, tokens.length - 1, right, wrong);
      }
    }
    return all;
  }

  /**
   * French words, then the same in English: from an English word to the French one after its own
   * (Olsson et al. 2022, Argument 4, translation).
   */
  static Looking translations(List<Word> words, int prompts, ModelTokenizer tokenizer) {
    Looking all = new Looking();
    Rng rng = Rng.of(18).split("translations");
    for (int p = 0; p < prompts; p++) {
      int[] drawn = rng.sample(words.size(), LIST);
      StringBuilder text = new StringBuilder("French:");
      int[] french = new int[LIST];
      for (int i = 0; i < LIST; i++) {
        french[i] = Texts.begun(tokenizer, text.toString()).length;
        text.append(' ').append(words.get(drawn[i]).french());
      }
      text.append("\nEnglish:");
      int[] english = new int[LIST];
      for (int i = 0; i < LIST; i++) {
        text.append(' ').append(words.get(drawn[i]).english());
        english[i] = Texts.begun(tokenizer, text.toString()).length - 1;
      }
      int[] tokens = Texts.begun(tokenizer, text.toString());
      int sequence = all.prompts.size();
      all.prompts.add(Arrays.copyOf(tokens, tokens.length + 1));
      for (int i = 0; i + 1 < LIST; i++) {
        int next = i + 1;
        int own = i;
        int[] wrong =
            IntStream.range(0, LIST)
                .filter(j -> j != next && j != own)
                .map(j -> french[j])
                .toArray();
        all.looks.add(new Look(sequence, english[i], new int[] {french[next]}, wrong));
      }
    }
    return all;
  }

  private void add(int[] tokens, int position, List<Integer> right, List<Integer> wrong) {
    looks.add(
        new Look(
            prompts.size(),
            position,
            right.stream().mapToInt(r -> r).toArray(),
            wrong.stream().mapToInt(w -> w).toArray()));
    prompts.add(Arrays.copyOf(tokens, tokens.length + 1));
  }

  /** Attention to right places less that to as many wrong ones: [layer][head][prompt]. */
  double[][][] of(ModelSpec spec, PromptPass pass, IntConsumer done) {
    List<PromptTree> trees =
        prompts.stream().map(p -> new PromptTree(List.of(p), new int[] {p.length - 1})).toList();
    double[][][] score = new double[spec.nLayers()][spec.nHeads()][prompts.size()];
    List<List<Look>> own = new ArrayList<>();
    prompts.forEach(_ -> own.add(new ArrayList<>()));
    looks.forEach(look -> own.get(look.sequence()).add(look));
    PromptWatcher watcher =
        new PromptWatcher() {
          @Override
          public boolean wantsAttention(int layer) {
            return true;
          }

          @Override
          public void attention(
              int set, int tree, int layer, int head, int row, float[] p, int at) {
            int position = trees.get(tree).position(row);
            for (Look look : own.get(tree)) {
              if (look.position() == position) {
                score[layer][head][tree] +=
                    look.right().length
                        * (mean(p, at, look.right()) - mean(p, at, look.wrong()))
                        / own.get(tree).size();
              }
            }
          }
        };
    pass.of(trees, List.of(HeadsOff.NONE), watcher, done);
    return score;
  }

  private static double mean(float[] p, int at, int[] positions) {
    double sum = 0;
    for (int position : positions) {
      sum += p[at + position];
    }
    return sum / positions.length;
  }

  /** Of each prompt, the score of the head that is best on the other half of the prompts. */
  static double[] ofBest(double[][][] score) {
    int n = score[0][0].length;
    double[] best = new double[n];
    for (int half = 0; half < 2; half++) {
      double[][] chosenBy = new double[score.length][score[0].length];
      for (int l = 0; l < score.length; l++) {
        for (int h = 0; h < score[l].length; h++) {
          for (int p = 1 - half; p < n; p += 2) {
            chosenBy[l][h] += score[l][h][p];
          }
        }
      }
      HeadId head = HeadProfile.best(chosenBy, 1, score.length).getFirst();
      for (int p = half; p < n; p += 2) {
        best[p] = score[head.layer()][head.head()][p];
      }
    }
    return best;
  }

  /** Of each prompt, the mean score of some heads. */
  static double[] of(double[][][] score, List<HeadId> heads) {
    double[] mean = new double[score[0][0].length];
    for (HeadId head : heads) {
      for (int p = 0; p < mean.length; p++) {
        mean[p] += score[head.layer()][head.head()][p] / heads.size();
      }
    }
    return mean;
  }
}
