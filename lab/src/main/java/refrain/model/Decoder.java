package refrain.model;

import org.jspecify.annotations.Nullable;

/**
 * Reads a sequence token by token and gives the logits of what comes next. Keys and values of
 * earlier positions are kept, so a token costs one position's arithmetic and one row of attention.
 * It computes what {@link ReferenceTransformer} does, in float; there are no plans or observers.
 *
 * <p>Not thread-safe. The parameters must not change while it reads.
 */
public final class Decoder implements TokenReader {
  private final ModelSpec spec;
  private final DecoderWeights weights;
  private final DecoderBlock[] blocks;
  private int position;

  public Decoder(Parameters parameters) {
    this.spec = parameters.spec();
    this.weights = new DecoderWeights(parameters);
    this.blocks = new DecoderBlock[spec.nLayers()];
    for (int l = 0; l < blocks.length; l++) {
      blocks[l] = new DecoderBlock(weights, l);
    }
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public void reset() {
    position = 0;
  }

  @Override
  public float[] read(int token) {
    TokenReader.check(spec, position, token);
    float[] x = weights.row("embed.W_E", token);
    float[] positions = positions(position);
    boolean inStream = !(spec.positions() instanceof Positions.Shortformer);
    if (positions != null && inStream) {
      DecoderWeights.add(x, positions);
    }
    for (DecoderBlock block : blocks) {
      block.read(x, inStream ? null : positions, position);
    }
    position++;
    float[] y = spec.hasFinalNorm() ? weights.norm("ln_final", x) : x;
    return spec.tied()
        ? weights.transposed("embed.W_E", y)
        : weights.linear("unembed.W_U", null, y);
  }

  private float @Nullable [] positions(int t) {
    return switch (spec.positions()) {
      case Positions.Shortformer s -> weights.row("pos_embed.W_pos", t);
      case Positions.Learned l -> weights.row("pos_embed.W_pos", t);
      case Positions.Sinusoidal s -> {
        float[] p = new float[spec.dModel()];
        for (int i = 0; i < p.length; i++) {
          p[i] = (float) Positions.Sinusoidal.at(t, i, p.length);
        }
        yield p;
      }
      case Positions.Rotary r -> null;
      case Positions.Alibi a -> null;
      case Positions.None n -> null;
    };
  }
}
