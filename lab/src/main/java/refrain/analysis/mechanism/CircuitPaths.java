package refrain.analysis.mechanism;

import java.util.List;
import refrain.analysis.Declarations;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Circuit;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.Losses;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.HeadId;
import refrain.model.Plan;

/** What a circuit's edges carry, and what ideal patterns in its heads keep of the loss. */
final class CircuitPaths {
  static final Declarations ALL =
      new Declarations("Goldowsky-Dill et al. 2023; Olsson et al. 2022, Argument 5");

  private static final String IDEAL = "Olsson et al. 2022, Argument 5; replications of it";
  private static final String JACKKNIFE = "jackknife over the sequences of the evaluation set";
  private static final String MATCHED =
      "K inputs of induction heads, contributions of the heads of earlier layers that are no"
          + " previous-token heads moved towards those of another sequence, at each position by as"
          + " much as mech.edge.k moves what is read there: 1 - ICL score / intact ICL score";
  private static final String EDGE =
      " inputs of induction heads, contributions of previous-token heads replaced by those of"
          + " another sequence: 1 - ICL score / intact ICL score";
  private static final Quantity EDGE_K_ERROR =
      ALL.pure("mech.edge.k.error", "standard error of mech.edge.k").is(JACKKNIFE);
  private static final Quantity EDGE_K =
      ALL.pure("mech.edge.k", "share of the ICL lost without the K edges")
          .error(EDGE_K_ERROR)
          .is("K" + EDGE);
  private static final Quantity EDGE_Q =
      ALL.pure("mech.edge.q", "share of the ICL lost without the Q edges").is("Q" + EDGE);
  private static final Quantity EDGE_V =
      ALL.pure("mech.edge.v", "share of the ICL lost without the V edges").is("V" + EDGE);
  private static final Quantity EDGE_QV =
      ALL.pure("mech.edge.qv", "share of the ICL lost without the Q or V edges")
          .is("the larger of mech.edge.q and mech.edge.v");
  private static final Quantity EDGE_K_OTHER =
      ALL.pure("mech.edge.k.other", "share of the ICL lost without the K edges from other heads")
          .is("mech.edge.k from the heads of earlier layers that are no previous-token heads");
  private static final Quantity EDGE_K_MATCHED_ERROR =
      ALL.pure("mech.edge.k.matched.error", "standard error of mech.edge.k.matched").is(JACKKNIFE);
  private static final Quantity EDGE_K_MATCHED =
      ALL.pure(
              "mech.edge.k.matched",
              "share of the ICL lost, as much changed by other heads' K edges")
          .error(EDGE_K_MATCHED_ERROR)
          .is(MATCHED, "this project");
  private static final Quantity EDGE_K_MEAN_MATCHED =
      ALL.pure(
              "mech.edge.k.mean.matched",
              "share of the ICL lost, as much changed by other heads' K edges at their mean")
          .is("as mech.edge.k.matched, with means: beside mech.edge.k.mean", "this project");
  private static final Quantity EDGE_K_ZERO_MATCHED =
      ALL.pure(
              "mech.edge.k.zero.matched",
              "share of the ICL lost, as much changed by other heads' K edges at 0")
          .is("as mech.edge.k.matched, with zeros: beside mech.edge.k.zero", "this project");
  private static final Quantity EDGE_K_MEAN =
      ALL.pure("mech.edge.k.mean", "share of the ICL lost, K edges at their mean")
          .is("mech.edge.k with the mean over sequences at each position in place of another's");
  private static final Quantity EDGE_K_ZERO =
      ALL.pure("mech.edge.k.zero", "share of the ICL lost, K edges at 0")
          .is("mech.edge.k with zeros instead of another sequence's contributions");

  private static final String RECOVERED =
      "(L ablated - L clamped) / (L ablated - L intact), ablated: the heads' outputs are their mean"
          + " over sequences at each position; ";
  private static final String BACK =
      RECOVERED + "clamped: previous-token heads attend to the previous token only";
  private static final String MATCH =
      RECOVERED
          + "clamped: induction heads attend to what followed earlier occurrences of the token,"
          + " where there are none to the first token";
  private static final String TWO = MATCH + "; where the token before matches too";
  private static final String ROWS = "; elsewhere they attend as they do";
  private static final Ideal PREVIOUS =
      new Ideal("mech.ideal.previous", "exact previous-token attention", BACK);
  private static final Ideal PREVIOUS_KEYS =
      new Ideal(
          "mech.ideal.previous.keys",
          "exact previous-token attention in keys",
          BACK + ", as the keys of induction heads read them; all else reads them intact");
  private static final Ideal INDUCTION =
      new Ideal("mech.ideal.induction", "exact induction", MATCH);
  private static final Ideal INDUCTION_ROWS =
      new Ideal("mech.ideal.induction.rows", "exact induction where it matches", MATCH + ROWS);
  private static final Ideal INDUCTION_TWO =
      new Ideal("mech.ideal.induction.two", "two-token induction", TWO);
  private static final Ideal INDUCTION_TWO_ROWS =
      new Ideal(
          "mech.ideal.induction.two.rows", "two-token induction, where it matches", TWO + ROWS);
  private static final Quantity PREVIOUS_CONTROL =
      ALL.pure("mech.ideal.previous.control", "loss recovered by wrong previous-token attention")
          .is(
              "mech.ideal.previous with attention two back, or to the first token: the larger",
              IDEAL);
  private static final Quantity INDUCTION_CONTROL =
      ALL.pure("mech.ideal.induction.control", "loss recovered by wrong induction attention")
          .is(
              "mech.ideal.induction with attention two back, or to the first token: the larger",
              IDEAL);

