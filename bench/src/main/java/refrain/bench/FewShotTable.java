package refrain.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import refrain.data.Rng;
import refrain.data.WordNames;
import refrain.data.WordNames.Word;
import refrain.model.HeadId;
import refrain.model.HeadsOff;
import refrain.model.PromptPass;
import refrain.model.PromptTree;
import refrain.model.PromptWatcher;
import refrain.pretrained.ModelOnDisk;
import refrain.pretrained.token.ModelTokenizer;

/**
 * How long a table of few-shot translation takes with SmolLM2-135M-Instruct: 40 words behind 0, 1,
 * 2, 4, 8 and 16 examples of three lists, which are 720 prompts, under five sets of heads. {@code
 * bench/few_shot.py} reads some of the same prompts with PyTorch, each by itself. Arguments: the
 * model, then {@code --prompts} to print them and no more, or {@code --beside} and that script.
 */
public final class FewShotTable {
  private static final int WORDS = 40;
  private static final int LISTS = 3;

  /** Which of the prompts PyTorch reads: it would take minutes for all. */
  private static final String EVERY = "24";

  private static final int[] SHOTS = {0, 1, 2, 4, 8, 16};

  /** The heads that match prefixes best, and as many others of their layers. */
  private static final List<HeadId> BEST =
      heads("18.6 17.4 17.5 17.3 23.7 18.7 23.2 20.6 24.4 23.1 22.7 23.8 23.0 20.5 24.2 21.8");

  private static final List<HeadId> OTHERS =
      heads("18.0 17.0 17.1 17.2 23.3 18.1 23.4 20.0 24.0 23.5 22.0 23.6 22.1 20.1 24.1 21.0");

  private FewShotTable() {}

  private static List<HeadId> heads(String names) {
    return Stream.of(names.split(" ")).map(HeadId::parse).toList();
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    boolean prints = args.length > 1 && args[1].equals("--prompts");
    StringBuilder printed = new StringBuilder();
    long begun = System.nanoTime();
    try (ModelOnDisk model = ModelOnDisk.open(Path.of(args[0]))) {
      List<PromptTree> trees = trees(model.tokenizer().orElseThrow(), printed);
      if (prints) {
        System.out.print(printed);
        return;
      }
      table(model, trees, begun);
    }
    String python = System.getenv("REFRAIN_PYTHON");
    if (args.length > 2 && python != null) {
      Path file = Files.createTempFile("prompts", ".tsv");
      Files.writeString(file, printed);
      new ProcessBuilder(python, args[2], args[0], file.toString(), EVERY)
          .inheritIO()
          .start()
          .waitFor();
      Files.delete(file);
    }
  }

  /** A tree a list; what is asked goes to a text, a prompt and its answer a line. */
  private static List<PromptTree> trees(ModelTokenizer tokenizer, StringBuilder printed) {
    List<Word> words = WordNames.of(false);
    Rng rng = Rng.of(1);
    List<PromptTree> trees = new ArrayList<>();
    for (int list = 0; list < LISTS; list++) {
      int[] drawn = rng.sample(words.size() - WORDS, 16);
      List<int[]> sequences = new ArrayList<>();
      List<Integer> from = new ArrayList<>();
      for (int shots : SHOTS) {
        StringBuilder before = new StringBuilder();
        for (int s = 0; s < shots; s++) {
          Word word = words.get(WORDS + drawn[s]);
          before.append(question(word)).append(' ').append(word.english()).append('\n');
        }
        for (Word word : words.subList(0, WORDS)) {
          String asked = before + question(word);
          printed.append(asked.replace("\n", "\\n")).append("\t ").append(word.english());
          printed.append('\n');
          from.add(tokenizer.encode(asked).length);
          sequences.add(tokenizer.encode(asked + " " + word.english()));
        }
      }
      trees.add(new PromptTree(sequences, from.stream().mapToInt(f -> f).toArray()));
    }
    return trees;
  }

  private static void table(ModelOnDisk model, List<PromptTree> trees, long begun) {
    int d = model.spec().dHead();
    List<HeadsOff> sets =
        List.of(
            HeadsOff.NONE,
            HeadsOff.zero(BEST, d),
            HeadsOff.zero(OTHERS, d),
            HeadsOff.zero(BEST.subList(0, 8), d),
            HeadsOff.zero(OTHERS.subList(0, 8), d));
    int threads = Runtime.getRuntime().availableProcessors();
    try (PromptPass pass = new PromptPass(model, threads)) {
      for (PromptTree.Said[] of : pass.of(trees, sets, PromptWatcher.NONE, layer -> {})) {
        double[] mean = new double[SHOTS.length];
        for (PromptTree.Said tree : of) {
          for (int i = 0; i < tree.losses().length; i++) {
            mean[i / WORDS] += tree.losses()[i][0] / (WORDS * LISTS);
          }
        }
        System.out.println(
            Arrays.stream(mean)
                .mapToObj(x -> String.format(Locale.ROOT, "%.3f", x))
                .collect(Collectors.joining(" ")));
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d prompts under each of %d sets of heads, %d threads: %.1f s with opening the model%n",
        SHOTS.length * WORDS * LISTS,
        sets.size(),
        threads,
        (System.nanoTime() - begun) / 1e9);
  }

  private static String question(Word word) {
    return "French: " + word.french() + "\nEnglish:";
  }
}
