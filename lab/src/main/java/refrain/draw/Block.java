package refrain.draw;

import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /**
   * Verdicts in a line, each a word that leads to its claim.
   *
   * @param claims what stands beside each badge, in backticks to lead somewhere
   */
  record Claims(List<Claim> claims) implements Block {
    public Claims {
      claims = List.copyOf(claims);
    }
  }

  /**
   * All that is to be known of one claim.
   *
   * @param id where links to it lead
   * @param facts name and value; the ones that matter most first
   * @param figure beside them; null: none
   */
  record Card(String id, Claim claim, List<Fact> facts, @Nullable Figure figure) implements Block {
    public Card {
      facts = List.copyOf(facts);
    }
  }

  /** A line of a card. */
  record Fact(String name, String value) {}

  /**
   * What a page was made to answer.
   *
   * @param question above it
   */
  record Answer(String question, List<String> sentences) implements Block {
    public Answer {
      sentences = List.copyOf(sentences);
    }
  }

  /** Figures side by side, without captions: their titles and what is below them say enough. */
  record Small(List<Figure> figures) implements Block {
    public Small {
      figures = List.copyOf(figures);
    }
  }

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
