package refrain.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import refrain.base.RefrainException;

/**
 * Natural English that comes with the program: 233 State of the Union addresses, 10.8 MB, public
 * domain (corpora/PROVENANCE.md). Each document stands behind a line of a form feed and its name.
 */
public final class Speeches implements Corpus {
  private static final String RESOURCE = "/refrain/corpora/sotu.txt.gz";
  private static final String SHA256 =
      "101dc5decc59251735a7611380baf417fbd4e8ccc7026b708274a58512d687ec";

  @Override
  public String name() {
    return "english";
  }

  @Override
  public String fingerprint() {
    return SHA256;
  }

  @Override
  public void forEach(Consumer<Document> action) {
    byte[] all = read();
    int start = 0;
    while (start < all.length) {
      int line = indexOf(all, (byte) '\n', start);
      int end = indexOf(all, (byte) '\f', line);
      String name = new String(all, start + 1, line - start - 1, UTF_8);
      action.accept(new Document(name, Arrays.copyOfRange(all, line + 1, end)));
      start = end;
    }
  }

  private static int indexOf(byte[] all, byte wanted, int from) {
    int i = from;
    while (i < all.length && all[i] != wanted) {
      i++;
    }
    return i;
  }

  private static byte[] read() {
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(Resources.read(RESOURCE)))) {
      byte[] all = in.readAllBytes();
      String found = Sha256.hex(Sha256.of(all));
      if (!found.equals(SHA256)) {
        throw RefrainException.badFile(
            RESOURCE + ": expected sha256 " + SHA256 + ", found " + found + "; build it again");
      }
      return all;
    } catch (IOException e) {
      throw RefrainException.disk(RESOURCE + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
