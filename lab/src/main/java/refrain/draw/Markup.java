package refrain.draw;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Map;

/**
 * Writes well-formed XML, used for SVG and HTML alike. Text and attribute values are escaped here
 * and nowhere else; characters that XML 1.0 forbids become U+FFFD.
 */
public final class Markup {
  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element; {@code attributes} alternate between names and values. */
  public Markup open(String tag, Object... attributes) {
    start(tag, attributes).append('>');
    open.push(tag);
    return this;
  }

  public Markup close() {
    out.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element without content (in HTML: void elements only). */
  public Markup leaf(String tag, Object... attributes) {
    start(tag, attributes).append("/>");
    return this;
  }

  /** An element that holds only text. */
  public Markup element(String tag, String text, Object... attributes) {
    return open(tag, attributes).text(text).close();
  }

  public Markup text(String text) {
    out.append(escape(text));
    return this;
  }

  public Markup line() {
    out.append('\n');
    return this;
  }

  /** Markup that another writer made. */
  public Markup raw(String markup) {
    out.append(markup);
    return this;
  }

  private StringBuilder start(String tag, Object... attributes) {
    if (attributes.length % 2 != 0) {
      throw new IllegalArgumentException("attributes of <" + tag + "> are not name-value pairs");
    }
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      Object value = attributes[i + 1];
      String text = value instanceof Double d ? Num.coord(d) : value.toString();
      out.append(' ').append(attributes[i]).append("=\"").append(escape(text)).append('"');
    }
    return out;
  }

  /** Several lists of attributes as one. */
  public static Object[] all(Object[]... lists) {
    return Arrays.stream(lists).flatMap(Arrays::stream).toArray();
  }

  private static final Map<Character, String> ENTITIES =
      Map.of('<', "&lt;", '>', "&gt;", '&', "&amp;", '"', "&quot;", '\'', "&#39;");

  public static String escape(String text) {
    StringBuilder b = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          String entity = c < 128 ? ENTITIES.get((char) c) : null;
          if (entity != null) {
            b.append(entity);
          } else {
            b.appendCodePoint(isXml(c) ? c : 0xFFFD);
          }
        });
    return b.toString();
  }

  private static boolean isXml(int c) {
    return c == '\t'
        || c == '\n'
        || c == '\r'
        || (c >= 0x20 && c <= 0xD7FF)
        || (c >= 0xE000 && c <= 0xFFFD)
        || c >= 0x10000;
  }

  @Override
  public String toString() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("unclosed elements: " + open);
    }
    return out.toString();
  }
}
