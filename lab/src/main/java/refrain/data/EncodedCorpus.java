package refrain.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import refrain.base.RefrainException;

/**
 * A corpus as token ids, split in a training and an evaluation part by document, with a tokenizer
 * trained on the training part. Every document stands behind an end-of-text token.
 *
 * <p>A document is for evaluation when a hash of its text and the split seed falls in the lowest
 * twentieth: adding or reordering documents moves no other, and copies of one text fall on the same
 * side. At least one document and never all are for evaluation; of a corpus that is a single
 * document the last twentieth is.
 *
 * @param tokenizer V of at most 65,536, so that an id fits a char
 * @param train ids
 * @param evaluation ids
 * @param trainDocuments how many
 * @param evaluationDocuments how many
 */
record EncodedCorpus(
    Bpe tokenizer, char[] train, char[] evaluation, int trainDocuments, int evaluationDocuments) {
  private static final int EVALUATION_SHARE = 20;

  /** A document with the place of its text's hash in [0, 1). */
  private record Placed(int order, Document document, double place) {}

  static EncodedCorpus encode(Corpus corpus, int vocab, long splitSeed) {
    List<Placed> placed = new ArrayList<>();
    corpus.forEach(document ->
        placed.add(new Placed(placed.size(), document, place(document.text(), splitSeed))));
    if (placed.isEmpty()) {
      throw RefrainException.badInput("the corpus '" + corpus.name() + "' holds no text");
    }
    if (placed.size() == 1) {
      return single(placed.getFirst().document, vocab);
    }
    List<Placed> byPlace = new ArrayList<>(placed);
    byPlace.sort(Comparator.comparingDouble(Placed::place).thenComparingInt(Placed::order));
    int lowest = (int) placed.stream().filter(p -> p.place * EVALUATION_SHARE < 1).count();
    int evaluations = Math.clamp(lowest, 1, placed.size() - 1);
    return of(
        inOrder(byPlace.subList(evaluations, placed.size())),
        inOrder(byPlace.subList(0, evaluations)),
        vocab);
  }

  private static EncodedCorpus single(Document document, int vocab) {
    byte[] text = document.text();
    int cut = text.length - text.length / EVALUATION_SHARE;
    // Never inside a code point.
    while (cut < text.length && (text[cut] & 0xC0) == 0x80) {
      cut++;
    }
    return of(
        List.of(Arrays.copyOf(text, cut)),
        List.of(Arrays.copyOfRange(text, cut, text.length)),
        vocab);
  }

  private static EncodedCorpus of(List<byte[]> train, List<byte[]> evaluation, int vocab) {
    BpeTrainer trainer = new BpeTrainer();
    train.forEach(trainer::add);
    Bpe bpe = trainer.train(vocab);
    Bpe.Encoder encoder = bpe.new Encoder();
    return new EncodedCorpus(
        bpe,
        join(encoder, bpe.endOfText(), train),
        join(encoder, bpe.endOfText(), evaluation),
        train.size(),
        evaluation.size());
  }

  static double place(byte[] text, long splitSeed) {
    byte[] hash = Sha256.of(text);
    long bits = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      bits = bits << 8 | (hash[i] & 0xFF);
    }
    return (Rng.mix(bits ^ Rng.mix(splitSeed)) >>> 11) * 0x1.0p-53;
  }

  /** The texts of documents, in the order of the corpus. */
  private static List<byte[]> inOrder(List<Placed> some) {
    return some.stream()
        .sorted(Comparator.comparingInt(Placed::order))
        .map(p -> p.document.text())
        .toList();
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
