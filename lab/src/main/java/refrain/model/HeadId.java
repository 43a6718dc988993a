package refrain.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.Names;
import refrain.base.RefrainException;

/**
 * A query head; both numbers count from 0. People read L1H4, files keep 1.4, and both spellings are
 * read wherever a head is asked for.
 *
 * @param layer the block
 * @param head the head in it
 */
public record HeadId(int layer, int head) {
  private static final Pattern DOTTED = Pattern.compile("(\\d{1,6})\\.(\\d{1,6})");
  private static final Pattern LETTERED = Pattern.compile("[Ll](\\d{1,6})[Hh](\\d{1,6})");

  /** The head of that name; anything else is an error that says how heads are written. */
  @JsonCreator
  public static HeadId parse(String text) {
    HeadId id = tryParse(text);
    if (id == null) {
      throw RefrainException.badInput(
          "no head '" + text + "'; a head is written as its layer and head, such as L1H4 or 1.4");
    }
    return id;
  }

  public static @Nullable HeadId tryParse(String text) {
    for (Pattern pattern : List.of(DOTTED, LETTERED)) {
      Matcher m = pattern.matcher(text);
      if (m.matches()) {
        return new HeadId(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
      }
    }
    return null;
  }

  /** The head at this place in {@link #all}, in a model of so many heads a layer. */
  public static HeadId ofIndex(int index, int nHeads) {
    return new HeadId(index / nHeads, index % nHeads);
  }

  /** This head's place in {@link #all}, in a model of so many heads a layer. */
  public int index(int nHeads) {
    return layer * nHeads + head;
  }

  /** 104 for L1H4: a head as one number of an analysis, whatever the model's shape. */
  public int number() {
    return 100 * layer + head;
  }

  /** All heads of a model, layer by layer. */
  public static List<HeadId> all(ModelSpec spec) {
    List<HeadId> heads = new ArrayList<>();
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      for (int head = 0; head < spec.nHeads(); head++) {
        heads.add(new HeadId(layer, head));
      }
    }
    return heads;
  }

  /** Fails, listing the valid heads, where the model has no such head. */
  public void check(ModelSpec spec) {
    if (layer < 0 || layer >= spec.nLayers() || head < 0 || head >= spec.nHeads()) {
      throw RefrainException.badInput(
          "no head " + this + " in this model; it has " + Names.list(all(spec)));
    }
  }

  /** As files write it: 1.4. */
  @JsonValue
  public String inFiles() {
    return layer + "." + head;
  }

  /** As people read it, and as metrics are named: L1H4. */
  @Override
  public String toString() {
    return "L" + layer + "H" + head;
  }
}
