package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.base.RefrainException;
import refrain.base.UserCache;

class CorpusCacheTest {
  @TempDir Path folder;

  /** Documents made of numbers, counting how often they were read. */
  private static final class Numbers implements Corpus {
    private final int documents;
    private int reads;

    Numbers(int documents) {
      this.documents = documents;
    }

    @Override
    public String name() {
      return "numbers";
    }

    @Override
    public String fingerprint() {
      return "numbers " + documents;
    }

    @Override
    public void forEach(Consumer<Document> action) {
      reads++;
      for (int i = 0; i < documents; i++) {
        action.accept(new Document("d" + i, text(i).getBytes(UTF_8)));
      }
    }

    static String text(int i) {
      return ("document " + i + " counts " + i * i + "\n").repeat(1 + i % 3);
    }
  }

  private static List<String> decoded(Bpe bpe, char[] ids) {
    int[] all = new String(ids).chars().toArray();
    List<String> documents = new ArrayList<>();
    int start = 1;
    for (int i = 1; i <= all.length; i++) {
      if (i == all.length || all[i] == bpe.endOfText()) {
        documents.add(bpe.decode(java.util.Arrays.copyOfRange(all, start, i)));
        start = i + 1;
      }
    }
    return documents;
  }

  @Test
  void splitsByDocumentAndKeepsDocumentsApart() {
    EncodedCorpus corpus = EncodedCorpus.encode(new Numbers(400), 300, 7);
    List<String> train = decoded(corpus.tokenizer(), corpus.train());
    List<String> evaluation = decoded(corpus.tokenizer(), corpus.evaluation());
    assertThat(train).hasSize(corpus.trainDocuments());
    assertThat(evaluation).hasSize(corpus.evaluationDocuments()).hasSizeBetween(8, 35);
    List<String> all = Stream.concat(train.stream(), evaluation.stream()).toList();
    assertThat(all)
        .containsExactlyInAnyOrderElementsOf(
            Stream.iterate(0, i -> i + 1).limit(400).map(Numbers::text).toList());
    // Order is kept, and more documents move none to the other side.
    assertThat(train).isSortedAccordingTo((a, b) -> Integer.compare(number(a), number(b)));
    EncodedCorpus more = EncodedCorpus.encode(new Numbers(500), 300, 7);
    assertThat(decoded(more.tokenizer(), more.evaluation())).containsAll(evaluation);
    assertThat(EncodedCorpus.encode(new Numbers(400), 300, 8).evaluation())
        .isNotEqualTo(corpus.evaluation());
  }

  @Test
  void placesDocumentsUniformly() {
    int[] deciles = new int[10];
    for (int i = 0; i < 20_000; i++) {
      deciles[(int) (10 * CorpusSplit.place(("text " + i).getBytes(UTF_8), 0))]++;
    }
    for (int count : deciles) {
      assertThat(count).isBetween(1800, 2200);
    }
  }

  private static int number(String document) {
    return Integer.parseInt(document.split(" ", 3)[1]);
  }

  @Test
  void splitsFewDocumentsToo() {
    assertThat(EncodedCorpus.encode(new Numbers(2), 257, 0).evaluationDocuments()).isEqualTo(1);
    EncodedCorpus one = EncodedCorpus.encode(new Numbers(1), 257, 0);
    assertThat(one.train()).hasSize(1 + 19);
    assertThat(one.evaluation()).hasSize(1 + 1);
    assertThatThrownBy(() -> EncodedCorpus.encode(new Numbers(0), 257, 0))
        .isInstanceOf(RefrainException.class)
        .hasMessage("the corpus 'numbers' holds no text");
  }

