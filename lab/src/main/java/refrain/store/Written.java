package refrain.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;
import tools.jackson.dataformat.yaml.YAMLParser;

/**
 * What a person wrote, as a tree, and the line of each place in it. JSON and YAML are told apart by
 * what is read and not by a file's name. Numbers and truth values are kept as they are written
 * ({@link Plain}): whether {@code 123e4} is a number or a name is for {@link Checked} to say, which
 * knows what is wanted.
 *
 * @param where what errors call the source
 * @param lines the line of each path, such as {@code sizes[1].at}, from 1; empty where lines say
 *     nothing
 */
public record Written(JsonNode tree, String where, Map<String, Integer> lines) {
  /** More places than any file a person writes; aliases of aliases would grow without end. */
  private static final int MOST = 1_000_000;

  /** An anchor before a value, perhaps after a tag. */
  private static final Pattern ANCHOR = Pattern.compile("(?:!\\S*\\s+)?&([^\\s,\\[\\]{}]+)");

  /** A number or a truth value without quotes, as it was written. */
  static final class Plain extends StringNode {
    private static final long serialVersionUID = 1;

    Plain(String text) {
      super(text);
    }

    /** What it is where no text is wanted. */
    JsonNode value() {
      return Json.value(asString());
    }
  }

  /** A value before aliases and merge keys are replaced: a leaf, names with values or a list. */
  private record Item(
      @Nullable JsonNode leaf,
      @Nullable Map<String, Item> names,
      @Nullable List<Item> list,
      int line) {}

  /**
   * Reads a file of any name, in UTF-8, or in UTF-16 where its first bytes say so.
   *
   * @throws RefrainException when it cannot be read
   */
  public static Written file(Path file) {
    if (Files.isDirectory(file)) {
      throw RefrainException.badInput(file + ": is a folder, expected a file");
    }
    try {
      return bytes(Files.readAllBytes(file), file.toString());
    } catch (NoSuchFileException e) {
      throw RefrainException.badInput(file + ": no such file", e);
    } catch (IOException e) {
      throw AtomicFiles.failed("read", file, "nothing was changed", e);
    }
  }

  /** Reads a stream to its end. */
  public static Written stream(InputStream in, String where) {
    try {
      return bytes(in.readAllBytes(), where);
    } catch (IOException e) {
      throw RefrainException.disk(where + ": cannot be read", e);
    }
  }

