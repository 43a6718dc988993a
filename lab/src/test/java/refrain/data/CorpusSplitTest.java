package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CorpusSplitTest {
  private final Rng rng = Rng.of(3);

  private String words(int n) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < n; i++) {
      text.append((char) ('a' + rng.nextInt(26)));
    }
    return text.toString();
  }

  private static CorpusSplit split(List<String> texts, Split split) {
    List<Document> documents = new ArrayList<>();
    for (String text : texts) {
      documents.add(new Document("d" + documents.size(), text.getBytes(UTF_8)));
    }
    return CorpusSplit.of(documents, 0, split);
  }

  private static List<String> strings(List<byte[]> texts) {
    return texts.stream().map(text -> new String(text, UTF_8)).toList();
  }

  @Test
  void nearCopiesLieOnOneSideAndTheRestWhereItLay() {
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      texts.add(words(300));
    }
    CorpusSplit alone = split(texts, Split.GROUPS);
    CorpusSplit before = split(texts, Split.DOCUMENTS);
    assertThat(strings(alone.evaluation())).isEqualTo(strings(before.evaluation())).hasSize(24);
    assertThat(strings(alone.train())).isEqualTo(strings(before.train()));
    assertThat(alone.groups()).isZero();

    for (int i = 0; i < 400; i++) {
      texts.add(texts.get(i).substring(1) + "!");
    }
    CorpusSplit split = split(texts, Split.GROUPS);
    assertThat(split.copies()).isEqualTo(800);
    assertThat(split.groups()).isEqualTo(400);
    assertThat(split.cut()).isEmpty();
    List<String> evaluation = strings(split.evaluation());
    assertThat(evaluation.size()).isBetween(20, 60);
    for (String text : evaluation) {
      assertThat(evaluation)
          .contains(
              text.endsWith("!") ? texts.get(texts.indexOf(text) - 400) : text.substring(1) + "!");
    }
    long together =
        strings(split(texts, Split.DOCUMENTS).evaluation()).stream()
            .filter(text -> text.endsWith("!"))
            .filter(
                text -> strings(before.evaluation()).contains(texts.get(texts.indexOf(text) - 400)))
            .count();
    assertThat(together).as("each by itself").isLessThan(10);
  }

  @Test
  void aGroupOverAFifthIsCutAndSaid() {
    String a = words(4000);
    String b = words(3000);
    String c = words(3000);
    CorpusSplit split = split(List.of(a, b, a + "\u00e9", c), Split.GROUPS);
    assertThat(strings(split.evaluation()))
        .containsExactly(
            a.substring(3800), b.substring(2850), a.substring(3802) + "\u00e9", c.substring(2850));
    assertThat(split.cut())
        .containsExactly(
            "2 documents (d0, d2) are copies or near-copies of one another and 57 % of the text, too"
                + " much for one side of the split: each is cut, and its last twentieth is for"
                + " evaluation");
  }

  @Test
  void manyShortNearCopiesArePlacedEachByItself() {
    String form = words(200);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      String text = form + words(20);
      texts.add(text);
      texts.add(text);
    }
    CorpusSplit split = split(texts, Split.GROUPS);
    assertThat(strings(split.evaluation()))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(strings(split.train()));
    assertThat(split.train().size() + split.evaluation().size()).isEqualTo(120);
    assertThat(split.cut())
        .singleElement()
        .asString()
        .startsWith("120 documents (d0, d1, d2, ...) are copies or near-copies")
        .endsWith("but much of the evaluation part is known from training");
  }

  @Test
  void copiesOfOneTextOnlyAreCut() {
    CorpusSplit split =
        split(List.of("abcdefghij".repeat(4), "abcdefghij".repeat(4)), Split.GROUPS);
    assertThat(strings(split.train()))
        .containsExactly(
            "abcdefghij".repeat(4).substring(0, 38), "abcdefghij".repeat(4).substring(0, 38));
    assertThat(strings(split.evaluation())).containsExactly("ij", "ij");
  }

  @Test
  void windowsAreCountedThatStandInTraining() {
    int[] train = new int[2000];
    for (int i = 0; i < train.length; i++) {
      train[i] = rng.nextInt(50);
    }
    int[] known = java.util.Arrays.copyOfRange(train, 700, 733);
    int[] half = known.clone();
    half[15] = 50; // of 18 spans 16 hold it
    int[] most = known.clone();
    most[3] = 50; // of 18 spans 4 hold it
    int[] unknown = new int[33];
    assertThat(KnownWindows.count(new int[][] {known, half, most, unknown}, train)).isEqualTo(2);
    int[][] shorter = {{train[5], train[6]}, {51, train[7]}};
    assertThat(KnownWindows.count(shorter, train)).isEqualTo(1);
  }
}