  @Test
  void encodesOnceAndRebuildsWhatIsDamaged() throws IOException {
    Numbers numbers = new Numbers(60);
    CorpusCache cache = new CorpusCache(folder.resolve("new"));
    EncodedCorpus first = cache.get(numbers, 300, 1, Split.DOCUMENTS);
    assertThat(same(cache.get(numbers, 300, 1, Split.DOCUMENTS), first)).isTrue();
    assertThat(numbers.reads).isEqualTo(1);
    int reads = 1;
    for (Path file : files()) {
      byte[] good = Files.readAllBytes(file);
      for (int at : new int[] {0, 20, 50, 80, good.length / 2, good.length - 1}) {
        byte[] bad = good.clone();
        bad[at] ^= 1;
        Files.write(file, bad);
        assertThat(same(cache.get(numbers, 300, 1, Split.DOCUMENTS), first)).isTrue();
        assertThat(numbers.reads).as("%s at %d", file, at).isEqualTo(++reads);
      }
      Files.write(file, java.util.Arrays.copyOf(good, good.length / 2));
      assertThat(same(cache.get(numbers, 300, 1, Split.DOCUMENTS), first)).isTrue();
      Files.write(file, new byte[0]);
      assertThat(same(cache.get(numbers, 300, 1, Split.DOCUMENTS), first)).isTrue();
      reads += 2;
      assertThat(Files.readAllBytes(file)).isEqualTo(good);
    }
    assertThat(files()).hasSize(2);
    cache.get(numbers, 301, 1, Split.DOCUMENTS);
    cache.get(numbers, 300, 2, Split.DOCUMENTS);
    cache.get(new Numbers(61), 300, 1, Split.DOCUMENTS);
    assertThat(files()).hasSize(8);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("new"))) {
      return files.sorted().toList();
    }
  }

  private static boolean same(EncodedCorpus a, EncodedCorpus b) {
    return java.util.Arrays.equals(a.train(), b.train())
        && java.util.Arrays.equals(a.evaluation(), b.evaluation())
        && a.trainDocuments() == b.trainDocuments()
        && a.evaluationDocuments() == b.evaluationDocuments()
        && a.tokenizer().merges().equals(b.tokenizer().merges());
  }

  @Test
  void goesOnWithoutACacheThatCannotBeWritten() throws IOException {
    Path file = Files.write(folder.resolve("file"), new byte[] {1});
    EncodedCorpus corpus = new CorpusCache(file).get(new Numbers(3), 257, 0, Split.DOCUMENTS);
    assertThat(corpus.trainDocuments() + corpus.evaluationDocuments()).isEqualTo(3);
  }

  @Test
  void keepsNothingForAUserWithoutAHome() {
    assertThat(UserCache.below("?")).isNull();
    assertThat(UserCache.below(null)).isNull();
    assertThat(UserCache.below(folder.toString())).isEqualTo(folder.resolve(".cache/refrain"));
    Numbers corpus = new Numbers(40);
    EncodedCorpus without = new CorpusCache(null).get(corpus, 300, 5, Split.DOCUMENTS);
    assertThat(without.train())
        .isEqualTo(new CorpusCache(folder).get(corpus, 300, 5, Split.DOCUMENTS).train());
    assertThat(Path.of("?")).doesNotExist();
  }

  @Test
  void drawsWindowsOfEachPart() {
    EncodedCorpus corpus = EncodedCorpus.encode(new Numbers(200), 300, 1);
    TextSource source = new TextSource("numbers", corpus);
    String train = new String(corpus.train());
    String evaluation = new String(corpus.evaluation());
    for (int[] x : source.next(Rng.of(1), 50, 19).tokens()) {
      assertThat(x).hasSize(20);
      assertThat(train).contains(new String(x, 0, 20));
    }
    Batch fixed = source.evaluation(3, 50, 19);
    for (int[] x : fixed.tokens()) {
      assertThat(evaluation).contains(new String(x, 0, 20));
    }
    assertThat(source.evaluation(3, 50, 19).tokens()).isDeepEqualTo(fixed.tokens());
    assertThat(source.train(0, 1)).containsExactly(source.tokenizer().endOfText());
    int all = corpus.evaluation().length;
    assertThat(source.evaluation(0, 3, all - 1).context()).isEqualTo(all - 1);
    assertThatThrownBy(() -> source.evaluation(0, 3, all))
        .isInstanceOf(RefrainException.class)
        .hasMessage(
            String.format(
                "numbers: the evaluation part has %d tokens, a window of context %d needs %d; give"
                    + " more text or a smaller context",
                all, all, all + 1));
  }
}
