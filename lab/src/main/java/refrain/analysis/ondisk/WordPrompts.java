package refrain.analysis.ondisk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import refrain.base.RefrainException;
import refrain.data.Rng;
import refrain.data.WordNames.Word;
import refrain.model.PromptTree;
import refrain.pretrained.token.ModelTokenizer;

/**
 * Few-shot prompts: some solved examples, one a shot, and a word to solve. The examples of a prompt
 * of fewer shots are the first of those of more; their words are never asked of. Prompts that have
 * their examples in common are one tree, so the examples are read once.
 *
 * <p>Kept of a word: the loss of the whole answer in nats for each number of shots, then whether
 * each of the answer's tokens is the most likely one, both as means over the word's lists of
 * examples.
 */
final class WordPrompts implements Stimulus {
  /** Lists of examples. */
  private static final int ORDERS = 6;

  /** Lists of examples that each word is asked behind. */
  private static final int EACH = 1;

  /** Words that examples are made of. */
  private static final int EXAMPLES = 36;

  private static final int LONGEST = 16;

  /**
   * What is to be done with a word.
   *
   * @param name as in the names of quantities
   * @param question up to where the answer begins
   * @param answer behind a blank
   */
  record Task(String name, Function<Word, String> question, Function<Word, String> answer) {
    /** The question says nothing of what is asked: all of that comes from the examples. */
    static final Task FRENCH = new Task("fr", w -> w.french() + " =", Word::english);

    static final Task SPANISH = new Task("es", w -> w.spanish() + " =", Word::english);

    /** The question names both languages, and repeats its own form. */
    static final Task LINES =
        new Task("lines", w -> "French: " + w.french() + "\nEnglish:", Word::english);

    /** Animal or not, by a digit: nothing says which but the examples. */
    static final Task CATEGORY =
        new Task("category", w -> w.english() + ":", w -> w.animal() ? "0" : "1");

    static final List<Task> ALL = List.of(FRENCH, SPANISH, LINES, CATEGORY);

    private String solved(Word word) {
      return question.apply(word) + " " + answer.apply(word) + "\n";
    }
  }

  /** A prompt's place: which word, behind how many shots (an index), in which list. */
  private record Place(int word, int shots) {}

  private final Task task;
  private final int[] shots;
  private final List<Word> words = new ArrayList<>();
  private final List<PromptTree> trees = new ArrayList<>();
  private final List<List<Place>> places = new ArrayList<>();

  /**
   * @param all the words, of which some become examples
   * @param most words that are asked of
   * @param shots numbers of examples, increasing, up to 16
   * @throws RefrainException of kind BAD_INPUT when there are too few words
   */
  WordPrompts(Task task, List<Word> all, int most, int[] shots, ModelTokenizer tokenizer) {
    RefrainException.require(
        all.size() >= EXAMPLES + 2, "few-shot prompts: expected more words than %s", EXAMPLES);
    this.task = task;
    this.shots = shots.clone();
    Rng rng = Rng.of(15).split("few-shot " + task.name());
    int[] order = rng.sample(all.size(), all.size());
    List<Word> examples = Arrays.stream(order).limit(EXAMPLES).mapToObj(all::get).toList();
    Arrays.stream(order).skip(EXAMPLES).limit(most).mapToObj(all::get).forEach(words::add);
    for (int o = 0; o < ORDERS; o++) {
      int[] drawn = rng.sample(EXAMPLES, LONGEST);
      tree(o, Arrays.stream(drawn).mapToObj(examples::get).toList(), tokenizer);
    }
  }

  private void tree(int order, List<Word> examples, ModelTokenizer tokenizer) {
    List<int[]> prompts = new ArrayList<>();
    List<Integer> from = new ArrayList<>();
    List<Place> own = new ArrayList<>();
    for (int s = 0; s < shots.length; s++) {
      StringBuilder before = new StringBuilder();
      examples.stream().limit(shots[s]).forEach(word -> before.append(task.solved(word)));
      for (int w = 0; w < words.size(); w++) {
        if ((order - EACH * w % ORDERS + ORDERS) % ORDERS < EACH) {
          Word word = words.get(w);
          String question = before + task.question().apply(word);
          int[] asked = Texts.begun(tokenizer, question);
          int[] whole = Texts.begun(tokenizer, question + " " + task.answer().apply(word));
          RefrainException.require(
              asked.length < whole.length
                  && Arrays.equals(asked, Arrays.copyOf(whole, asked.length)),
              "few-shot prompts: the tokens of '%s' do not begin with those of its question",
              word.english());
          prompts.add(whole);
          from.add(asked.length);
          own.add(new Place(w, s));
        }
      }
    }
    trees.add(new PromptTree(prompts, from.stream().mapToInt(f -> f).toArray()));
    places.add(own);
  }

  @Override
  public String name() {
    return name(task, shots);
  }

  static String name(Task task, int[] shots) {
    return Arrays.stream(shots)
        .mapToObj(String::valueOf)
        .collect(Collectors.joining("-", task.name() + "-", ""));
  }

  @Override
  public List<PromptTree> trees() {
    return trees;
  }

  @Override
  public int units() {
    return words.size();
  }

  @Override
  public double[][] read(PromptTree.Said[] said) {
    double[][] kept = new double[words.size()][2 * shots.length];
    for (int t = 0; t < trees.size(); t++) {
      List<Place> own = places.get(t);
      for (int i = 0; i < own.size(); i++) {
        double[] row = kept[own.get(i).word()];
        row[own.get(i).shots()] += said[t].sum(i) / EACH;
        row[shots.length + own.get(i).shots()] += said[t].first()[i] ? 1.0 / EACH : 0;
      }
    }
    return kept;
  }
}
