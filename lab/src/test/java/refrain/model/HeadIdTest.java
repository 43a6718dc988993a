package refrain.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import refrain.store.Json;

class HeadIdTest {
  private static final HeadId HEAD = new HeadId(1, 4);

  @Test
  void peopleReadLayerAndHeadAndFilesKeepTheDot() {
    assertThat(HEAD.toString()).isEqualTo("L1H4");
    assertThat(Json.line(List.of(HEAD, new HeadId(10, 0)))).isEqualTo("[\"1.4\",\"10.0\"]");
  }

  @Test
  void bothSpellingsAreRead() {
    for (String spelling : List.of("1.4", "L1H4", "l1h4")) {
      assertThat(HeadId.parse(spelling)).isEqualTo(HEAD);
      assertThat(Json.read(Json.parse('"' + spelling + '"', "test"), HeadId.class, "test"))
          .isEqualTo(HEAD);
    }
  }

  @Test
  void numbersOfAHead() {
    assertThat(HEAD.number()).isEqualTo(104);
    assertThat(HEAD.index(8)).isEqualTo(12);
    List<HeadId> all = HeadId.all(ModelSpec.attentionOnly(3, 8, 2, 4, 5));
    assertThat(all).hasSize(6).contains(new HeadId(2, 0), new HeadId(0, 1));
    for (HeadId head : all) {
      assertThat(all.indexOf(head)).isEqualTo(head.index(2));
      assertThat(HeadId.ofIndex(head.index(2), 2)).isEqualTo(head);
    }
  }
}
