package refrain.pretrained;

import java.util.ArrayList;
import java.util.List;
import refrain.store.Json;

/** The texts of golden_pretrained.py, from the same pieces by the same generator. */
public final class HostileTexts {
  private HostileTexts() {}

  /** Ten thousand. */
  public static List<String> all() {
    List<String> pieces = new ArrayList<>();
    Json.readFile(Golden.ROOT.resolve("tokenizers/pieces.json"))
        .forEach(piece -> pieces.add(piece.asString("")));
    long state = 20261127;
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      state = next(state);
      int count = (int) ((state >>> 33) % 24);
      StringBuilder text = new StringBuilder();
      for (int k = 0; k < count; k++) {
        state = next(state);
        text.append(pieces.get((int) ((state >>> 33) % pieces.size())));
      }
      texts.add(text.toString());
    }
    return texts;
  }

  private static long next(long state) {
    return state * 6364136223846793005L + 1442695040888963407L;
  }
}
