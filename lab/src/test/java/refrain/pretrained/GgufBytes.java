package refrain.pretrained;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Makes GGUF files by hand, right ones and wrong ones. */
public final class GgufBytes {
  private final ByteArrayOutputStream keys = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int keyCount;
  private int tensorCount;

  /** A number of so many bytes, little-endian. */
  public static byte[] number(long value, int bytes) {
    return Arrays.copyOf(
        ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array(), bytes);
  }

  private static byte[] text(String text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(text.getBytes(UTF_8).length, 8));
    out.writeBytes(text.getBytes(UTF_8));
    return out.toByteArray();
  }

  /** A key with the bytes of its value. */
  public GgufBytes key(String name, int type, byte[] value) {
    keys.writeBytes(text(name));
    keys.writeBytes(number(type, 4));
    keys.writeBytes(value);
    keyCount++;
    return this;
  }

  public GgufBytes key(String name, String value) {
    return key(name, 8, text(value));
  }

  public GgufBytes key(String name, int value) {
    return key(name, 4, number(value, 4));
  }

  public GgufBytes key(String name, float value) {
    return key(name, 6, number(Float.floatToIntBits(value) & 0xffff_ffffL, 4));
  }

  public GgufBytes texts(String name, String... values) {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    list.writeBytes(number(8, 4));
    list.writeBytes(number(values.length, 8));
    for (String value : values) {
      list.writeBytes(text(value));
    }
    return key(name, 9, list.toByteArray());
  }

  /** A tensor's entry alone. */
  public GgufBytes entry(String name, int type, long offset, long... sizes) {
    tensors.writeBytes(text(name));
    tensors.writeBytes(number(sizes.length, 4));
    for (long size : sizes) {
      tensors.writeBytes(number(size, 8));
    }
    tensors.writeBytes(number(type, 4));
    tensors.writeBytes(number(offset, 8));
    tensorCount++;
    return this;
  }

  /** A tensor of float32 with its data; sizes as files have them, the fastest first. */
  public GgufBytes tensor(String name, long... sizes) {
    int elements = 1;
    for (long size : sizes) {
      elements *= (int) size;
    }
    entry(name, 0, data.size(), sizes);
    for (int i = 0; i < elements; i++) {
      data.writeBytes(number(Float.floatToIntBits(.1f * (i % 7) - .2f) & 0xffff_ffffL, 4));
    }
    while (data.size() % 32 != 0) {
      data.write(0);
    }
    return this;
  }

  public byte[] bytes() {
    return bytes(0x46554747, 3, tensorCount, keyCount);
  }

  /** With a head that says something else. */
  public byte[] bytes(int magic, int version, long tensorsSaid, long keysSaid) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(number(magic, 4));
    out.writeBytes(number(version, 4));
    out.writeBytes(number(tensorsSaid, 8));
    out.writeBytes(number(keysSaid, 8));
    out.writeBytes(keys.toByteArray());
    out.writeBytes(tensors.toByteArray());
    while (out.size() % 32 != 0) {
      out.write(0);
    }
    out.writeBytes(data.toByteArray());
    return out.toByteArray();
  }

  /** A whole Llama of one layer, d_model 4, 2 heads of 2 and one of keys, 5 tokens. */
  public static GgufBytes llama() {
    return llama(Map.of());
  }

  /** The same with some keys said otherwise. */
  public static GgufBytes llama(Map<String, Integer> otherwise) {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    sizes.put("block_count", 1);
    sizes.put("embedding_length", 4);
    sizes.put("attention.head_count", 2);
    sizes.put("attention.head_count_kv", 1);
    sizes.put("feed_forward_length", 6);
    sizes.put("context_length", 16);
    sizes.putAll(otherwise);
    GgufBytes file = new GgufBytes().key("general.architecture", "llama");
    sizes.forEach((name, value) -> file.key("llama." + name, value));
    return file.key("llama.attention.layer_norm_rms_epsilon", 1e-5f)
        .key("tokenizer.ggml.model", "gpt2")
        .key("tokenizer.ggml.pre", "smollm")
        .texts("tokenizer.ggml.tokens", "a", "b", "c", "ab", "abc")
        .texts("tokenizer.ggml.merges", "a b", "ab c")
        .tensor("token_embd.weight", 4, 5)
        .tensor("blk.0.attn_norm.weight", 4)
        .tensor("blk.0.attn_q.weight", 4, 4)
        .tensor("blk.0.attn_k.weight", 4, 2)
        .tensor("blk.0.attn_v.weight", 4, 2)
        .tensor("blk.0.attn_output.weight", 4, 4)
        .tensor("blk.0.ffn_norm.weight", 4)
        .tensor("blk.0.ffn_gate.weight", 4, 6)
        .tensor("blk.0.ffn_up.weight", 4, 6)
        .tensor("blk.0.ffn_down.weight", 6, 4)
        .tensor("output_norm.weight", 4);
  }
}
