package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NearCopiesTest {
  private final Rng rng = Rng.of(7);

  private String letters(int n) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < n; i++) {
      text.append("abcdefghijklmnop\u00e9\u4e2d ".charAt(rng.nextInt(19)));
    }
    return text.toString();
  }

  private static int[] groups(List<String> texts) {
    return NearCopies.groups(texts.stream().map(text -> text.getBytes(UTF_8)).toList());
  }

  /** The slow twin: all pairs, whole sets, links until nothing changes. */
  private static int[] plainly(List<String> texts) {
    List<Set<String>> shingles =
        texts.stream()
            .map(text -> {
              Set<String> all = new HashSet<>();
              for (int i = 0; i + 50 <= text.length(); i++) {
                all.add(text.substring(i, i + 50));
              }
              return all.isEmpty() ? Set.of(text) : all;
            })
            .toList();
    int[] group = new int[texts.size()];
    Arrays.setAll(group, i -> i);
    boolean changed = true;
    while (changed) {
      changed = false;
      for (int a = 0; a < group.length; a++) {
        for (int b = 0; b < a; b++) {
          Set<String> both = new HashSet<>(shingles.get(a));
          both.retainAll(shingles.get(b));
          int fewer = Math.min(shingles.get(a).size(), shingles.get(b).size());
          if (group[a] != group[b] && 2 * both.size() > fewer) {
            int first = Math.min(group[a], group[b]);
            int other = Math.max(group[a], group[b]);
            for (int i = 0; i < group.length; i++) {
              group[i] = group[i] == other ? first : group[i];
            }
            changed = true;
          }
        }
      }
    }
    return group;
  }

  @Test
  void groupsWhatSharesMoreThanHalfOfTheSmallersShingles() {
    String a = letters(400);
    String b = letters(400);
    // 400 characters have 351 shingles; the first n characters of another text have n - 49 of them.
    String half = a.substring(0, 224) + letters(400 - 224); // 175 of 351
    String more = a.substring(0, 225) + letters(400 - 225); // 176 of 351
    assertThat(groups(List.of(a, b, half))).containsExactly(0, 1, 2);
    assertThat(groups(List.of(a, b, more))).containsExactly(0, 1, 0);
    assertThat(groups(List.of(letters(3000) + a + letters(3000), b, a)))
        .as("of the smaller one")
        .containsExactly(0, 1, 0);
    assertThat(groups(List.of("short", b, "short", "other", "")))
        .as("shorter than a shingle")
        .containsExactly(0, 1, 0, 3, 4);
  }

  @Test
  void groupsAsTheSlowTwinDoes() {
    for (int trial = 0; trial < 20; trial++) {
      List<String> pieces = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        pieces.add(letters(60 + rng.nextInt(200)));
      }
      List<String> texts = new ArrayList<>();
      for (int d = 0; d < 25; d++) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 4; i++) {
          boolean own = rng.nextInt(2) == 0;
          text.append(own ? letters(200) : pieces.get(rng.nextInt(pieces.size())));
        }
        texts.add(text.toString());
      }
      assertThat(groups(texts)).isEqualTo(plainly(texts));
    }
  }

  @Test
  void aLicenceInAllFilesMakesNoGroupAndCopiesOfFilesWithItDo() {
    String licence = letters(300);
    List<String> texts = new ArrayList<>();
    int[] expected = new int[300];
    for (int d = 0; d < 300; d++) {
      boolean copy = d % 100 == 99;
      texts.add(copy ? texts.get(d - 50).replaceFirst("a", "b") : licence + letters(500));
      expected[d] = copy ? d - 50 : d;
    }
    assertThat(groups(texts)).isEqualTo(expected);
    for (int d = 0; d < 300; d++) {
      texts.set(d, licence + letters(100));
    }
    assertThat(groups(texts)).as("more than half of each is the licence").containsOnly(0);
  }

  @Test
  void ofLargeTextsASampleIsEnough() {
    List<String> texts = new ArrayList<>();
    int[] expected = new int[6_000];
    for (int d = 0; d < expected.length; d++) {
      boolean copy = d % 500 == 499;
      String from = copy ? texts.get(d - 123) : letters(d % 3 == 0 ? 120 : 2_200);
      texts.add(copy ? from.substring(0, from.length() * 3 / 4) + letters(30) : from);
      expected[d] = copy ? d - 123 : d;
    }
    assertThat(texts.stream().mapToInt(text -> text.getBytes(UTF_8).length).sum())
        .isGreaterThan(1 << 23);
    assertThat(groups(texts)).isEqualTo(expected);
  }
}
