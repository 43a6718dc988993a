package refrain.serve.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What is sent back. */
public sealed interface Reply {
  String JSON = "application/json; charset=utf-8";
  String BINARY = "application/octet-stream";

  /** Content that does not change as long as this is the same; null: nobody knows. */
  @Nullable String etag();

  /** All of it at once. */
  record Whole(int status, String type, byte[] body, @Nullable String etag) implements Reply {}

  /** Written while it is made. */
  record Chunked(String type, @Nullable String etag, Writing writing) implements Reply {}

  /** A stream that stays open. */
  record Events(EventStream stream) implements Reply {
    @Override
    public @Nullable String etag() {
      return null;
    }
  }

  /** Writes a body; whoever reads too slowly makes it fail. */
  @FunctionalInterface
  interface Writing {
    void to(OutputStream out) throws IOException;
  }

  static Reply json(JsonNode tree) {
    return new Whole(200, JSON, tree.toString().getBytes(UTF_8), null);
  }

  static Reply binary(byte[] body) {
    return new Whole(200, BINARY, body, null);
  }

  /**
   * A failure as clients read it: the whole sentence, and of it what stands before the first colon
   * and behind the last semicolon, where our messages have the place and the remedy. A place is one
   * word: a colon further on stands in a sentence.
   */
  static Reply error(int status, String message) {
    return new Whole(status, JSON, tree(message).toString().getBytes(UTF_8), null);
  }

  /** The same as a tree. */
  static ObjectNode tree(String message) {
    int colon = message.indexOf(": ");
    int semicolon = message.lastIndexOf("; ");
    ObjectNode tree = JsonNodeFactory.instance.objectNode();
    tree.putObject("error")
        .put("where", colon < 0 || message.indexOf(' ') < colon ? "" : message.substring(0, colon))
        .put("message", message)
        .put("remedy", semicolon < 0 ? "" : message.substring(semicolon + 2));
    return tree;
  }

  /** What the user can act on: bad input 400, a damaged file 422, a disk that fails 500. */
  static Reply error(RefrainException e) {
    int status =
        switch (e.kind()) {
          case BAD_INPUT -> 400;
          case BAD_FILE, DIVERGED -> 422;
          case DISK -> 500;
        };
    return error(status, String.valueOf(e.getMessage()));
  }
}
