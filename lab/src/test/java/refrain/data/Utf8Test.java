package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

class Utf8Test {
  private static byte[] bytes(int... values) {
    byte[] b = new byte[values.length];
    for (int i = 0; i < b.length; i++) {
      b[i] = (byte) values[i];
    }
    return b;
  }

  @Test
  void namesTheFileAndTheOffset() {
    assertThatThrownBy(() -> Utf8.clean("notes.txt", bytes('a', 0xC3, 0xA9, 0xE9, 'b'), false))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            "notes.txt: byte 0xE9 at offset 3 is not UTF-8; convert the file to UTF-8 or replace"
                + " bad bytes with --lenient, in a run with --set data.lenient=true");
    assertThatThrownBy(() -> Utf8.clean("w.txt", bytes(0xFF, 0xFE, 'a', 0), false))
        .hasMessageContaining("offset 0 is not UTF-8 (the file looks like UTF-16)");
    assertThat(Utf8.clean("notes.txt", bytes('a', 0xE9, 'b'), true))
        .isEqualTo("a\uFFFDb".getBytes(UTF_8));
  }

  @Test
  void dropsTheMarkAndCarriageReturnsBeforeLineFeeds() {
    assertThat(Utf8.clean("f", bytes(0xEF, 0xBB, 0xBF, 'a', '\r', '\n', '\r', 'b', '\r'), false))
        .isEqualTo("a\n\rb\r".getBytes(UTF_8));
    assertThat(Utf8.clean("f", bytes(0xEF, 0xBB, 0xBF), false)).isEmpty();
    assertThat(Utf8.clean("f", bytes(), false)).isEmpty();
    assertThat(Utf8.clean("f", bytes('x'), false)).isEqualTo(bytes('x'));
    // A mark inside the text is a character like any other.
    assertThat(Utf8.clean("f", bytes('a', 0xEF, 0xBB, 0xBF), false)).hasSize(4);
  }

  /** Against the JDK's decoder, over all leads with edge continuations and over random bytes. */
  @Test
  void agreesWithTheDecoder() {
    int[] edges = {0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF};
    for (int lead = 0; lead < 256; lead++) {
      check(bytes(lead));
      for (int b : edges) {
        check(bytes(lead, b));
        for (int c : edges) {
          check(bytes(lead, b, c));
          for (int d : edges) {
            check(bytes(lead, b, c, d));
          }
        }
      }
    }
  }

  private static void check(byte[] b) {
    int expected = -1;
    ByteBuffer in = ByteBuffer.wrap(b);
    try {
      UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT).decode(in);
    } catch (CharacterCodingException e) {
      expected = in.position();
    }
    assertThat(Utf8.firstBad(b)).isEqualTo(expected);
    if (expected < 0) {
      String text = new String(b, UTF_8);
      for (int i = 0, at = 0; i < text.length(); ) {
        int length = Utf8.codePointLength(b, at, b.length);
        assertThat(Utf8.codePoint(b, at, length)).isEqualTo(text.codePointAt(i));
        i += Character.charCount(text.codePointAt(i));
        at += length;
      }
    }
  }
}
