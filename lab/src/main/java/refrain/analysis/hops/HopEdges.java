package refrain.analysis.hops;

import java.util.List;
import java.util.Locale;
import refrain.analysis.Declarations;
import refrain.analysis.Family;
import refrain.analysis.Findings;
import refrain.analysis.Quantity;
import refrain.analysis.instrument.Edges;
import refrain.analysis.instrument.MatchedEdges;
import refrain.analysis.instrument.ModelState;
import refrain.data.Batch;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Plan;

/**
 * Which input of later heads what earlier matching heads found goes into: the edges from all heads
 * of layers 1 and on to one input of all heads behind them, cut, beside a change of the same inputs
 * by as much along what heads of layer 0 write.
 */
final class HopEdges {
  static final Declarations ALL = new Declarations("this project; Goldowsky-Dill et al. 2023");

  private static final String CUT =
      "rise of the loss on answers at places where tokens at all hops differ, nats, when the edges from"
          + " heads of layers 1 and on to this input of all later heads have another sequence's"
          + " values; NaN: fewer than three layers";
  private static final Family<Plan.Input, Quantity> EDGE =
      Family.of(
          List.of(Plan.Input.values()),
          input ->
              ALL.nats(
                      "hop.edge." + key(input),
                      "answers lost without what was matched, through " + input)
                  .is(CUT));
  private static final Family<Plan.Input, Quantity> AS_MUCH =
      Family.of(
          List.of(Plan.Input.values()),
          input ->
              ALL.nats(
                      "hop.edge." + key(input) + ".matched",
                      "answers lost by as large a change, through " + input)
                  .is(
                      "the same, the inputs changed at each position by as much along what heads of"
                          + " layer 0 write"));

  private static final Quantity MOST =
      ALL.nats(
              "hop.edge.most",
              "answers lost without what was matched, through the input that passes it")
          .is(
              "the larger of hop.edge minus hop.edge.matched of Q and of V: models differ in which"
                  + " of them passes it");
  private static final Quantity OTHER =
      ALL.nats("hop.edge.other", "answers lost without what was matched, through the other input")
          .is("hop.edge of the other of the two, without what as large a change costs");
  private static final Quantity BY_VALUES =
      ALL.pure("hop.by.values", "what was matched passes as a value")
          .is(
              "1 where the difference of V is the larger one, else 0; NaN: fewer than half of the"
                  + " places are answered right, or fewer than three layers");

  private HopEdges() {}

  private static String key(Plan.Input input) {
    return input.name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param right the share of places that are answered right, of all
   */
  static Findings of(ModelState model, Asked asked, double right) {
    ModelSpec spec = model.spec();
    List<HeadId> all = HeadId.all(spec);
    List<HeadId> senders = all.stream().filter(head -> head.layer() >= 1).toList();
    List<HeadId> others = all.stream().filter(head -> head.layer() == 0).toList();
    List<HeadId> receivers = all.stream().filter(head -> head.layer() >= 2).toList();
    Findings found = new Findings();
    double[] queries = {Double.NaN, Double.NaN};
    double[] values = {Double.NaN, Double.NaN};
    double intact = loss(model.losses(asked.batch(), List.of()), asked);
    for (Plan.Input input : Plan.Input.values()) {
      List<Intervention> cut = Edges.replaced(spec, senders, receivers, input, Edges.ANOTHER);
      if (cut.isEmpty() || Double.isNaN(intact)) {
        found.put(EDGE.of(input), Double.NaN).put(AS_MUCH.of(input), Double.NaN);
        continue;
      }
      List<Intervention> instead = Edges.replaced(spec, others, receivers, input, Edges.ANOTHER);
      Batch batch = asked.batch();
      double lost = loss(model.losses(batch, cut), asked) - intact;
      double asMuch = loss(MatchedEdges.losses(model, batch, cut, instead), asked) - intact;
      found.put(EDGE.of(input), lost).put(AS_MUCH.of(input), asMuch);
      switch (input) {
        case Q -> queries = new double[] {lost, asMuch};
        case V -> values = new double[] {lost, asMuch};
        case K -> {} // where to look, and not what for
      }
    }
    return found.putAll(way(queries, values, right));
  }

  /**
   * Which input passes it.
   *
   * @param queries nats lost through queries: cut, and by as large a change
   * @param values the same through values
   */
  static Findings way(double[] queries, double[] values, double right) {
    double ofQueries = queries[0] - queries[1];
    double ofValues = values[0] - values[1];
    boolean exists = !Double.isNaN(ofQueries) && !Double.isNaN(ofValues);
    boolean byValues = ofValues > ofQueries;
    return new Findings()
        .put(MOST, Math.max(ofQueries, ofValues))
        .put(OTHER, exists ? (byValues ? queries : values)[0] : Double.NaN)
        .put(BY_VALUES, right >= 0.5 && exists ? (byValues ? 1 : 0) : Double.NaN);
  }

  /** The mean loss where the next token is the answer; NaN where it nowhere is. */
  private static double loss(float[][] losses, Asked asked) {
    return asked.places().stream()
        .filter(place ->
            asked.token(place, place.path().length - 1)
                == asked.tokens()[place.sequence()][place.at() + 1])
        .mapToDouble(place -> losses[place.sequence()][place.at()])
        .average()
        .orElse(Double.NaN);
  }
}
