package refrain.analysis.instrument;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.model.Plan;

/**
 * Path patching between two sets of heads (Goldowsky-Dill et al. 2023): one input of each receiver
 * reads the stream with the senders' contributions replaced; all else stays as it is.
 */
public final class Edges {
  /** Another sequence's values: as likely as the own ones, and about something else. */
  public static final Source ANOTHER = new Source.Resample(1);

  private Edges() {}

  /** All edges that lead from a sender to a receiver of a later layer. */
  public static List<Intervention> replaced(
      ModelSpec spec,
      List<HeadId> senders,
      List<HeadId> receivers,
      Plan.Input input,
      Source source) {
    List<Intervention> edges = new ArrayList<>();
    Set<HeadId> inputs = new LinkedHashSet<>();
    for (HeadId r : receivers) {
      // Query heads that share a key head share its inputs.
      int head = input == Plan.Input.Q ? r.head() : r.head() / spec.group() * spec.group();
      inputs.add(new HeadId(r.layer(), head));
    }
    for (HeadId at : inputs) {
      for (HeadId s : senders) {
        if (s.layer() < at.layer()) {
          edges.add(new Intervention.ReplaceEdge(Site.of(s), at, input, source, List.of()));
        }
      }
    }
    return edges;
  }

  /** The share of the ICL score that is lost without these edges; NaN where there are none. */
  public static Losses.Lost lost(
      Losses losses,
      List<HeadId> senders,
      List<HeadId> receivers,
      Plan.Input input,
      Source source) {
    List<Intervention> edges = replaced(losses.model().spec(), senders, receivers, input, source);
    return edges.isEmpty() ? Losses.Lost.NONE : losses.lost(losses.under(edges));
  }

  /**
   * The share that is lost where the edges from other heads change the same inputs by as much as
   * cutting those from the senders does ({@link MatchedEdges}).
   */
  public static Losses.Lost lostAsMuch(
      Losses losses,
      List<HeadId> senders,
      List<HeadId> others,
      List<HeadId> receivers,
      Plan.Input input,
      Source source) {
    ModelState model = losses.model();
    List<Intervention> cut = replaced(model.spec(), senders, receivers, input, source);
    List<Intervention> instead = replaced(model.spec(), others, receivers, input, source);
    return cut.isEmpty() || instead.isEmpty()
        ? Losses.Lost.NONE
        : losses.lost(losses.each(batch -> MatchedEdges.losses(model, batch, cut, instead)));
  }
}