  private static Written bytes(byte[] bytes, String where) {
    int first = bytes.length < 2 ? 0 : (bytes[0] & 0xff) << 8 | bytes[1] & 0xff;
    Charset charset =
        first == 0xfeff || first == 0xfffe ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
    try {
      return text(charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), where);
    } catch (CharacterCodingException e) {
      throw RefrainException.badFile(where + ": is not UTF-8 text", e);
    }
  }

  /** Reads YAML or JSON; an empty text is an empty object. */
  public static Written text(String text, String where) {
    return parse(text, where, true);
  }

  /** Reads a single value of a command line, where lines say nothing. */
  public static Written value(String text, String where) {
    return parse(text, where, false);
  }

  /** A tree that the program has made or read already. */
  public static Written of(JsonNode tree, String where) {
    return new Written(tree, where, Map.of());
  }

  /** The source and the line of a path, or of what it lies in. */
  public String place(String path) {
    for (String at = path; !at.isEmpty(); at = parent(at)) {
      Integer line = lines.get(at);
      if (line != null) {
        return where + ":" + line;
      }
    }
    return where;
  }

  /** The path of what a path lies in; empty at the top. */
  public static String parent(String path) {
    return path.substring(0, Math.max(0, Math.max(path.lastIndexOf('.'), path.lastIndexOf('['))));
  }

  /** The path of a name in what lies at a path. */
  public static String inside(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static Written parse(String text, String where, boolean lined) {
    String body = text.startsWith("\ufeff") ? text.substring(1) : text;
    Item item = item(body, where);
    Map<String, Integer> lines = new HashMap<>();
    JsonNode tree = item == null ? Json.object() : new Flat(lines, where).node(item, "");
    return new Written(tree, where, lined ? lines : Map.of());
  }

  private static @Nullable Item item(String text, String where) {
    String start = text.stripLeading();
    if (start.startsWith("{") || start.startsWith("[")) {
      // YAML lacks some of JSON, such as tabs before names.
      try (JsonParser json = Json.parser(text, false)) {
        return new Reader(json, where, text).whole();
      } catch (JacksonException | RefrainException notJson) {
        // Words without quotes are YAML's, and so is what is said of a fault.
      }
    }
    try (JsonParser yaml = Json.parser(text, true)) {
      return new Reader(yaml, where, text).whole();
    } catch (JacksonException e) {
      throw RefrainException.badFile(where + Json.at(e) + ": " + Wording.of(e), e);
    }
  }

  /** Reads items from a parser and keeps those that have anchors. */
  private static final class Reader {
    private final JsonParser parser;
    private final String where;
    private final String text;
    private final Map<String, Item> anchors = new HashMap<>();

    Reader(JsonParser parser, String where, String text) {
      this.parser = parser;
      this.where = where;
      this.text = text;
    }

    @Nullable Item whole() {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return null;
      }
      Item item = item(first, line());
      if (parser.nextToken() != null) {
        throw bad(line(), "expected the end, found more; one document is expected");
      }
      return item;
    }

    private int line() {
      return parser.currentTokenLocation().getLineNr();
    }

    private Item item(JsonToken token, int line) {
      if (parser instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
        Item known = anchors.get(parser.getString());
        if (known == null) {
          throw bad(line, "no anchor '&" + parser.getString() + "' stands before '*'");
        }
        return known;
      }
      String anchor = parser.canReadObjectId() ? (String) parser.getObjectId() : null;
      if (anchor == null && token.isScalarValue() && parser instanceof YAMLParser) {
        anchor = anchorOfScalar();
      }
      Item item =
          switch (token) {
            case START_OBJECT -> object(line);
            case START_ARRAY -> list(line);
            case VALUE_NULL -> leaf(NullNode.getInstance(), line);
            case VALUE_STRING -> leaf(new StringNode(parser.getString()), line);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE ->
                leaf(new Plain(parser.getString()), line);
            default -> throw bad(line, "expected a value, found " + token);
          };
      if (anchor != null) {
        anchors.put(anchor, item);
      }
      return item;
    }

    /** The parser knows anchors of sections only; a single value begins with its own. */
    private @Nullable String anchorOfScalar() {
      int begin = (int) parser.currentTokenLocation().getCharOffset();
      if (begin < 0 || begin >= text.length()) {
        return null;
      }
      Matcher anchor =
          ANCHOR.matcher(text).region(text.offsetByCodePoints(0, begin), text.length());
      return anchor.lookingAt() ? anchor.group(1) : null;
    }

    private static Item leaf(JsonNode value, int line) {
      return new Item(value, null, null, line);
    }

    private Item list(int line) {
      List<Item> list = new ArrayList<>();
      for (JsonToken t = next(); t != JsonToken.END_ARRAY; t = next()) {
        list.add(item(t, line()));
      }
      return new Item(null, null, list, line);
    }

    private Item object(int line) {
      Map<String, Item> names = new LinkedHashMap<>();
      List<Item> merged = new ArrayList<>();
      while (next() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        int at = line();
        Item value = item(next(), at);
        if (name.equals("<<") && parser instanceof YAMLParser) {
          merged.addAll(value.list() == null ? List.of(value) : value.list());
        } else if (names.put(name, value) != null) {
          throw bad(at, "'" + name + "' stands here twice");
        }
      }
      for (Item other : merged) {
        if (other.names() == null) {
          throw bad(other.line(), "expected names with values after '<<'");
        }
        other.names().forEach(names::putIfAbsent);
      }
      return new Item(null, names, null, line);
    }

    private JsonToken next() {
      JsonToken token = parser.nextToken();
      if (token == null) {
        throw bad(line(), "expected more, found the end");
      }
      return token;
    }

    private RefrainException bad(int line, String what) {
      return RefrainException.badFile(where + ":" + line + ": " + what);
    }
  }

  /** Makes a tree of items, in which an alias is as if it were written out. */
  private static final class Flat {
    private final Map<String, Integer> lines;
    private final String where;

    Flat(Map<String, Integer> lines, String where) {
      this.lines = lines;
      this.where = where;
    }

    JsonNode node(Item item, String path) {
      lines.put(path, item.line());
      if (lines.size() > MOST) {
        throw RefrainException.badFile(where + ": has over " + MOST + " values, aliases counted");
      }
      if (item.names() != null) {
        ObjectNode object = Json.object();
        item.names().forEach((name, value) -> object.set(name, node(value, inside(path, name))));
        return object;
      }
      if (item.list() != null) {
        ArrayNode list = Json.object().arrayNode();
        for (Item value : item.list()) {
          list.add(node(value, path + "[" + list.size() + "]"));
        }
        return list;
      }
      return item.leaf() == null ? NullNode.getInstance() : item.leaf();
    }
  }
}
