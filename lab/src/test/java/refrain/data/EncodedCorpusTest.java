package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncodedCorpusTest {
  /** Texts of chance, and near-copies of the first ones: all but a letter. */
  private record Made(int texts, int copied) implements Corpus {
    @Override
    public String name() {
      return "made";
    }

    @Override
    public String fingerprint() {
      return texts + " " + copied;
    }

    @Override
    public void forEach(Consumer<Document> action) {
      for (int i = 0; i < texts + copied; i++) {
        Rng rng = Rng.of(i % texts).split("made");
        StringBuilder text = new StringBuilder(i < texts ? "a" : "b");
        for (int t = 0; t < 300; t++) {
          text.append((char) ('a' + rng.nextInt(26)));
        }
        action.accept(new Document("d" + i, text.toString().getBytes(UTF_8)));
      }
    }
  }

  private static List<String> documents(EncodedCorpus corpus, char[] part) {
    List<String> documents = new ArrayList<>();
    int from = 0;
    for (int to = 1; to <= part.length; to++) {
      if (to == part.length || part[to] == corpus.tokenizer().endOfText()) {
        documents.add(new String(part, from, to - from));
        from = to;
      }
    }
    return documents;
  }

  @Test
  void anotherSplitHasTheSameDocumentsInTheSameTokens() {
    EncodedCorpus corpus = EncodedCorpus.encode(new Made(200, 0), 300, 0);
    Set<List<String>> evaluated = new HashSet<>();
    double share = 0;
    for (int seed = 1; seed <= 20; seed++) {
      EncodedCorpus other = corpus.splitAnew(seed);
      assertThat(other.tokenizer()).isSameAs(corpus.tokenizer());
      List<String> evaluation = documents(corpus, other.evaluation());
      assertThat(Stream.concat(documents(corpus, other.train()).stream(), evaluation.stream()))
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      documents(corpus, corpus.train()).stream(),
                      documents(corpus, corpus.evaluation()).stream())
                  .toList());
      assertThat(other.evaluationDocuments()).isEqualTo(evaluation.size()).isBetween(1, 25);
      assertThat(other.trainDocuments()).isEqualTo(200 - evaluation.size());
      assertThat(corpus.splitAnew(seed).evaluation()).isEqualTo(other.evaluation());
      evaluated.add(evaluation);
      share += evaluation.size() / 200.0 / 20;
    }
    assertThat(evaluated).hasSize(20);
    assertThat(share).isBetween(.035, .065);
  }

  @Test
  void whatBelongsTogetherStaysTogetherAlsoFromTheCache(@TempDir Path temp) {
    Corpus made = new Made(100, 60);
    EncodedCorpus corpus = new CorpusCache(temp).get(made, 300, 0, Split.GROUPS);
    EncodedCorpus kept = new CorpusCache(temp).get(made, 300, 0, Split.GROUPS);
    assertThat(kept.copies()).isEqualTo(corpus.copies());
    assertThat(kept.copies().groups()).isEqualTo(60);
    assertThat(kept.copies().group()).hasSize(160);
    int copies = 0;
    for (int seed = 1; seed <= 20; seed++) {
      Set<String> stems = new HashSet<>();
      for (String document : documents(kept, kept.splitAnew(seed).train())) {
        stems.add(document.substring(document.length() - 40));
      }
      for (String document : documents(kept, kept.splitAnew(seed).evaluation())) {
        assertThat(stems).doesNotContain(document.substring(document.length() - 40));
        copies++;
      }
    }
    assertThat(copies).isGreaterThan(60);
  }

  @Test
  void aTextOfTheProgramHasOtherDocumentsForEachReplicate() {
    CodeText code = new CodeText(512, 0, 0, Split.GROUPS);
    assertThat(code.replicate(0)).isEqualTo(code);
    assertThat(code.replicate(7)).isEqualTo(new CodeText(512, 0, 7, Split.GROUPS));
    TextFiles own = new TextFiles("somewhere", 512, false);
    assertThat(own.replicate(3)).isEqualTo(own);
  }
}
