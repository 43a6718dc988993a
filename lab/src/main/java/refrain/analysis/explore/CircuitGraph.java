package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.hipparchus.linear.RealMatrix;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Measured;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.Match;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.ModelSpec;
import refrain.model.Plan;
import refrain.probe.Circuits;
import refrain.probe.Composition;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;
import refrain.probe.MeasureKind;
import refrain.probe.Measurements;
import refrain.probe.ProbeSpec;
import refrain.probe.ProbeSuite;

/**
 * A model in one state as a graph: what writes into the residual stream, what reads it, and how
 * much each reader could read of each writer, by their weights. An edge between heads has the
 * composition score of the probes with its z; every other edge has the same kind of score with the
 * z against {@link Turned}. A strong edge says what the weights allow, not what it does: that is
 * what cutting it shows, beside its placebo.
 *
 * @param step updates done
 * @param nodes the embedding, then heads and MLPs layer by layer, then the unembedding
 * @param edges by receiver, then by sender, first layers first
 * @param nullMean mean of composition scores of random heads of the same shape; NaN: no two layers
 * @param nullSd their standard deviation
 * @param definitions what the numbers mean
 */
public record CircuitGraph(
    long step,
    List<Node> nodes,
    List<Edge> edges,
    double nullMean,
    double nullSd,
    List<Definition> definitions) {

  /** What stands in the graph. */
  public enum Kind {
    EMBEDDING,
    HEAD,
    MLP,
    UNEMBEDDING
  }

  /** Which input of the receiver an edge reaches. */
  public enum Input {
    K,
    Q,
    V,
    /** An MLP's only input. */
    MLP,
    /** Straight to the logits. */
    LOGITS
  }

  /**
   * One node.
   *
   * @param name L1H3, mlp.0, embed or unembed
   * @param layer -1 of the embedding, the number of layers of the unembedding
   * @param head -1 where it is none
   * @param measures of a head by their keys, of {@link #definitions}
   * @param match whether a head matches prefixes; null: no head, or not to be had
   */
  public record Node(
      String name,
      Kind kind,
      int layer,
      int head,
      Map<String, Double> measures,
      @Nullable Match match) {}

  /**
   * One edge.
   *
   * @param strength ||A B|| / (||A|| ||B||), Frobenius, of what the sender writes by and what the
   *     receiver reads by, from 0 to 1
   * @param z standard deviations above chance
   * @param cut what cuts it; null: this edge cannot be cut
   */
  public record Edge(
      String from, String to, Input input, double strength, double z, @Nullable Intervention cut) {}

  private static final Definition TURNED =
      new Definition(
          "edge",
          "strength of an edge",
          "1",
          Better.HIGHER,
          "||A B|| / (||A|| ||B||), Frobenius norms, A what the sender writes by (W_E, W_V W_O,"
              + " W_out) and B what the receiver reads by (K: W_K W_Q^T, Q: W_Q W_K^T, V: W_V W_O,"
              + " MLP: W_in and the gate, logits: W_U), the norms' linear part in B; z between heads"
              + " as comp.k, comp.q and comp.v, elsewhere of ||A B||^2 against A R B over all"
              + " orthogonal R",
          "Elhage et al. 2021, Q-, K- and V-composition; the null: this project");

  /** All nodes and the edges that lie furthest above chance: what a picture has room for. */
  public CircuitGraph strongest(int most) {
    List<Edge> kept =
        edges.stream()
            .sorted(
                Comparator.comparingDouble(
                    (Edge edge) -> Double.isNaN(edge.z()) ? Double.MAX_VALUE : -edge.z()))
            .limit(most)
            .collect(Collectors.toList());
    return new CircuitGraph(
        step, nodes, edges.stream().filter(kept::contains).toList(), nullMean, nullSd, definitions);
  }

  static CircuitGraph of(
      Measured run, ModelState model, Map<HeadId, Match> matches, long step, Watch watch) {
    ModelSpec spec = model.spec();
    ProbeSuite suite = suite(run, model);
    Measurements found =
        suite.measure(
            model.engine(),
            model.parameters(),
            batch -> model.plan(batch, List.of()),
            MeasureKind.Depth.THOROUGH);
    List<Node> nodes = new ArrayList<>();
    nodes.add(new Node("embed", Kind.EMBEDDING, -1, -1, Map.of(), null));
    for (int layer = 0; layer < spec.nLayers(); layer++) {
      for (int h = 0; h < spec.nHeads(); h++) {
        HeadId head = new HeadId(layer, h);
        nodes.add(
            new Node(
                head.toString(),
                Kind.HEAD,
                layer,
                h,
                scores(suite, found, head),
                matches.get(head)));
      }
      if (spec.hasMlp()) {
        nodes.add(new Node(Site.mlp(layer).toString(), Kind.MLP, layer, -1, Map.of(), null));
      }
    }
    nodes.add(new Node("unembed", Kind.UNEMBEDDING, spec.nLayers(), -1, Map.of(), null));
    Circuits circuits = new Circuits(model.parameters(), run.probe().norms());
    List<Definition> definitions = new ArrayList<>(suite.definitions());
    definitions.add(TURNED);
    definitions.add(Match.definition(run.pairs()));
    Map<String, Double> numbers = found.values();
    return new CircuitGraph(
        step,
        nodes,
        new Edges(circuits, nodes, found, watch).all(),
        numbers.getOrDefault("comp.null.mean", Double.NaN),
        numbers.getOrDefault("comp.null.sd", Double.NaN),
        definitions);
  }

  private static ProbeSuite suite(Measured run, ModelState model) {
    ProbeSpec probe =
        run.probe()
            .withMeasures(
                MeasureKind.PREFIX_MATCHING,
                MeasureKind.PREVIOUS_TOKEN,
                MeasureKind.DUPLICATE_TOKEN,
                MeasureKind.ENTROPY,
                MeasureKind.DISTANCE,
                MeasureKind.COPYING,
                MeasureKind.OV_EIGENVALUES,
                MeasureKind.QK_EIGENVALUES,
                MeasureKind.COMPOSITION);
    // Patterns are read on the first sequences only, so the others need no pass.
    return new ProbeSuite(
        model.spec(),
        probe,
        run.evaluation(probe.patternSequences()),
        model.tokens().get(),
        List.of());
  }

  private static Map<String, Double> scores(ProbeSuite suite, Measurements found, HeadId head) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (Definition definition : suite.definitions()) {
      Double score = found.values().get(definition.key() + "." + head);
      if (score != null) {
        scores.put(definition.key(), score);
      }
    }
    return scores;
  }

  /** Makes the edges. Of every matrix no more than a square of the stream's width is kept. */
  private static final class Edges {
    private final Circuits circuits;
    private final ModelSpec spec;
    private final List<Node> nodes;
    private final Measurements found;
    private final Watch watch;
    private final Map<Composition.Pair, Integer> pairs = new LinkedHashMap<>();
    private final Map<String, RealMatrix> written = new LinkedHashMap<>();

    Edges(Circuits circuits, List<Node> nodes, Measurements found, Watch watch) {
      this.circuits = circuits;
      this.spec = circuits.spec();
      this.nodes = nodes;
      this.found = found;
      this.watch = watch;
      List<Composition.Pair> all = Composition.pairs(spec);
      for (int i = 0; i < all.size(); i++) {
        pairs.put(all.get(i), i);
      }
    }

    List<Edge> all() {
      List<Edge> edges = new ArrayList<>();
      for (Node to : nodes) {
        watch.check();
        for (Input input : inputs(to)) {
          RealMatrix read = null;
          for (Node from : nodes) {
            if (!before(from, to)) {
              continue;
            }
            if (from.kind() == Kind.HEAD && to.kind() == Kind.HEAD) {
              edges.add(composition(from, to, input));
            } else {
              read = read == null ? read(to, input) : read;
              Turned turned = Turned.of(written(from), read);
              edges.add(
                  new Edge(
                      from.name(),
                      to.name(),
                      input,
                      turned.score(),
                      turned.z(),
                      cut(from, to, input)));
            }
          }
        }
      }
      return edges;
    }

    private static List<Input> inputs(Node to) {
      return switch (to.kind()) {
        case EMBEDDING -> List.of();
        case HEAD -> List.of(Input.K, Input.Q, Input.V);
        case MLP -> List.of(Input.MLP);
        case UNEMBEDDING -> List.of(Input.LOGITS);
      };
    }

    /** Whether what one node writes is there when another one reads. */
    private boolean before(Node from, Node to) {
      return from.kind() != Kind.UNEMBEDDING && place(from) < place(to);
    }

    private int place(Node node) {
      boolean later = node.kind() == Kind.MLP && !spec.parallelResidual();
      return 2 * node.layer() + (later ? 1 : 0);
    }

    private Edge composition(Node from, Node to, Input input) {
      Composition.Pair pair = new Composition.Pair(head(from), head(to));
      String key = "comp." + input.name().toLowerCase(Locale.ROOT);
      double[] scores = Objects.requireNonNull(found.series().get(key), key);
      double score = scores[Objects.requireNonNull(pairs.get(pair))];
      double z = (score - found.value("comp.null.mean")) / found.value("comp.null.sd");
      return new Edge(from.name(), to.name(), input, score, z, cut(from, to, input));
    }

    private static HeadId head(Node node) {
      return new HeadId(node.layer(), node.head());
    }

    /** Only what heads read can be cut. */
    private static @Nullable Intervention cut(Node from, Node to, Input input) {
      if (to.kind() != Kind.HEAD) {
        return null;
      }
      Site sender =
          switch (from.kind()) {
            case HEAD -> Site.of(head(from));
            case MLP -> Site.mlp(from.layer());
            default -> Site.of(HookKind.EMBED, -1);
          };
      return new Intervention.ReplaceEdge(
          sender, head(to), Plan.Input.valueOf(input.name()), Source.ZERO, List.of());
    }

    /** A^T A, [d_model, d_model], of what a node writes by. */
    private RealMatrix written(Node from) {
      return written.computeIfAbsent(
          from.name(),
          _ ->
              switch (from.kind()) {
                case EMBEDDING -> circuits.embedSquared();
                case HEAD -> {
                  RealMatrix v = circuits.wV(from.layer(), from.head());
                  RealMatrix o = circuits.wO(from.layer(), from.head());
                  yield o.transposeMultiply(v.transposeMultiply(v).multiply(o));
                }
                case MLP -> {
                  RealMatrix out = circuits.mlpOut(from.layer());
                  yield out.transposeMultiply(out);
                }
                case UNEMBEDDING -> throw new IllegalArgumentException("nothing is written there");
              });
    }

    /** B B^T, [d_model, d_model], of what a node reads by. */
    private RealMatrix read(Node to, Input input) {
      return switch (input) {
        case K -> product(circuits.wK(to.layer(), to.head()), circuits.wQ(to.layer(), to.head()));
        case Q -> product(circuits.wQ(to.layer(), to.head()), circuits.wK(to.layer(), to.head()));
        case V -> {
          RealMatrix v = circuits.wV(to.layer(), to.head());
          RealMatrix o = circuits.wO(to.layer(), to.head());
          yield v.multiply(o.multiplyTransposed(o)).multiplyTransposed(v);
        }
        case MLP -> {
          RealMatrix in = circuits.mlpIn(to.layer());
          yield in.multiplyTransposed(in);
        }
        case LOGITS -> {
          RealMatrix unembed = circuits.wU();
          yield unembed.multiplyTransposed(unembed);
        }
      };
    }

    /** (a b^T) (a b^T)^T. */
    private static RealMatrix product(RealMatrix a, RealMatrix b) {
      return a.multiply(b.transposeMultiply(b)).multiplyTransposed(a);
    }
  }
}
