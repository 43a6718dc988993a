package refrain.serve;

import java.util.List;

/** Sentences to try a language model on, each with what it is about. */
final class ModelExamples {
  /**
   * One of them.
   *
   * @param name in a word or two
   * @param says what it asks
   * @param prompt what is read
   * @param word what follows: whether the model finds it earlier in the sentence
   */
  record Example(String name, String says, String prompt, String word) {
    String text() {
      return prompt + word;
    }
  }

  static final List<Example> ALL =
      List.of(
          new Example(
              "all cats, all dogs",
              "Which heads look back at beautiful, and what is left of it when they are off?",
              "all cats are beautiful, all dogs are",
              " beautiful"),
          new Example(
              "cats and kittens",
              "Which heads match kittens with cats, a word like it, and look at what followed?",
              "If all cats are green, then why aren't all kittens",
              " green"),
          new Example(
              "why aren't all",
              "Is all predicted because it began the sentence?",
              "if all cats are green then why aren't",
              " all"),
          new Example(
              "words that nobody knows",
              "Two made-up words: the pair stood before, and a nearer one leads astray",
              "all blickets are vorpal, all dogs are brave, all blickets are",
              " vorpal"),
          new Example(
              "a name again",
              "A name of several tokens, said twice",
              "Mira Zelkova poured the tea. The guests were late, and Mira",
              " Zelkova"),
          new Example(
              "French and English words",
              "Pairs of words: the last one is never said before, only the pattern is",
              "French: pain\nEnglish: bread\nFrench: chien\nEnglish: dog\nFrench: maison\nEnglish:"
                  + " house\nFrench: lune\nEnglish:",
              " moon"),
          new Example(
              "a sentence in two languages",
              "The same sentence in English and French: do heads look at the word that it means?",
              "English: The black cat sees the white dog.\nFrench: Le chat noir voit le",
              " chien blanc"));

  private ModelExamples() {}
}
