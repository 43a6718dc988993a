package refrain.draw;

/**
 * Running text with two marks: {@code `code`} and {@code *emphasis*}. All else is escaped; words
 * that have a card lead to it.
 */
final class Prose {
  private Prose() {}

  static void inline(Markup m, String text, Terms.Writer.Piece terms) {
    int i = 0;
    int start = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = c == '`' || c == '*' ? text.indexOf(c, i + 1) : -1;
      if (end > i + 1 && (c == '`' || emphasis(text, i, end))) {
        terms.text(m, text.substring(start, i));
        String inside = text.substring(i + 1, end);
        if (c == '`') {
          terms.code(m, inside);
        } else {
          m.open("em");
          terms.text(m, inside);
          m.close();
        }
        i = end + 1;
        start = i;
      } else {
        i++;
      }
    }
    terms.text(m, text.substring(start));
  }

  /** A star is emphasis only where it hugs its words; in "A* B* ... A" it is a star. */
  private static boolean emphasis(String text, int i, int end) {
    return !Character.isWhitespace(text.charAt(i + 1))
        && !Character.isWhitespace(text.charAt(end - 1))
        && (i == 0 || !Character.isLetterOrDigit(text.charAt(i - 1)))
        && (end + 1 == text.length() || !Character.isLetterOrDigit(text.charAt(end + 1)));
  }
}
