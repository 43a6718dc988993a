package refrain.analysis.measure;

import java.util.Locale;

/** What is concluded of one head. */
public enum Verdict {
  /** It matches prefixes: {@link Match#SIZE} or more above the same distances without a match. */
  INDUCTION,
  /** It does so by {@link Match#WEAK} or more. */
  WEAK,
  /** Neither, or no more than chance would give among so many heads. */
  NONE;

  /** For people. */
  public String words() {
    return this == INDUCTION ? "induction head" : name().toLowerCase(Locale.ROOT);
  }
}
