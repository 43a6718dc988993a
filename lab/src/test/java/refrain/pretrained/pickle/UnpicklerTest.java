package refrain.pretrained.pickle;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import refrain.base.RefrainException;
import refrain.pretrained.Fuzz;

class UnpicklerTest {
  /** A float storage of two elements that is called "0". */
  private static final String STORAGE =
      "(U\u0007storagectorch\nFloatStorage\nU\u00010U\u0003cpuK\u0002tQ";

  @TempDir Path temp;

  private static byte[] bytes(String pickle) {
    return ("\u0080\u0002" + pickle).getBytes(ISO_8859_1);
  }

  /** A dictionary {"w": tensor} of this shape and these strides. */
  private static byte[] tensor(String offset, String shape, String strides) {
    return bytes(
        "}U\u0001wctorch._utils\n_rebuild_tensor_v2\n("
            + STORAGE
            + offset
            + shape
            + strides
            + "\u0089ccollections\nOrderedDict\n)RtRs.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cos\nsystem\n(U\u0004echotR.",
        "cposix\nsystem\n.",
        "U\u0008builtinsU\u0004eval\u0093.",
        "cbuiltins\ngetattr\n.",
        "ctorch\nload\n.",
        "ctorch.serialization\nload\n."
      })
  void whatItWouldCallIsNamedAndNotCalled(String pickle) {
    assertThatThrownBy(() -> Unpickler.read("x.bin", bytes(pickle)))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("x.bin: its pickle names ")
        .hasMessageContaining("a pickle can run what it names");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "R.",
        "t.",
        "a.",
        "s.",
        "N",
        "h\u0005.",
        "]N",
        "(NNNs.",
        "}(NNu.",
        "}(Nu.",
        "o.",
        "i.",
        "NQ.",
        "}NR.",
        "ccollections\nOrderedDict\nNR.",
        "\u008a\u0009123456789.",
        "Nb.",
        "X\u00ff\u00ff\u00ff\u007f",
        "cos",
        "\u0080\u0009."
      })
  void nonsenseIsRefused(String pickle) {
    assertThatThrownBy(() -> Unpickler.read("x.bin", bytes(pickle)))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("x.bin: its pickle ");
  }

  private void refused(byte[] pickle, String message) throws IOException {
    Path file = zip(pickle, 8);
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(RefrainException.class)
        .hasMessageContaining(message);
  }

  private static void read(Path file) {
    try (TorchFile torch = TorchFile.open(file)) {
      for (String name : torch.names()) {
        int[] shape = torch.shape(name);
        long elements = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
        assertThat(elements).isLessThan(1000);
        int width = shape.length == 0 ? 1 : shape[shape.length - 1];
        int rows = width == 0 ? 0 : (int) (elements / width);
        torch.rows(name, 0, rows, new float[(int) elements], 0);
      }
    }
  }

  private Path zip(byte[] pickle, int storageBytes) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (ZipOutputStream out = new ZipOutputStream(all)) {
      stored(out, "model/data.pkl", pickle);
      stored(out, "model/data/0", new byte[storageBytes]);
    }
    Path file = temp.resolve("model.bin");
    Files.write(file, all.toByteArray());
    return file;
  }

  private static void stored(ZipOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }

  @Test
  void sizesAreComparedWithTheFile() throws IOException {
    Path good = zip(tensor("K\0", "K\u0002\u0085", "K\u0001\u0085"), 8);
    read(good);
    String many = "\u008a\u0007\0\0\0\0\0\0\u0004"; // 2^50
    refused(tensor("K\0", many + "\u0085", "K\u0001\u0085"), "with an axis of 1125899906842624");
    refused(tensor("K\0", "J\0\0\0\u0040\u0085", "K\0\u0085"), "needs more than data/0 holds");
    refused(tensor("K\u0001", "K\u0002\u0085", "K\u0001\u0085"), "needs more than data/0 holds");
    refused(tensor(many, "K\u0002\u0085", "K\u0001\u0085"), "needs more than data/0 holds");
    refused(tensor("J\u00ff\u00ff\u00ff\u00ff", "K\u0002\u0085", "K\u0001\u0085"), "needs more");
    refused(tensor("K\0", "K\u0002\u0085", "J\u00ff\u00ff\u00ff\u00ff\u0085"), "stride -1");
    refused(tensor("K\0", "K\u0002\u0085", ")"), "1 axes and 0 strides");
    refused(bytes("N."), "holds no dictionary of tensors");
    refused(bytes("}."), "holds no tensors");
  }

  @Test
  void otherFilesAreNamed() throws IOException {
    Path file = temp.resolve("pytorch_model.bin");
    Files.write(file, new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10, 108, (byte) 0xfc});
    assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("PyTorch before 1.6");
    Files.writeString(file, "hello");
    assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("is no zip file");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      out.putNextEntry(new ZipEntry("model/data.pkl"));
      out.write(new byte[100]);
    }
    assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("is compressed");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(file))) {
      stored(out, "other", new byte[3]);
    }
    assertThatThrownBy(() -> TorchFile.open(file)).hasMessageContaining("has no data.pkl");
  }

  @Test
  void everyTruncation() throws IOException {
    byte[] whole = Files.readAllBytes(zip(tensor("K\0", "K\u0002\u0085", "K\u0001\u0085"), 8));
    Path cut = temp.resolve("cut.bin");
    for (int length = 0; length < whole.length; length++) {
      Files.write(cut, Arrays.copyOf(whole, length));
      assertThat(Fuzz.harmless(() -> read(cut))).as("%s bytes", length).isFalse();
    }
  }
}
