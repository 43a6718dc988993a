package refrain.data;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.base.UserCache;

/**
 * Encoded corpora on disk, so that a text is tokenised once: {@code NAME-KEY.tokens} and beside it
 * {@code NAME-KEY.tokenizer.json}. The key is a hash of the corpus, the vocabulary or tokenizer,
 * and the split. Files are written under another name and renamed; what is damaged or does not
 * belong together is built anew, and where the folder cannot be written the corpus is built every
 * time.
 *
 * <p>Layout, little-endian: 8 bytes of magic, 32 of the key, 32 of the tokenizer file's SHA-256,
 * five ints (V, training and evaluation documents, training and evaluation tokens), the ids as
 * unsigned 16 bits, what is to be said of copies as text, and the CRC-32C of all that.
 */
final class CorpusCache {
  private static final byte[] MAGIC = "RFRTOK01".getBytes(US_ASCII);

  /** How the line begins that says which documents belong together. */
  private static final String GROUP = "group: ";

  private static final int HASH_BYTES = 32;
  private static final int HEADER_BYTES = MAGIC.length + 2 * HASH_BYTES + 5 * Integer.BYTES;

  private final @Nullable Path folder;

  /**
   * A cache in a folder.
   *
   * @param folder null: nothing is kept
   */
  CorpusCache(@Nullable Path folder) {
    this.folder = folder;
  }

  /** In {@link UserCache}. */
  static CorpusCache standard() {
    return new CorpusCache(UserCache.folder());
  }

  /**
   * What an encoded corpus is known by.
   *
   * @param documents the corpus' fingerprint
   * @param tokenizer the hash of a tokenizer that was given; null: one is trained
   */
  static byte[] key(
      String documents, int vocab, long splitSeed, Split split, @Nullable String tokenizer) {
    Sha256 hash = new Sha256().add(MAGIC).add(documents).add(vocab).add(splitSeed);
    // Left out where they are what they were before there was a choice: what is kept stays known.
    if (split != Split.DOCUMENTS || tokenizer != null) {
      hash.add(split.name()).add(tokenizer == null ? "" : tokenizer);
    }
    return hash.finish();
  }

  /** A corpus behind a tokenizer of its own. */
  EncodedCorpus get(Corpus corpus, int vocab, long splitSeed, Split split) {
    byte[] key = key(corpus.fingerprint(), vocab, splitSeed, split, null);
    return get(
        corpus.name(), key, () -> EncodedCorpus.encode(corpus, vocab, splitSeed, split, null));
  }

  /** The corpus from the disk, or encoded now. */
  EncodedCorpus get(String name, byte[] key, Supplier<EncodedCorpus> encode) {
    return find(name, key)
        .orElseGet(() -> {
          EncodedCorpus encoded = encode.get();
          if (folder != null) {
            write(folder, tokens(folder, name, key), tokenizer(folder, name, key), key, encoded);
          }
          return encoded;
        });
  }

  /** The corpus where it is on the disk. */
  Optional<EncodedCorpus> find(String name, byte[] key) {
    return folder == null
        ? Optional.empty()
        : read(tokens(folder, name, key), tokenizer(folder, name, key), key);
  }

  private static Path tokens(Path folder, String name, byte[] key) {
    return file(folder, name, key, ".tokens");
  }

  private static Path tokenizer(Path folder, String name, byte[] key) {
    return file(folder, name, key, ".tokenizer.json");
  }

  private static Path file(Path folder, String name, byte[] key, String ending) {
    return folder.resolve(name + "-" + Sha256.hex(key).substring(0, 16) + ending);
  }

