package refrain.model;

import static refrain.base.RefrainException.require;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Consumer;
import refrain.base.Default;

/**
 * Everything that fixes the shape and the arithmetic of a decoder-only transformer.
 *
 * @param nLayers blocks
 * @param dModel width of the residual stream
 * @param nHeads query heads per layer
 * @param nKvHeads key and value heads per layer; divides nHeads (grouped-query attention where it
 *     is less)
 * @param dHead width of a head; scores are divided by its square root
 * @param dMlp width of the MLP's hidden layer; 0: attention-only
 * @param activation the MLP's non-linearity
 * @param nCtx the longest context, tokens
 * @param dVocab tokens in the vocabulary
 * @param norm what normalises the input of each sub-layer (pre-norm)
 * @param normEps added to the variance (or mean square)
 * @param finalNorm whether the same norm stands before the unembedding; ignored with Norm.NONE
 * @param positions how order is known
 * @param smear smeared keys
 * @param tied whether W_U is the transpose of W_E
 * @param biases which linear maps have a bias
 * @param parallelResidual whether attention and MLP both read the block's input (GPT-NeoX): x +
 *     attn(ln1(x)) + mlp(ln2(x))
 * @param init how the weights start
 * @param windows how many positions a query sees, its own included, 0: all that are not later; the
 *     list is gone through again and again over the layers (GPT-Neo's alternate), empty: all
 */
public record ModelSpec(
    int nLayers,
    int dModel,
    int nHeads,
    int nKvHeads,
    int dHead,
    int dMlp,
    Activation activation,
    int nCtx,
    int dVocab,
    Norm norm,
    double normEps,
    boolean finalNorm,
    Positions positions,
    Smear smear,
    boolean tied,
    Biases biases,
    boolean parallelResidual,
    Init init,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) @Default("[]") List<Integer> windows) {

  public ModelSpec {
    windows = List.copyOf(windows);
    positive("nLayers", nLayers);
    positive("dModel", dModel);
    positive("nHeads", nHeads);
    positive("nKvHeads", nKvHeads);
    positive("dHead", dHead);
    positive("nCtx", nCtx);
    positive("dVocab", dVocab);
    good(dMlp >= 0, "dMlp", dMlp, "0 (attention-only) or more");
    good(nHeads % nKvHeads == 0, "nKvHeads", nKvHeads, "a divisor of nHeads = " + nHeads);
    good(normEps > 0, "normEps", normEps, "more than 0");
    boolean single = (float) normEps >= Float.MIN_NORMAL && Float.isFinite((float) normEps);
    good(single, "normEps", normEps, "from 1.2E-38 to 3.4E38: the engine computes in float32");
    if (positions instanceof Positions.Rotary(double base, int dims, List<Double> divisors)) {
      int turning = dims == 0 ? dHead : dims;
      boolean fits = turning % 2 == 0 && turning >= 0 && turning <= dHead;
      good(fits, "positions.dims", turning, "even and at most dHead = " + dHead);
      good(base > 1, "positions.base", base, "more than 1");
      good(Double.isFinite(base), "positions.base", base, "a finite number");
      good(
          divisors.isEmpty() || divisors.size() == turning / 2,
          "positions.divisors",
          divisors.size() + " numbers",
          "none or one for each of the " + turning / 2 + " pairs of features");
    }
    for (int window : windows) {
      good(window >= 0, "windows", window, "0 (all positions) or more");
    }
    for (int layer : smear.layers()) {
      good(layer >= 0 && layer < nLayers, "smear.layers", layer, "in 0.." + (nLayers - 1));
    }
  }

  private static void positive(String field, int value) {
    good(value >= 1, field, value, "1 or more");
  }

  private static void good(boolean good, String field, Object found, String expected) {
    require(good, "model: %s is %s, expected %s", field, found, expected);
  }

  /**
   * The paper's small attention-only model at laptop scale: layer norm, shortformer positions,
   * untied, no biases; d_head = dModel / nHeads.
   */
  public static ModelSpec attentionOnly(int nLayers, int dModel, int nHeads, int nCtx, int dVocab) {
    return new ModelSpec(
        nLayers,
        dModel,
        nHeads,
        nHeads,
        Math.max(1, dModel / Math.max(1, nHeads)),
        0,
        Activation.GELU,
        nCtx,
        dVocab,
        Norm.LAYER,
        1e-5,
        true,
        new Positions.Shortformer(0.3),
        Smear.NONE,
        false,
        Biases.NONE,
        false,
        Init.DEFAULT,
        List.of());
  }

  /** Queries that share one key head. */
  public int group() {
    return nHeads / nKvHeads;
  }

  /** How many positions a query of this layer sees, its own included; 0: all that are not later. */
  public int window(int layer) {
    return windows.isEmpty() ? 0 : windows.get(layer % windows.size());
  }

  /** Whether a query of this layer sees a key so far before it. */
  public boolean sees(int layer, int distance) {
    return distance >= 0 && (window(layer) == 0 || distance < window(layer));
  }

  public boolean hasMlp() {
    return dMlp > 0;
  }

  public boolean hasFinalNorm() {
    return finalNorm && norm != Norm.NONE;
  }

  /** Features of a head that turn under rotary positions; 0 under any other scheme. */
  public int rotaryDims() {
    return positions instanceof Positions.Rotary(double base, int dims, List<Double> divisors)
        ? (dims == 0 ? dHead : dims)
        : 0;
  }

  /**
   * This model with other values: {@code spec.with(m -> m.nLayers = 3, m -> m.norm = Norm.RMS)}.
   * Checked once, after all edits.
   */
  @SafeVarargs
  public final ModelSpec with(Consumer<Builder>... edits) {
    Builder builder = new Builder(this);
    for (Consumer<Builder> edit : edits) {
      edit.accept(builder);
    }
    return builder.build();
  }

  /** A specification's components, to be changed; {@link ModelSpec} documents and checks them. */
  public static final class Builder {
    public int nLayers;
    public int dModel;
    public int nHeads;
    public int nKvHeads;
    public int dHead;
    public int dMlp;
    public Activation activation;
    public int nCtx;
    public int dVocab;
    public Norm norm;
    public double normEps;
    public boolean finalNorm;
    public Positions positions;
    public Smear smear;
    public boolean tied;
    public Biases biases;
    public boolean parallelResidual;
    public Init init;
    public List<Integer> windows;

    private Builder(ModelSpec from) {
      nLayers = from.nLayers;
      dModel = from.dModel;
      nHeads = from.nHeads;
      nKvHeads = from.nKvHeads;
      dHead = from.dHead;
      dMlp = from.dMlp;
      activation = from.activation;
      nCtx = from.nCtx;
      dVocab = from.dVocab;
      norm = from.norm;
      normEps = from.normEps;
      finalNorm = from.finalNorm;
      positions = from.positions;
      smear = from.smear;
      tied = from.tied;
      biases = from.biases;
      parallelResidual = from.parallelResidual;
      init = from.init;
      windows = from.windows;
    }

    private ModelSpec build() {
      return new ModelSpec(
          nLayers,
          dModel,
          nHeads,
          nKvHeads,
          dHead,
          dMlp,
          activation,
          nCtx,
          dVocab,
          norm,
          normEps,
          finalNorm,
          positions,
          smear,
          tied,
          biases,
          parallelResidual,
          init,
          windows);
    }
  }
}