  private CircuitPaths() {}

  /** What is declared of one ideal pattern. */
  private record Ideal(Quantity error, Quantity all, Quantity matched, Quantity elsewhere) {
    Ideal(String key, String title, String formula) {
      this(ALL.pure(key + ".error", "standard error of " + key).is(JACKKNIFE), key, title, formula);
    }

    private Ideal(Quantity error, String key, String title, String formula) {
      this(
          error,
          ALL.pure(key, "loss recovered by " + title).error(error).is(formula, IDEAL),
          ALL.pure(
                  key + ".matched", "loss recovered where the context tells the answer by " + title)
              .is(
                  key + " over positions whose token occurred before with the same successor",
                  IDEAL),
          ALL.nats(key + ".elsewhere", "loss added elsewhere by " + title)
              .is("clamped minus intact loss at all other positions", IDEAL));
    }

    void put(IdealPatterns.Recovered recovered, Findings found) {
      found
          .put(error, recovered.error())
          .put(all, recovered.all())
          .put(matched, recovered.matched())
          .put(elsewhere, recovered.elsewhere());
    }
  }

  private static void put(
      Quantity cut, Quantity asMuch, Source source, Circuit heads, Losses losses, Findings found) {
    List<HeadId> from = heads.previous();
    List<HeadId> others = heads.notPrevious(losses.model().spec());
    List<HeadId> to = heads.matching();
    found
        .put(cut, Edges.lost(losses, from, to, Plan.Input.K, source).share())
        .put(asMuch, Edges.lostAsMuch(losses, from, others, to, Plan.Input.K, source).share());
  }

  /**
   * @param heads at least one that matches
   */
  static Findings of(Circuit heads, Losses losses) {
    List<HeadId> from = heads.previous();
    List<HeadId> to = heads.matching();
    List<HeadId> others = heads.notPrevious(losses.model().spec());
    Plan.Input keys = Plan.Input.K;
    Losses.Lost k = Edges.lost(losses, from, to, keys, Edges.ANOTHER);
    Losses.Lost asMuch = Edges.lostAsMuch(losses, from, others, to, keys, Edges.ANOTHER);
    double q = Edges.lost(losses, from, to, Plan.Input.Q, Edges.ANOTHER).share();
    double v = Edges.lost(losses, from, to, Plan.Input.V, Edges.ANOTHER).share();
    Findings found =
        new Findings()
            .put(EDGE_K, k.share())
            .put(EDGE_K_ERROR, k.error())
            .put(EDGE_Q, q)
            .put(EDGE_V, v)
            .put(EDGE_QV, Math.max(q, v))
            .put(EDGE_K_OTHER, Edges.lost(losses, others, to, keys, Edges.ANOTHER).share())
            .put(EDGE_K_MATCHED, asMuch.share())
            .put(EDGE_K_MATCHED_ERROR, asMuch.error());
    put(EDGE_K_MEAN, EDGE_K_MEAN_MATCHED, Source.MEAN, heads, losses, found);
    put(EDGE_K_ZERO, EDGE_K_ZERO_MATCHED, Source.ZERO, heads, losses, found);
    IdealPatterns previous = new IdealPatterns(losses, from);
    IdealPatterns induction = new IdealPatterns(losses, to);
    PREVIOUS.put(previous.by(Template.PREVIOUS_TOKEN), found);
    PREVIOUS_KEYS.put(previous.byKeys(to), found);
    INDUCTION.put(induction.by(Template.INDUCTION), found);
    INDUCTION_TWO.put(induction.by(Template.TWO_TOKEN_INDUCTION), found);
    INDUCTION_ROWS.put(induction.byRows(Template.INDUCTION), found);
    INDUCTION_TWO_ROWS.put(induction.byRows(Template.TWO_TOKEN_INDUCTION), found);
    return found.put(PREVIOUS_CONTROL, previous.wrong()).put(INDUCTION_CONTROL, induction.wrong());
  }
}
