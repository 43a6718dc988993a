package refrain.analysis.ondisk;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import refrain.base.RefrainException;
import refrain.data.Document;
import refrain.data.Speeches;
import refrain.model.PromptTree;
import refrain.pretrained.token.ModelTokenizer;

/**
 * Natural text, the start of a document each: State of the Union addresses, every n-th of them.
 *
 * <p>Kept of a text: the mean loss of tokens that have not occurred before in it, in nats; then the
 * loss around the 50th and around the 500th token, or at a tenth and at the end of shorter texts.
 */
final class Texts implements Stimulus {
  /** Tokens around an index, on each side, that its loss is the mean of. */
  private static final int AROUND = 10;

  private static final int DOCUMENTS = 233;

  private final int length;
  private final List<int[]> texts = new ArrayList<>();
  private final List<PromptTree> trees = new ArrayList<>();

  /**
   * @param claimed whether these are the texts that claims are judged on
   * @param length tokens of each
   */
  Texts(boolean claimed, int number, int length, ModelTokenizer tokenizer) {
    this.length = length;
    int every = DOCUMENTS / number;
    int[] at = {0};
    new Speeches()
        .forEach(document -> {
          if (at[0]++ % every == (claimed ? 1 : 0) && texts.size() < number) {
            texts.add(tokens(document, length, tokenizer));
          }
        });
    for (int[] text : texts) {
      trees.add(new PromptTree(List.of(text), new int[] {1}));
    }
  }

  private static int[] tokens(Document document, int length, ModelTokenizer tokenizer) {
    String text = new String(document.text(), StandardCharsets.UTF_8);
    int[] tokens = begun(tokenizer, text.substring(0, Math.min(text.length(), 12 * length)));
    RefrainException.require(
        tokens.length > length,
        "%s: has %s tokens, expected more than %s",
        document.name(),
        tokens.length,
        length);
    return Arrays.copyOf(tokens, length + 1);
  }

  /** The tokens of a text that goes on, with those that belong before every text. */
  static int[] begun(ModelTokenizer tokenizer, String text) {
    int[] inner = tokenizer.encode(text);
    if (!tokenizer.ends().prepends() || tokenizer.ends().start().isEmpty()) {
      return inner;
    }
    int[] whole = new int[inner.length + 1];
    whole[0] = tokenizer.ends().start().getAsInt();
    System.arraycopy(inner, 0, whole, 1, inner.length);
    return whole;
  }

  @Override
  public String name() {
    return name(length);
  }

  static String name(int length) {
    return "text-" + length;
  }

  @Override
  public List<PromptTree> trees() {
    return trees;
  }

  @Override
  public int units() {
    return texts.size();
  }

  @Override
  public double[][] read(PromptTree.Said[] said) {
    double[][] kept = new double[texts.size()][];
    for (int t = 0; t < kept.length; t++) {
      float[] losses = said[t].losses()[0];
      Set<Integer> seen = new HashSet<>();
      seen.add(texts.get(t)[0]);
      double sum = 0;
      int n = 0;
      for (int i = 0; i < losses.length; i++) {
        if (seen.add(texts.get(t)[i + 1])) {
          sum += losses[i];
          n++;
        }
      }
      int early = Math.max(AROUND, length / 10);
      int late = length - 1 - Math.max(AROUND, length / 50);
      kept[t] = new double[] {sum / n, around(losses, early), around(losses, late)};
    }
    return kept;
  }

  private static double around(float[] losses, int index) {
    int from = Math.max(0, index - AROUND);
    int to = Math.min(losses.length, index + AROUND);
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += losses[i];
    }
    return sum / (to - from);
  }
}
