package refrain.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.OptionalInt;
import refrain.analysis.OnDisk;
import refrain.base.RefrainException;
import refrain.data.TokenNames;
import refrain.pretrained.ModelOnDisk;
import refrain.store.RunFolder;

/** Pretrained models on the command line. */
final class Pretrained {
  private Pretrained() {}

  /** Whether a word names a model on disk, and no run of ours, which is opened as one. */
  static boolean isMeant(String word) {
    try {
      Path place = Path.of(word);
      return !RunFolder.isRun(place) && ModelOnDisk.isModel(place);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * The tokens of a prompt, at least one.
   *
   * @throws RefrainException where the model has no tokenizer beside it
   */
  static int[] prompt(ModelOnDisk model, String text) {
    int[] tokens = model.requireTokenizer().encodeWhole(text);
    OptionalInt start = model.start();
    if (tokens.length > 0 || start.isEmpty()) {
      RefrainException.require(tokens.length > 0, "--prompt is empty, and no token begins texts");
      return tokens;
    }
    return new int[] {start.getAsInt()};
  }

  /**
   * The tokens of a text, with those that belong around every text.
   *
   * @throws RefrainException where the model has no tokenizer beside it
   */
  static int[] tokens(ModelOnDisk model, String text) {
    return model.requireTokenizer().encodeWhole(text);
  }

  /**
   * The model that a word names, all of its weights in memory.
   *
   * @throws RefrainException where it does not fit, or has no tokenizer beside it
   */
  static OnDisk inMemory(String word, int threads) {
    try (ModelOnDisk model = ModelOnDisk.open(Path.of(word))) {
      return OnDisk.of(model, ModelOnDisk.name(Path.of(word)), threads);
    }
  }

  static TokenNames names(ModelOnDisk model) {
    return TokenNames.of(model.requireTokenizer());
  }
}
