package refrain.intervene;

/** An attention pattern that a head is clamped or biased towards. */
public enum Template {
  /** Query i attends to i - 1. */
  PREVIOUS_TOKEN,
  /**
   * Query i attends to what followed the earlier occurrences of its token, j + 1 with j &lt; i and
   * x[j] = x[i], to all of them alike; an occurrence followed by itself (x[j + 1] = x[j]) is left
   * out. It depends on the tokens.
   */
  INDUCTION,
  /**
   * As INDUCTION, of occurrences that the token before matches too: j + 1 with j &gt; 0, x[j] =
   * x[i] and x[j - 1] = x[i - 1]. It depends on the tokens.
   */
  TWO_TOKEN_INDUCTION,
  /**
   * Query i attends to the earlier occurrences of its own token, j with j &lt; i and x[j] = x[i],
   * to all of them alike: what duplicate-token heads do. It depends on the tokens.
   */
  DUPLICATE_TOKEN,
  /** Query i attends to position 0. */
  SINK,
  /** Query i attends to i - 2: a placebo of PREVIOUS_TOKEN. */
  TWO_BACK;

  /** Whether sequences of one length have patterns of their own, which tell something of them. */
  public boolean dependsOnTokens() {
    return this == INDUCTION || this == TWO_TOKEN_INDUCTION || this == DUPLICATE_TOKEN;
  }

  /**
   * Which keys the template asks for: [T, T], 1 or 0. A row without a target is all 0.
   *
   * @param tokens at least T of them
   */
  public float[] targets(int[] tokens, int context) {
    float[] targets = new float[context * context];
    for (int i = 0; i < context; i++) {
      int row = i * context;
      switch (this) {
        case PREVIOUS_TOKEN -> set(targets, row, i - 1);
        case TWO_BACK -> set(targets, row, i - 2);
        case SINK -> set(targets, row, 0);
        case INDUCTION -> {
          for (int j = 0; j < i; j++) {
            if (matches(tokens, i, j)) {
              set(targets, row, j + 1);
            }
          }
        }
        case DUPLICATE_TOKEN -> {
          for (int j = 0; j < i; j++) {
            if (tokens[j] == tokens[i]) {
              set(targets, row, j);
            }
          }
        }
        case TWO_TOKEN_INDUCTION -> {
          for (int j = 1; j < i; j++) {
            if (matches(tokens, i, j) && tokens[j - 1] == tokens[i - 1]) {
              set(targets, row, j + 1);
            }
          }
        }
      }
    }
    return targets;
  }

  /**
   * A pattern: [T, T], rows that sum to 1, uniform over the targets. A row without a target attends
   * to position 0, where trained heads rest too.
   */
  public float[] pattern(int[] tokens, int context) {
    float[] pattern = targets(tokens, context);
    for (int i = 0; i < context; i++) {
      int row = i * context;
      float sum = 0;
      for (int j = 0; j <= i; j++) {
        sum += pattern[row + j];
      }
      if (sum == 0) {
        pattern[row] = 1;
      } else {
        for (int j = 0; j <= i; j++) {
          pattern[row + j] /= sum;
        }
      }
    }
    return pattern;
  }

  private static boolean matches(int[] tokens, int i, int j) {
    return tokens[j] == tokens[i] && tokens[j + 1] != tokens[j];
  }

  private static void set(float[] targets, int row, int key) {
    if (key >= 0) {
      targets[row + key] = 1;
    }
  }
}
