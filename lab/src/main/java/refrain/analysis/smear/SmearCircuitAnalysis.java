package refrain.analysis.smear;

import java.util.List;
import java.util.stream.IntStream;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.SeriesQuantity;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Ablation;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.Losses;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.OffsetAttention;
import refrain.analysis.instrument.Patterns;
import refrain.analysis.instrument.WeightMemories;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.store.MetricsRow;
import refrain.train.Metrics;

/**
 * The circuit that forms when keys are smeared from two positions back (Argument 2): heads that
 * attend to what stands two after an earlier occurrence of their token, where the smeared key still
 * holds that token, and read there the token before, which a previous-token head put there.
 */
public final class SmearCircuitAnalysis extends Analysis {
  static final Declarations ALL =
      new Declarations("this project, after Olsson et al. 2022, Argument 2");

  private static final String FOUND =
      "heads found: prefix matching two after at least .2 and three times uniform attention's";
  private static final String EDGE =
      " contributions of previous-token heads (score at least .2, or the best) to the found heads"
          + " of"
          + " later layers replaced by those of another sequence: 1 - ICL score / intact ICL score";

  private static final Quantity PM =
      ALL.probability("smear2.pm", "prefix matching two after")
          .is(
              "best head's mean over positions i of the attention from i to all j + 2 with"
                  + " t[j] = t[i], j + 2 < i, t[j + 2] != t[i], on repeated random tokens");
  private static final Quantity PM_USUAL =
      ALL.probability("smear2.pm.usual", "prefix matching one after")
          .is("smear2.pm with j + 1 for j + 2: the usual prefix-matching score");
  private static final Quantity HEADS = ALL.pure("smear2.heads", "heads found").is(FOUND);
  private static final Quantity LAYER =
      ALL.pure("smear2.layer", "layer of the best head").is("layer of the head of smear2.pm");
  private static final Quantity OWN =
      ALL.pure("smear2.own", "weight of a key's own token")
          .is("logistic(alpha) of the best head: the rest comes from two back; 1 without smearing");
  private static final Quantity ABLATE =
      ALL.pure("smear2.ablate", "share of the ICL lost without the heads found")
          .is(
              "zero ablation of all of them with patterns preserved: 1 - ICL score / intact; "
                  + FOUND);
  private static final Quantity ABLATE_OTHER =
      ALL.pure("smear2.ablate.other", "share of the ICL lost without the other heads")
          .is("smear2.ablate of the heads that are neither found nor previous-token heads");
  private static final Quantity EDGE_K =
      ALL.pure("smear2.edge.k", "share of the ICL lost without the K edges").is("K" + EDGE);
  private static final Quantity EDGE_Q =
      ALL.pure("smear2.edge.q", "share of the ICL lost without the Q edges").is("Q" + EDGE);
  private static final Quantity EDGE_V =
      ALL.pure("smear2.edge.v", "share of the ICL lost without the V edges").is("V" + EDGE);
  private static final Quantity EDGE_V_OTHER =
      ALL.pure("smear2.edge.v.other", "share of the ICL lost without the V edges from other heads")
          .is("smear2.edge.v from the heads of earlier layers that are no previous-token heads");
  private static final Quantity MATCH =
      ALL.pure("smear2.match", "direct match memory")
          .is("share of tokens a with the largest W_E W_Q (W_E W_K)_b at b = a; best head found");
  private static final Quantity COPY_DIRECT =
      ALL.pure("smear2.copy.direct", "copy memory of the token attended to")
          .is("share of tokens a with the largest (W_E W_V W_O W_U)_ab at b = a; best head found");
  private static final Quantity COPY_THROUGH =
      ALL.pure("smear2.copy.through", "copy memory through a previous-token head")
          .is("smear2.copy.direct of W_E W_V^k W_O^k W_V W_O W_U, k the best previous-token head");

  private static final SeriesQuantity OFFSETS =
      ALL.series("smear2.offsets", "offsets of the profiles", "tokens")
          .is("places d seen from an earlier occurrence of the current token");
  private static final SeriesQuantity PROFILE =
      ALL.series("smear2.profile", "attention by offset, best head", "probability")
          .is("smear2.pm with j + d for j + 2, d the offset");
  private static final SeriesQuantity SCORES =
      ALL.series("smear2.scores", "prefix matching two after, all heads", "probability")
          .is("smear2.pm of each head, layer by layer");
  private static final Family<Integer, SeriesQuantity> PROFILE_OF_LAYER =
      ALL.series("smear2.profile", "attention by offset, best head of the layer", "probability")
          .ofEachLayer("smear2.profile of the layer's head with the highest smear2.scores");

