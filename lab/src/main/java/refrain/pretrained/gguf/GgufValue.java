package refrain.pretrained.gguf;

import java.util.List;

/** What a metadata key holds. */
public sealed interface GgufValue {
  /** Any of the whole numbers and truth values; an unsigned one of 64 bits as its bits. */
  record Whole(long value) implements GgufValue {}

  /** A number of single or double precision. */
  record Real(double value) implements GgufValue {}

  /** A text; bytes that are no UTF-8 are U+FFFD. */
  record Text(String value) implements GgufValue {}

  /** A list of texts. */
  record Texts(List<String> values) implements GgufValue {
    public Texts {
      values = List.copyOf(values);
    }
  }

  /** A list of whole numbers and truth values. */
  record Wholes(long[] values) implements GgufValue {}

  /** A list of numbers of single or double precision. */
  record Reals(double[] values) implements GgufValue {}

  /** What kind it is, for errors. */
  default String kind() {
    return switch (this) {
      case Whole w -> "the number " + w.value;
      case Real r -> "the number " + r.value;
      case Text t -> "a text";
      case Texts t -> "a list of " + t.values.size() + " texts";
      case Wholes w -> "a list of " + w.values.length + " numbers";
      case Reals r -> "a list of " + r.values.length + " numbers";
    };
  }
}
