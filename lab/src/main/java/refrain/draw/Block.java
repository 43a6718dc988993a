package refrain.draw;

import java.util.List;

/** A piece of a section. */
public sealed interface Block {
  /** Running text; backticks mark code and stars emphasis. */
  record Paragraph(String text) implements Block {}

  /** A list of short statements. */
  record Bullets(List<String> items) implements Block {
    public Bullets {
      items = List.copyOf(items);
    }
  }

  /** What failed or limits a result, set apart so that it is not overlooked. */
  record Note(String text) implements Block {}

  /** A verdict on one claim, with its sentence. */
  record Claim(Badge badge, String detail, String sentence) implements Block {}

  /** A heading inside a section. */
  record Heading(String text) implements Block {}

  /** A command or its output, as it is. */
  record Code(String text) implements Block {}

  /**
   * @param caption what to see in it
   * @param command what made it
   */
  record Figured(Figure figure, String caption, String command) implements Block {}

  /**
   * @param caption what to see in it
   * @param command what made it
   */
  record Tabled(Table table, String caption, String command) implements Block {}
}
