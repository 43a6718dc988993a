package refrain.analysis.knockouts;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.data.Rng;
import refrain.model.HandBuilt;
import refrain.model.HandBuilt.Beside;
import refrain.model.HeadId;
import refrain.model.Parameters;
import refrain.model.ReferenceTransformer;
import refrain.probe.RepeatedLoss;
import refrain.probe.RepeatedSequences;
import refrain.probe.TokenPool;

/**
 * Which ways to knock a head out find the circuit of models whose weights were set by hand, so that
 * it is known which heads copying runs through. A head is found where its rise is a tenth of what
 * copying gives or more. The sequences differ from run to run, the models do not.
 */
final class KnownCircuits {
  static final Declarations ALL = new Declarations("this project");

  private static final int VOCAB = 24;
  private static final int CONTEXT = 24;
  private static final int SEQUENCES = 16;

  /** Of the nats that copying gives. */
  private static final double FOUND = 0.1;

  /** A hand-built model. */
  enum Made {
    PLAIN("plain", Beside.NOTHING, 6, 3, 1),
    SHARP("saturated", Beside.NOTHING, 8, 8, 1),
    SECOND("redundant head", Beside.SECOND, 8, 8, 2),
    DECOY("decoy", Beside.DECOY, 6, 3, 1),
    CONSTANT("constant head", Beside.CONSTANT, 6, 3, 1);

    private final String words;
    private final Beside beside;
    private final double sharpness;
    private final double logit;
    private final int copyists;

    Made(String words, Beside beside, double sharpness, double logit, int copyists) {
      this.words = words;
      this.beside = beside;
      this.sharpness = sharpness;
      this.logit = logit;
      this.copyists = copyists;
    }

    /** The heads that copying runs through. */
    List<HeadId> circuit() {
      List<HeadId> heads = new ArrayList<>(List.of(new HeadId(0, 0)));
      for (int head = 0; head < copyists; head++) {
        heads.add(new HeadId(1, head));
      }
      return heads;
    }

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Family<Made, Family<KnockOut, Quantity>> RIGHT =
      Family.of(
          List.of(Made.values()),
          made ->
              ALL.pure("knock.known." + made.key(), "known circuit found, " + made.words)
                  .ofEach(
                      KnockOut.ALL,
                      "mean of the share of the circuit's heads whose rise of the loss on repeated"
                          + " tokens is at least a tenth of ln V - that loss, and of the share of"
                          + " other heads whose rise is not; hand-built model, "
                          + made.words
                          + "; 1: agrees with the truth, .5: says nothing"));
  private static final Family<KnockOut, Quantity> LEAST =
      ALL.pure("knock.known.least", "known circuits found, the worst")
          .ofEach(KnockOut.ALL, "the least of knock.known over the hand-built models");

  private KnownCircuits() {}

  /**
   * @param seed of the sequences
   */
  static Findings of(long seed) {
    Findings out = new Findings();
    double[] least = new double[KnockOut.values().length];
    Arrays.fill(least, 1);
    for (Made made : Made.values()) {
      Rises rises = rises(made, seed);
      for (KnockOut way : KnockOut.values()) {
        double right = right(made, rises, way);
        least[way.ordinal()] = Math.min(least[way.ordinal()], right);
        out.put(RIGHT.of(made).of(way), right);
      }
    }
    for (KnockOut way : KnockOut.values()) {
      out.put(LEAST.of(way), least[way.ordinal()]);
    }
    return out;
  }

  static Rises rises(Made made, long seed) {
    Parameters parameters =
        HandBuilt.circuit(made.beside, VOCAB, CONTEXT, made.sharpness, made.logit);
    ModelState model = ModelState.of(new ReferenceTransformer(parameters.spec()), parameters);
    RepeatedSequences repeated =
        RepeatedSequences.draw(TokenPool.all(VOCAB), Rng.of(seed).nextLong(), SEQUENCES, CONTEXT);
    Batch batch = repeated.batch();
    return new Rises(model, batch, losses -> RepeatedLoss.means(losses, repeated).again());
  }

  static double right(Made made, Rises rises, KnockOut way) {
    double bar = FOUND * (Math.log(VOCAB) - rises.intact());
    List<HeadId> all = rises.heads();
    List<HeadId> circuit = made.circuit();
    double found = 0;
    double left = 0;
    for (HeadId head : all) {
      boolean high = rises.of(way, head) >= bar;
      found += circuit.contains(head) && high ? 1 : 0;
      left += !circuit.contains(head) && !high ? 1 : 0;
    }
    return (found / circuit.size() + left / (all.size() - circuit.size())) / 2;
  }
}
