package refrain.pretrained;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import refrain.base.Digests;
import refrain.base.RefrainException;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.pretrained.token.ModelTokenizer;

/**
 * Looks models on disk through, one after the other: what cannot be opened, what is not a number,
 * which are the same, how far apart those of one shape are. A parameter is in memory at a time.
 */
public final class Audit {
  private Audit() {}

  /**
   * One model.
   *
   * @param place as it was named
   * @param format and what its weights are kept as; "" where it cannot be opened
   * @param sha256 of its parameters as float32 in our order, 64 hexadecimal digits, so the same
   *     weights in files of two kinds have the same; "" where they cannot be read
   * @param nan elements that are no number
   * @param infinite elements that are infinite
   * @param against the first model before it of the same shape; null: there is none
   * @param difference from that one: the norm of the difference over the norm of its weights, of
   *     all parameters together; NaN without one
   * @param worst the parameter that differs most by that measure; ""
   * @param worstDifference of it
   * @param faults what is wrong, a sentence each
   * @param notes what is worth knowing
   */
  public record Row(
      String place,
      String format,
      String sha256,
      long nan,
      long infinite,
      @Nullable String against,
      double difference,
      String worst,
      double worstDifference,
      List<String> faults,
      List<String> notes) {
    public Row {
      faults = List.copyOf(faults);
      notes = List.copyOf(notes);
    }
  }

  /** All of them, in the order given. */
  public static List<Row> of(List<Path> places) {
    Map<String, ModelOnDisk> firsts = new HashMap<>(); // of each shape, open until the end
    try {
      return same(rows(places, firsts));
    } finally {
      firsts.values().forEach(ModelOnDisk::close);
    }
  }

  private static List<Row> rows(List<Path> places, Map<String, ModelOnDisk> firsts) {
    List<Row> rows = new ArrayList<>();
    for (Path place : places) {
      ModelOnDisk model = null;
      try {
        model = ModelOnDisk.open(place);
        String shape = shape(model.spec());
        rows.add(row(place, model, firsts.get(shape)));
        firsts.putIfAbsent(shape, model);
      } catch (RefrainException e) {
        String message = String.valueOf(e.getMessage());
        rows.add(
            new Row(
                place.toString(),
                "",
                "",
                0,
                0,
                null,
                Double.NaN,
                "",
                Double.NaN,
                List.of(message),
                List.of()));
      } finally {
        if (model != null && !firsts.containsValue(model)) {
          model.close();
        }
      }
    }
    return rows;
  }

  /** What two models that can be compared have in common. */
  private static String shape(ModelSpec spec) {
    StringBuilder shape = new StringBuilder().append(spec.nLayers());
    for (Parameter p : Mapping.oneBlock(spec).all()) {
      shape.append(' ').append(p.name()).append(Arrays.toString(p.shape()));
    }
    return shape.toString();
  }

  private static Row row(Path place, ModelOnDisk model, @Nullable ModelOnDisk other) {
    Looking looking = new Looking();
    ModelSpec spec = model.spec();
    for (Parameter p : Mapping.oneBlock(spec).all()) {
      for (int l = 0; l < (p.layer() < 0 ? 1 : spec.nLayers()); l++) {
        String name = p.name().replace("blocks.0.", "blocks." + l + ".");
        looking.at(name, read(model, p, name), other == null ? null : read(other, p, name));
      }
    }
    List<String> faults = new ArrayList<>();
    if (looking.nan + looking.infinite > 0) {
      faults.add(
          "%s elements are no number and %s infinite, the first in %s"
              .formatted(looking.nan, looking.infinite, looking.firstBad));
    }
    List<String> notes = new ArrayList<>(model.found().notes());
    tokenizer(model, faults, notes);
    if (!model.found().unused().isEmpty()) {
      notes.add("%s tensors are not read".formatted(model.found().unused().size()));
    }
    return new Row(
        place.toString(),
        model.found().format() + " " + String.join(" ", model.found().types().keySet()),
        HexFormat.of().formatHex(looking.hash.digest()),
        looking.nan,
        looking.infinite,
        other == null ? null : other.found().place().toString(),
        other == null ? Double.NaN : Math.sqrt(looking.apart / looking.size),
        looking.worst,
        looking.worstDifference,
        faults,
        notes);
  }

  private static float[] read(ModelOnDisk model, Parameter p, String name) {
    float[] values = new float[p.size()];
    int rows = p.rows();
    model.columns(name, rows, 0, p.size() / rows, values, 0);
    return values;
  }

  private static void tokenizer(ModelOnDisk model, List<String> faults, List<String> notes) {
    try {
      Optional<ModelTokenizer> tokenizer = model.tokenizer();
      int tokens = model.spec().dVocab();
      if (tokenizer.isEmpty()) {
        notes.add("no tokenizer is beside it");
      } else if (tokenizer.get().vocab() > tokens) {
        faults.add(
            "the tokenizer has %s tokens, the embedding %s rows"
                .formatted(tokenizer.get().vocab(), tokens));
      } else if (tokenizer.get().vocab() < tokens) {
        notes.add(
            "the embedding has %s rows more than the tokenizer tokens"
                .formatted(tokens - tokenizer.get().vocab()));
      }
    } catch (RefrainException e) {
      faults.add(String.valueOf(e.getMessage()));
    }
  }

  /** Says of each which before it has the same weights. */
  private static List<Row> same(List<Row> rows) {
    List<Row> all = new ArrayList<>();
    for (Row row : rows) {
      List<String> faults = new ArrayList<>(row.faults);
      all.stream()
          .filter(before -> !row.sha256.isEmpty() && before.sha256.equals(row.sha256))
          .findFirst()
          .ifPresent(before -> faults.add("has the weights of " + before.place));
      all.add(
          new Row(
              row.place,
              row.format,
              row.sha256,
              row.nan,
              row.infinite,
              row.against,
              row.difference,
              row.worst,
              row.worstDifference,
              faults,
              row.notes));
    }
    return all;
  }

  /** Sums over the parameters of one model. */
  private static final class Looking {
    private static final int AT_ONCE = 1 << 16;

    private final MessageDigest hash = Digests.sha256();
    private final ByteBuffer bytes =
        ByteBuffer.allocate(AT_ONCE * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long nan;
    private long infinite;
    private String firstBad = "";
    private double apart;
    private double size;
    private String worst = "";
    private double worstDifference = Double.NaN;

    void at(String name, float[] values, float @Nullable [] other) {
      double apartHere = 0;
      double sizeHere = 0;
      for (int i = 0; i < values.length; i++) {
        float v = values[i];
        nan += Float.isNaN(v) ? 1 : 0;
        infinite += Float.isInfinite(v) ? 1 : 0;
        if (!Float.isFinite(v) && firstBad.isEmpty()) {
          firstBad = name;
        }
        if (other != null) {
          double d = v - (double) other[i];
          apartHere += d * d;
          sizeHere += (double) other[i] * other[i];
        }
      }
      for (int from = 0; from < values.length; from += AT_ONCE) {
        int n = Math.min(AT_ONCE, values.length - from);
        bytes.clear().asFloatBuffer().put(values, from, n);
        hash.update(bytes.array(), 0, n * Float.BYTES);
      }
      apart += apartHere;
      size += sizeHere;
      double own = Math.sqrt(apartHere / sizeHere);
      if (sizeHere > 0 && !(own <= worstDifference)) {
        worst = name;
        worstDifference = own;
      }
    }
  }
}
