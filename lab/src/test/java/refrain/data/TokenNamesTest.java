package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;

class TokenNamesTest {
  private static final TokenNames R0 = TokenNames.syllables(128);

  @Test
  void everyIdHasItsOwnNameWhateverTheVocabulary() {
    TokenNames many = TokenNames.syllables(1 << 20);
    Set<String> seen = new HashSet<>();
    for (int token = 0; token < many.vocab(); token++) {
      assertThat(seen.add(many.name(token))).as(many.name(token)).isTrue();
      if (token < R0.vocab()) {
        assertThat(R0.name(token)).isEqualTo(many.name(token));
      }
    }
    assertThat(R0.join(0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 127))
        .isEqualTo("ba de fi go hu jai kau loi ma be zau");
    assertThat(many.name(128)).isEqualTo("baba");
    assertThat(many.name(128 + 128 * 128 - 1)).isEqualTo("zauzau");
    assertThat(many.name(128 + 128 * 128)).isEqualTo("bababa");
  }

  @Test
  void whatIsPrintedIsReadAgain() {
    TokenNames names = TokenNames.syllables(5000);
    int[] tokens = {0, 127, 128, 4999, 3, 3};
    assertThat(names.parse(names.join(tokens))).containsExactly(tokens);
    assertThat(names.parse(" Ba\n\tDE ")).containsExactly(0, 1);
    assertThat(names.parse("")).isEmpty();
  }

  @Test
  void aNameThatNoTokenHasIsAnErrorWithTheNearest() {
    assertThatThrownBy(() -> R0.parse("ba dex"))
        .isInstanceOf(RefrainException.class)
        .hasMessageMatching(
            "'dex' is no token of this language; the nearest: de, \\w+, \\w+, \\w+, \\w+; its 128"
                + " tokens are called ba de fi ... zau");
    assertThatThrownBy(() -> TokenNames.syllables(3).parse("go"))
        .hasMessageContaining("its 3 tokens are called ba de fi");
    assertThatThrownBy(() -> R0.name(128)).hasMessage("token 128 is no id, expected 0..127");
  }

  @Test
  void signsStandApart() {
    CategoryTask task = new CategoryTask(12, true, 0.1, 0.6, 0.15);
    TokenNames names = TokenNames.of(task, task.open());
    assertThat(names.join(0, task.colonToken(), task.end())).isEqualTo("ba <:> <end>");
    assertThat(names.parse("<end> <:> ba")).containsExactly(task.end(), task.colonToken(), 0);
  }

  @Test
  void piecesOfTextShowTheirBlanks() {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add("ab ab ab\nab".getBytes(UTF_8));
    Bpe bpe = trainer.train(258);
    TokenNames names = TokenNames.of(bpe);
    StringBuilder shown = new StringBuilder();
    for (int token : names.parse("ab ab\n\té\u001b")) {
      shown.append('[').append(names.name(token)).append(']');
    }
    assertThat(shown.toString()).isEqualTo("[ab][·][ab][\\n][\\t][\\xC3][\\xA9][?]");
    assertThat(names.name(bpe.endOfText())).isEqualTo("<|endoftext|>");
    assertThat(names.join(names.parse("ab é"))).isEqualTo("ab é");
  }

  @Test
  void aStreamGivesWholeCharactersOnly() {
    BpeTrainer trainer = new BpeTrainer();
    trainer.add("ab".getBytes(UTF_8));
    TokenNames names = TokenNames.of(trainer.train(257));
    int[] tokens = names.parse("a€😀é");
    TokenNames.Stream stream = names.stream();
    List<String> given = new ArrayList<>();
    for (int token : tokens) {
      given.add(stream.next(token));
    }
    assertThat(given).containsExactly("a", "", "", "€", "", "", "", "😀", "", "é");
    assertThat(stream.end()).isEmpty();
    assertThat(stream.next(tokens[1]) + stream.next(tokens[0])).isEqualTo("\uFFFDa");
    assertThat(stream.next(tokens[1])).isEmpty();
    assertThat(stream.end()).isEqualTo("\uFFFD");

    TokenNames.Stream words = R0.stream();
    assertThat(words.next(0) + words.next(1) + words.next(0) + words.end()).isEqualTo("ba de ba");
  }
}
