package refrain.pretrained;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.model.Decoder;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.TokenReader;
import refrain.model.WeightSource;
import refrain.pretrained.token.ModelTokenizer;

/**
 * A pretrained model on disk, open: what it is, its weights under our names, and its tokenizer.
 * Opening reads heads only; a weight is read, and dequantised, when it is asked for, so that a
 * model may be gone through layer by layer in less memory than it has. Weights may be read by
 * several threads.
 */
public final class ModelOnDisk implements WeightSource, AutoCloseable {
  private final Found found;
  private final ModelSpec spec;
  private final Mapping mapping;
  private final Supplier<Optional<ModelTokenizer>> reader;
  private final OptionalInt start;
  private @Nullable Optional<ModelTokenizer> tokenizer;

  ModelOnDisk(
      Found found,
      ModelSpec spec,
      Mapping mapping,
      Supplier<Optional<ModelTokenizer>> reader,
      OptionalInt start) {
    this.found = found;
    this.spec = spec;
    this.mapping = mapping;
    this.reader = reader;
    this.start = start;
  }

  /** Whether a model can be looked for there: cheap, and no promise that it can be opened. */
  public static boolean isModel(Path place) {
    return ModelPlace.isModel(place);
  }

  /**
   * What people call a model that lies there: its file's name without an ending that says the
   * format, a folder's, or of Hugging Face's cache the two parts of it.
   */
  public static String name(Path place) {
    String name = place.toAbsolutePath().normalize().getFileName().toString();
    return name.startsWith("models--")
        ? name.substring("models--".length()).replace("--", "/")
        : name.replaceFirst("\\.(?i:gguf|safetensors|bin|pth)$", "");
  }

  /**
   * Opens a folder of Hugging Face's, with or without its cache around it, a GGUF file by whatever
   * name, a folder of TransformerLens' older kind, or a run of ours at its last checkpoint.
   *
   * @throws RefrainException of kind BAD_INPUT or BAD_FILE that names what is missing, damaged or
   *     not done here
   */
  public static ModelOnDisk open(Path place) {
    return ModelPlace.open(place);
  }

  public Found found() {
    return found;
  }

  @Override
  public ModelSpec spec() {
    return spec;
  }

  /**
   * The same model for texts of so many tokens at most: tables of positions are no longer than
   * that. It shares the open files.
   */
  public ModelOnDisk within(int context) {
    return context >= spec.nCtx()
        ? this
        : new ModelOnDisk(found, spec.with(m -> m.nCtx = context), mapping, this::tokenizer, start);
  }

  /** The tokenizer, read when it is first asked for; empty: none is beside the weights. */
  public synchronized Optional<ModelTokenizer> tokenizer() {
    Optional<ModelTokenizer> known = tokenizer;
    if (known == null) {
      known = reader.get();
      tokenizer = known;
    }
    return known;
  }

  /**
   * The tokenizer, where there is no doing without one.
   *
   * @throws RefrainException of kind BAD_INPUT when none is beside the weights
   */
  public ModelTokenizer requireTokenizer() {
    return tokenizer()
        .orElseThrow(() ->
            RefrainException.badInput(
                "%s: has no tokenizer; put the tokenizer.json of the model beside its weights",
                found.place()));
  }

  /**
   * The token that texts begin with, or that separates them where nothing begins one; empty: the
   * model names none.
   */
  public OptionalInt start() {
    if (start.isPresent()) {
      return start;
    }
    Optional<ModelTokenizer> known = tokenizer();
    if (known.isEmpty()) {
      return OptionalInt.empty();
    }
    OptionalInt begins = known.get().ends().start();
    return begins.isPresent() ? begins : known.get().separator();
  }

  @Override
  public void columns(String name, int rows, int first, int count, float[] to, int at) {
    mapping.columns(name, rows, first, count, to, at);
  }

  @Override
  public boolean byRows(String name) {
    return mapping.byRows(name);
  }

  @Override
  public void rows(String name, int columns, int first, int count, float[] to, int at) {
    mapping.rows(name, columns, first, count, to, at);
  }

  @Override
  public void embeddings(int from, int count, float[] to, int at) {
    mapping.tableRows("embed.W_E", from, count, to, at);
  }

  /** How many weights it has; of a large model more than one arena holds. */
  public long weights() {
    return Mapping.oneBlock(spec).all().stream()
        .mapToLong(p -> (long) p.size() * (p.layer() < 0 ? 1 : spec.nLayers()))
        .sum();
  }

  /**
   * All weights in one arena, for a model that fits one.
   *
   * @throws RefrainException of kind BAD_INPUT when it does not
   */
  public Parameters parameters() {
    Parameters parameters = Parameters.zeros(spec);
    for (Parameter p : parameters.layout().all()) {
      read(p, p.name(), parameters.arena());
    }
    return parameters;
  }

  /** Reads token by token, with all weights in memory. */
  public TokenReader tokenReader() {
    return new Decoder(parameters());
  }

  @Override
  public void close() {
    mapping.tensors().close();
  }
}
