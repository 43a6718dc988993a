package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

class BpeTest {
  static byte[] golden(String name) {
    try (InputStream in = BpeTest.class.getResourceAsStream("/golden/" + name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static Bpe trained(int vocab) {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add(golden("bpe-corpus.txt"));
    return trainer.train(vocab);
  }

  /** "aaabdaaabac" of Gage 1994: aa first, then a tie of ab and aaa, settled by the ids. */
  @Test
  void mergesTheMostFrequentPairFirst() {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add("aaabdaaabac".getBytes(UTF_8));
    Bpe bpe = trainer.train(260);
    List<String> merged = new ArrayList<>();
    for (int id = 257; id < bpe.vocab(); id++) {
      merged.add(bpe.decode(new int[] {id}));
    }
    assertThat(merged).containsExactly("aa", "ab", "aaab");
    assertThat(bpe.encode("aaabdaaabac")).hasSize(5);
  }

  @Test
  void stopsWhereNoPairIsLeft() {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add("ab".getBytes(UTF_8));
    trainer.add(new byte[0]);
    trainer.add(new byte[] {'a'});
    assertThat(trainer.train(400).vocab()).isEqualTo(258);
    assertThat(new BpeTrainer().train(300).vocab()).isEqualTo(257);
    assertThatThrownBy(() -> new BpeTrainer().train(256))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining("vocab must be an integer from 257 to 65536, found 256");
  }

  @Test
  void doesNotDependOnTheOrderOfDocuments() {
    String text = new String(golden("bpe-corpus.txt"), UTF_8);
    String[] lines = text.split("(?<=\n)(?=\\S)");
    BpeTrainer forwards = new BpeTrainer();
    BpeTrainer backwards = new BpeTrainer();
    for (int i = 0; i < lines.length; i++) {
      forwards.add(lines[i].getBytes(UTF_8));
      backwards.add(lines[lines.length - 1 - i].getBytes(UTF_8));
    }
    assertThat(backwards.train(500).merges()).isEqualTo(forwards.train(500).merges());
  }

  @Test
  void givesAnyBytesBack() {
    Bpe bpe = trained(400);
    Bpe.Encoder encoder = bpe.new Encoder();
    Rng rng = Rng.of(1);
    for (int i = 0; i < 2000; i++) {
      byte[] bytes = new byte[rng.nextInt(200)];
      int range = 1 + rng.nextInt(256);
      for (int k = 0; k < bytes.length; k++) {
        bytes[k] = (byte) rng.nextInt(range);
      }
      int[] ids = encoder.encode(bytes);
      assertThat(bpe.decodeBytes(ids)).isEqualTo(bytes);
      assertThat(ids).isEqualTo(bpe.encode(bytes));
    }
    assertThat(bpe.encode("")).isEmpty();
    assertThat(bpe.encode("a<|endoftext|>")).doesNotContain(bpe.endOfText());
  }

  @Test
  void mergesAsTheRuleSays() {
    Bpe bpe = trained(500);
    Rng rng = Rng.of(2);
    for (int i = 0; i < 2000; i++) {
      StringBuilder word = new StringBuilder();
      for (int n = rng.nextInt(30); n >= 0; n--) {
        word.append("aeinrst".charAt(rng.nextInt(7)));
      }
      assertThat(bpe.encode(word.toString())).isEqualTo(byScanning(bpe, word.toString()));
    }
  }

  /** The rule in plain words: merge every occurrence of the pair of the lowest rank, repeat. */
  private static int[] byScanning(Bpe bpe, String word) {
    List<Integer> ids = new ArrayList<>();
    for (byte b : word.getBytes(UTF_8)) {
      ids.add(bpe.encode(new byte[] {b})[0]);
    }
    for (boolean merged = true; merged; ) {
      merged = false;
      for (Bpe.Merge merge : bpe.merges()) {
        for (int i = 0; i + 1 < ids.size(); i++) {
          if (ids.get(i) == merge.left() && ids.get(i + 1) == merge.right()) {
            ids.set(i, merge.merged());
            ids.remove(i + 1);
            merged = true;
          }
        }
        if (merged) {
          break;
        }
      }
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  @Test
  void encodesALongPieceWithoutDelay() {
    Bpe bpe = trained(500);
    byte[] piece = "e".repeat(300_000).getBytes(UTF_8);
    assertThat(bpe.decodeBytes(bpe.encode(piece))).isEqualTo(piece);
  }

  /** The tokens that GPT-2's own tokenizer is published to give. */
  @Test
  void gpt2GivesThePublishedTokens() {
    Bpe gpt2 = Tokenizers.gpt2();
    String text = "[INST] Tell me a joke. \uD83D\uDC31 [/INST] Answer ";
    int[] ids = {
      58, 38604, 60, 14026, 502, 257, 9707, 13, 12520, 238, 109, 46581, 38604, 60, 23998, 220
    };
    assertThat(gpt2.encode(text)).isEqualTo(ids);
    assertThat(gpt2.decode(ids)).isEqualTo(text);
    assertThat(gpt2.vocab()).isEqualTo(50_257);
    assertThat(gpt2.endOfText()).isEqualTo(50_256);
  }

  @Test
  void gpt2AgreesWithAnotherImplementation() {
    Encoding twin = Encodings.newDefaultEncodingRegistry().getEncoding(EncodingType.R50K_BASE);
    Bpe.Encoder encoder = Tokenizers.gpt2().new Encoder();
    String corpus = new String(golden("bpe-corpus.txt"), UTF_8);
    assertThat(encoder.encode(corpus.getBytes(UTF_8)))
        .isEqualTo(twin.encodeOrdinary(corpus).toArray());
    Rng rng = Rng.of(3);
    int[] characters = corpus.codePoints().toArray();
    for (int i = 0; i < 500; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = rng.nextInt(40); n >= 0; n--) {
        text.appendCodePoint(characters[rng.nextInt(characters.length)]);
      }
      assertThat(encoder.encode(text.toString().getBytes(UTF_8)))
          .as(text.toString())
          .isEqualTo(twin.encodeOrdinary(text.toString()).toArray());
    }
  }
}