  /** Where the heads look, seen from the earlier occurrence. */
  private static final int TWO_AFTER = 2;

  private static final int FROM = -3;
  private static final int TO = 6;

  public SmearCircuitAnalysis() {
    super(AnalysisKind.SMEAR_CIRCUIT, 6, ALL);
  }

  @Override
  public Findings of(Subject run) {
    ModelSpec spec = run.model();
    ModelState model = run.last();
    MetricsRow row = Circuit.thorough(run.metrics()).getLast();
    int examples = run.spec().probing().measures().repeatedSequences();
    OffsetAttention attention =
        new OffsetAttention(new Patterns(model, run.repeated(examples).batch()));
    Heads heads =
        Heads.of(spec, h -> attention.of(h, TWO_AFTER), row.value(Metrics.PREFIX_MATCHING_CHANCE));
    HeadId best = heads.first(heads::score);
    Findings found =
        new Findings()
            .put(PM, heads.score(best))
            .put(PM_USUAL, row.value("pm.best"))
            .put(LAYER, best.layer())
            .put(OWN, own(model.parameters(), best))
            .put(OFFSETS, IntStream.rangeClosed(FROM, TO).asDoubleStream().toArray())
            .put(PROFILE, attention.profile(best, FROM, TO))
            .put(SCORES, HeadId.all(spec).stream().mapToDouble(heads::score).toArray());
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      int l = layer;
      HeadId ofLayer = heads.first(h -> h.layer() == l ? heads.score(h) : Double.NEGATIVE_INFINITY);
      found.put(PROFILE_OF_LAYER.of(l), attention.profile(ofLayer, FROM, TO));
    }
    found.put(HEADS, heads.matching().size());
    if (!heads.formed()) {
      return found;
    }
    Circuit circuit = Circuit.of(heads, spec, row);
    return found.putAll(weights(model, circuit)).putAll(paths(circuit, run.losses(model)));
  }

  /** The weight of a key's own token after smearing. */
  private static double own(Parameters parameters, HeadId head) {
    ModelSpec spec = parameters.spec();
    if (!spec.smear().on(head.layer())) {
      return 1;
    }
    float[] alpha = parameters.get("blocks." + head.layer() + ".attn.alpha");
    return 1 / (1 + Math.exp(-alpha[head.head() / spec.group()]));
  }

  private static Findings weights(ModelState model, Circuit heads) {
    WeightMemories memories = new WeightMemories(model.parameters(), model.context());
    HeadId head = heads.matching().getFirst();
    Findings found =
        new Findings().put(MATCH, memories.matchDirect(head)).put(COPY_DIRECT, memories.copy(head));
    if (!heads.previous().isEmpty() && heads.previous().getFirst().layer() < head.layer()) {
      HeadId sender = heads.previous().getFirst();
      found.put(COPY_THROUGH, memories.copyThrough(sender, head));
    }
    return found;
  }

  private static Findings paths(Circuit heads, Losses losses) {
    ModelSpec spec = losses.model().spec();
    List<HeadId> from = heads.previous();
    List<HeadId> to = heads.matching();
    List<HeadId> rest = heads.others(spec).stream().filter(h -> !from.contains(h)).toList();
    Ablation zero = Ablation.PRESERVING_ZERO;
    return new Findings()
        .put(ABLATE, losses.iclLost(zero.of(to, spec)))
        .put(ABLATE_OTHER, rest.isEmpty() ? Double.NaN : losses.iclLost(zero.of(rest, spec)))
        .put(EDGE_K, Edges.lost(losses, from, to, Plan.Input.K, Edges.ANOTHER).share())
        .put(EDGE_Q, Edges.lost(losses, from, to, Plan.Input.Q, Edges.ANOTHER).share())
        .put(EDGE_V, Edges.lost(losses, from, to, Plan.Input.V, Edges.ANOTHER).share())
        .put(
            EDGE_V_OTHER,
            Edges.lost(losses, heads.notPrevious(spec), to, Plan.Input.V, Edges.ANOTHER).share());
  }
}
