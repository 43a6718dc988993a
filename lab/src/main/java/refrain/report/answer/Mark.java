package refrain.report.answer;

import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import refrain.draw.Badge;
import refrain.study.Verdict;
import refrain.study.Verdict.Ruling;

/** Whether runs agree with what was said of an argument; a word and a sign, for want of colour. */
public enum Mark {
  AGREES('+', Badge.AGREES),
  DIFFERS('-', Badge.DIFFERS),
  OPEN('?', Badge.OPEN);

  private final char sign;
  private final Badge badge;

  Mark(char sign, Badge badge) {
    this.sign = sign;
    this.badge = badge;
  }

  /**
   * Of the claims of one argument: it differs where one of them refutes the paper, and agrees where
   * all hold that have their counterpart there. Of claims without any, all have to hold.
   */
  static Mark of(List<Verdict> claims) {
    List<Verdict> ofPaper = claims.stream().filter(v -> v.claim().paper() != null).toList();
    List<Verdict> asked = ofPaper.isEmpty() ? claims : ofPaper;
    if (any(asked, v -> v.ruling() == Ruling.PAPER_REFUTED)) {
      return DIFFERS;
    }
    return asked.isEmpty() || any(asked, v -> v.ruling() != Ruling.HOLDS) ? OPEN : AGREES;
  }

  /** The claim to which it is owed. */
  static Verdict deciding(List<Verdict> claims) {
    Mark mark = of(claims);
    Predicate<Verdict> decides =
        switch (mark) {
          case AGREES -> v -> v.ruling() == Ruling.HOLDS;
          case DIFFERS -> v -> v.ruling() == Ruling.PAPER_REFUTED;
          case OPEN -> v -> v.ruling() != Ruling.HOLDS;
        };
    return claims.stream()
        .filter(v -> v.claim().paper() != null)
        .filter(decides)
        .findFirst()
        .or(() -> claims.stream().filter(decides).findFirst())
        .orElse(claims.getFirst());
  }

  private static boolean any(List<Verdict> verdicts, Predicate<Verdict> of) {
    return verdicts.stream().anyMatch(of);
  }

  public Badge badge() {
    return badge;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** A character for terminals. */
  public char sign() {
    return sign;
  }
}