  private static Optional<EncodedCorpus> read(Path tokens, Path tokenizer, byte[] key) {
    try {
      if (!Files.isRegularFile(tokens) || !Files.isRegularFile(tokenizer)) {
        return Optional.empty();
      }
      ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(tokens)).order(ByteOrder.LITTLE_ENDIAN);
      byte[] magic = new byte[MAGIC.length];
      byte[] foundKey = new byte[HASH_BYTES];
      byte[] tokenizerHash = new byte[HASH_BYTES];
      if (in.remaining() < HEADER_BYTES + Integer.BYTES) {
        return Optional.empty();
      }
      in.get(magic).get(foundKey).get(tokenizerHash);
      if (!Arrays.equals(magic, MAGIC)
          || !Arrays.equals(foundKey, key)
          || !Arrays.equals(tokenizerHash, Sha256.of(Files.readAllBytes(tokenizer)))
          || in.getInt(in.limit() - Integer.BYTES) != checksum(in.array())) {
        return Optional.empty();
      }
      int vocab = in.getInt();
      int trainDocuments = in.getInt();
      int evaluationDocuments = in.getInt();
      char[] train = new char[in.getInt()];
      char[] evaluation = new char[in.getInt()];
      in.asCharBuffer().get(train).get(evaluation);
      in.position(in.position() + 2 * (train.length + evaluation.length));
      Bpe bpe = TokenizerFiles.read(tokenizer);
      return bpe.vocab() == vocab
          ? Optional.of(
              new EncodedCorpus(
                  bpe, train, evaluation, trainDocuments, evaluationDocuments, copies(in)))
          : Optional.empty();
    } catch (IOException | RefrainException e) {
      return Optional.empty();
    }
  }

  private static void write(
      Path folder, Path tokens, Path tokenizer, byte[] key, EncodedCorpus corpus) {
    byte[] json = TokenizerFiles.toJson(corpus.tokenizer()).getBytes(UTF_8);
    int count = corpus.train().length + corpus.evaluation().length;
    byte[] copies = text(corpus.copies()).getBytes(UTF_8);
    long bytes = HEADER_BYTES + 2L * count + copies.length + Integer.BYTES;
    if (bytes > Integer.MAX_VALUE - 8) {
      return;
    }
    ByteBuffer out = ByteBuffer.allocate((int) bytes).order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put(key).put(Sha256.of(json));
    out.putInt(corpus.tokenizer().vocab());
    out.putInt(corpus.trainDocuments()).putInt(corpus.evaluationDocuments());
    out.putInt(corpus.train().length).putInt(corpus.evaluation().length);
    out.asCharBuffer().put(corpus.train()).put(corpus.evaluation());
    out.put(out.limit() - Integer.BYTES - copies.length, copies);
    out.putInt(out.limit() - Integer.BYTES, checksum(out.array()));
    try {
      Files.createDirectories(folder);
      replace(tokenizer, json);
      replace(tokens, out.array());
    } catch (IOException e) {
      // A cache that cannot be written costs time, not results.
      return;
    }
  }

  /** Lines; none where there is nothing to say, as in files of older programs. */
  private static String text(EncodedCorpus.Copies copies) {
    return copies.documents() == 0
        ? ""
        : copies.documents()
            + "\n"
            + copies.groups()
            + "\n"
            + copies.cut().stream().map(sentence -> sentence + "\n").collect(Collectors.joining())
            + GROUP
            + copies.group().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static EncodedCorpus.Copies copies(ByteBuffer in) {
    byte[] rest = new byte[in.remaining() - Integer.BYTES];
    in.get(rest);
    List<String> lines = new String(rest, UTF_8).lines().toList();
    if (lines.isEmpty()) {
      return EncodedCorpus.Copies.NONE;
    }
    List<String> cut = lines.subList(2, lines.size());
    List<Integer> group = List.of();
    if (!cut.isEmpty() && cut.getLast().startsWith(GROUP)) { // older programs wrote none
      group =
          Arrays.stream(cut.getLast().substring(GROUP.length()).split(" "))
              .filter(word -> !word.isEmpty())
              .map(Integer::valueOf)
              .toList();
      cut = cut.subList(0, cut.size() - 1);
    }
    return new EncodedCorpus.Copies(
        Integer.parseInt(lines.get(0)), Integer.parseInt(lines.get(1)), cut, group);
  }

  private static void replace(Path file, byte[] bytes) throws IOException {
    Path temporary =
        Files.createTempFile(file.getParent(), String.valueOf(file.getFileName()), ".tmp");
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        out.write(bytes);
      }
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static int checksum(byte[] file) {
    CRC32C crc = new CRC32C();
    crc.update(file, 0, file.length - Integer.BYTES);
    return (int) crc.getValue();
  }
}
