package refrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;

/**
 * A corpus as token ids, in a training and an evaluation part ({@link CorpusSplit}), with a
 * tokenizer that was given or trained on the training part. Every document stands behind an
 * end-of-text token.
 *
 * @param tokenizer V of at most 65,536, so that an id fits a char
 * @param train ids
 * @param evaluation ids
 * @param trainDocuments how many
 * @param evaluationDocuments how many
 * @param copies among the documents
 */
record EncodedCorpus(
    Bpe tokenizer,
    char[] train,
    char[] evaluation,
    int trainDocuments,
    int evaluationDocuments,
    Copies copies) {

  /**
   * Copies and near-copies among the documents.
   *
   * @param documents that have any
   * @param groups that they form
   * @param cut a sentence for each group that does not lie on one side of the split
   * @param group which documents belong together: a number for each, the training part's first;
   *     empty where nobody looked, or where each stands alone
   */
  record Copies(int documents, int groups, List<String> cut, List<Integer> group) {
    static final Copies NONE = new Copies(0, 0, List.of(), List.of());
  }

  static EncodedCorpus encode(Corpus corpus, int vocab, long splitSeed) {
    return encode(corpus, vocab, splitSeed, Split.DOCUMENTS, null);
  }

  /**
   * @param vocab V of the tokenizer that is trained
   * @param given the tokenizer to use; null: one is trained
   */
  static EncodedCorpus encode(
      Corpus corpus, int vocab, long splitSeed, Split split, @Nullable Bpe given) {
    List<Document> documents = new ArrayList<>();
    corpus.forEach(documents::add);
    if (documents.isEmpty()) {
      throw RefrainException.badInput("the corpus '" + corpus.name() + "' holds no text");
    }
    CorpusSplit parts = CorpusSplit.of(documents, splitSeed, split);
    Bpe bpe = given == null ? trained(parts.train(), vocab) : given;
    Bpe.Encoder encoder = bpe.new Encoder();
    return new EncodedCorpus(
        bpe,
        join(encoder, bpe.endOfText(), parts.train()),
        join(encoder, bpe.endOfText(), parts.evaluation()),
        parts.train().size(),
        parts.evaluation().size(),
        new Copies(parts.copies(), parts.groups(), parts.cut(), parts.group()));
  }

  /**
   * The same documents in the same tokens, others of them for evaluation: about a twentieth, by a
   * hash of a document's tokens and the seed, so that equal ones lie on one side, and of documents
   * that belong together by the lowest of their hashes.
   */
  EncodedCorpus splitAnew(long seed) {
    record Piece(char[] part, int from, int to, long hash) {}
    List<Piece> pieces = new ArrayList<>();
    for (char[] part : List.of(train, evaluation)) {
      for (int from = 0, to; from < part.length; from = to) {
        long hash = 0;
        for (to = from + 1; to < part.length && part[to] != tokenizer.endOfText(); to++) {
          hash = Rng.mix(hash ^ part[to]);
        }
        pieces.add(new Piece(part, from, to, hash));
      }
    }
    List<Integer> group =
        copies.group().isEmpty()
            ? IntStream.range(0, pieces.size()).boxed().toList()
            : copies.group();
    Map<Integer, Long> lowest = new HashMap<>();
    for (int i = 0; i < pieces.size(); i++) {
      lowest.merge(group.get(i), pieces.get(i).hash, Math::min);
    }
    boolean[] evaluated =
        CorpusSplit.lowestTwentieth(
            group.stream()
                .mapToDouble(g -> CorpusSplit.place(lowest.getOrDefault(g, 0L), seed))
                .toArray());
    char[][] sides = {new char[train.length + evaluation.length], new char[0]};
    sides[1] = new char[sides[0].length];
    int[] tokens = new int[2];
    int[] documents = new int[2];
    for (int i = 0; i < evaluated.length; i++) {
      Piece piece = pieces.get(i);
      int side = evaluated[i] ? 1 : 0;
      int length = piece.to - piece.from;
      System.arraycopy(piece.part, piece.from, sides[side], tokens[side], length);
      tokens[side] += length;
      documents[side]++;
    }
    return new EncodedCorpus(
        tokenizer,
        Arrays.copyOf(sides[0], tokens[0]),
        Arrays.copyOf(sides[1], tokens[1]),
        documents[0],
        documents[1],
        new Copies(copies.documents(), copies.groups(), copies.cut(), List.of()));
  }

  private static Bpe trained(List<byte[]> texts, int vocab) {
    BpeTrainer trainer = new BpeTrainer();
    texts.forEach(trainer::add);
    return trainer.train(vocab);
  }

  /** The documents one after the other. */
  private static char[] join(Bpe.Encoder encoder, int endOfText, List<byte[]> documents) {
    char[] ids = new char[1 << 16];
    int n = 0;
    for (byte[] text : documents) {
      int[] encoded = encoder.encode(text);
      if ((long) n + encoded.length + 1 > Integer.MAX_VALUE - 8) {
        throw RefrainException.badInput("the corpus has more than two billion tokens; give less");
      }
      if (n + encoded.length + 1 > ids.length) {
        long doubled = Math.min(2L * ids.length, Integer.MAX_VALUE - 8);
        ids = Arrays.copyOf(ids, (int) Math.max(doubled, n + encoded.length + 1));
      }
      ids[n++] = (char) endOfText;
      for (int id : encoded) {
        ids[n++] = (char) id;
      }
    }
    return Arrays.copyOf(ids, n);
  }
}
