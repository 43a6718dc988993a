package refrain.analysis.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.hipparchus.linear.RealMatrix;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import refrain.analysis.Subject;
import refrain.analysis.measure.InterventionWords;
import refrain.analysis.measure.Verdict;
import refrain.data.Batch;
import refrain.data.Iid;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.intervene.Moment;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.intervene.Template;
import refrain.model.Activation;
import refrain.model.Generation;
import refrain.model.HandBuilt;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Parameter;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.Recording;
import refrain.model.ReferenceTransformer;
import refrain.model.Sampling;
import refrain.probe.Circuits;
import refrain.probe.IclIndices;
import refrain.probe.NormTreatment;
import refrain.store.Json;
import refrain.store.RunFolder;
import refrain.train.Presets;
import refrain.train.Probing;
import refrain.train.RunSpec;
import refrain.train.TrainControl;
import refrain.train.TrainListener;
import refrain.train.Trainer;
import tools.jackson.databind.JsonNode;

/** Asked of a perfect induction head: L0H0 looks back, L1H0 matches and copies; others idle. */
class ExploredTest {
  private static final int VOCAB = 16;
  private static final int CONTEXT = 24;
  private static final HeadId INDUCTION = new HeadId(1, 0);
  private static final HeadId PREVIOUS = new HeadId(0, 0);
  private static final AskedText A_B_A = new AskedText.Tokens(List.of(3, 7, 11, 2, 3));

  @TempDir static Path temp;
  private static Subject run;
  private static Explored perfect;

  @BeforeAll
  static void build() {
    Parameters parameters = HandBuilt.induction(4, 1, VOCAB, CONTEXT);
    run = subject(parameters.spec(), "perfect");
    perfect = explored(run, parameters);
  }

  @AfterAll
  static void close() {
    run.close();
  }

  private static Subject subject(ModelSpec model, String name) {
    RunSpec spec =
        Presets.get("tiny")
            .with(
                s -> s.model = model,
                s -> s.data = new Iid(model.dVocab(), 1),
                s -> s.context = model.nCtx(),
                s -> s.steps = 1,
                s -> s.batch = 2);
    RunSpec probed =
        spec.with(s ->
            s.probing =
                new Probing(
                    10,
                    100,
                    8,
                    spec.probing().measures().withIcl(new IclIndices(2, model.nCtx() - 3, 1))));
    Trainer.run(probed, temp.resolve(name), TrainControl.threads(1), TrainListener.NONE);
    return new Subject(RunFolder.at(temp.resolve(name)), null, 1);
  }

  private static Explored explored(Subject subject, Parameters parameters) {
    return new Explored(subject, subject.tokenNames(), ExactState.stored(0, true, "", parameters));
  }

  private static Pass pass(AskedText text, Intervention... interventions) {
    return perfect.pass(new Pass.Asked(text, List.of(interventions)), Watch.NONE);
  }

  @Test
  void withoutTheInductionHeadTheCopyIsLostAndWithoutOthersItIsNot() {
    Pass pass = pass(A_B_A, Intervention.zero(Site.of(INDUCTION)));
    assertThat(pass.position()).isEqualTo(4);
    Pass.Next b = pass.next().getFirst();
    assertThat(b.token()).isEqualTo(7);
    // HandBuilt: 1 - (V - 1) e^-20 with the head; nothing tells tokens apart without it.
    assertThat(b.before()).isEqualTo(1, within(1e-6));
    assertThat(b.after()).isEqualTo(1.0 / VOCAB, within(1e-6));
    assertThat(b.placebo()).hasSize(3).containsOnly(b.before());
    assertThat(pass.placebo().all()).isTrue();
    assertThat(pass.placebo().sets())
        .allSatisfy(set -> {
          assertThat(set.matching()).isZero();
          assertThat(set.change().loss().mean()).isZero();
        });
    assertThat(pass.interventions()).containsExactly("zero L1H0");
    assertThat(pass.oracle()).isFalse();
    assertThat(pass.notes())
        .containsExactly("an ICL score needs a text of all 24 positions and the token behind them");
    assertThat(pass.before()).hasSize(5);
    assertThat(pass.before()[4]).isNaN();
    assertThat(pass.names()).containsExactlyElementsOf(run.namesOf(new int[] {3, 7, 11, 2, 3}));
  }

  @Test
  void aDoseIsASliderAndTheEdgeIsWhatTheHeadReads() {
    List<Double> dose = new ArrayList<>();
    for (double factor : List.of(0.0, .05, .1, 1.0, 2.0)) {
      Pass pass = pass(A_B_A, new Intervention.Scale(Site.of(INDUCTION), factor, List.of()));
      double p = pass.next().stream().filter(n -> n.token() == 7).findFirst().orElseThrow().after();
      // All of the head's output is the copied token's logit, 20.
      double expected = Math.exp(20 * factor) / (Math.exp(20 * factor) + VOCAB - 1);
      assertThat(p).isEqualTo(expected, within(1e-5));
      dose.add(p);
    }
    assertThat(dose).isSorted();
    Pass cut =
        pass(
            A_B_A,
            new Intervention.ReplaceEdge(
                Site.of(PREVIOUS), INDUCTION, Plan.Input.K, Source.ZERO, List.of()));
    assertThat(cut.next().getFirst().after()).isLessThan(.5);
    assertThat(cut.placebo().sets()).as("the same edge into other heads").hasSize(3);
    assertThat(cut.rank()).isEqualTo(1);
  }

  @Test
  void patternsAreThoseOfTheHeadAndBecomeBytes() {
    Pass pass = pass(A_B_A, Intervention.zero(Site.of(PREVIOUS)));
    int induction = INDUCTION.index(4);
    float[] before = pass.patterns()[induction];
    assertThat(before).hasSize(15);
    // Position 4 reads the 3 again: L1H0 looks at position 1, what followed it.
    assertThat(before[4 * 5 / 2 + 1]).isEqualTo(1f, within(1e-5f));
    assertThat(pass.patternsAfter()[induction][4 * 5 / 2 + 1]).isLessThan(.5f);
    byte[] bytes = pass.patternBytes(false, IntStream.range(0, 8).toArray());
    assertThat(bytes).hasSize(8 * 15);
    assertThat(pass.patternBytes(false, induction))
        .isEqualTo(Arrays.copyOfRange(bytes, 15 * induction, 15 * (induction + 1)));
    assertThat(bytes[15 * induction + 11] & 255).isEqualTo(255);
    // Uniform attention of an idle head: round(255 sqrt(1 / 5)).
    assertThat(bytes[15 * 7 + 10] & 255).isEqualTo(114);
  }

  /** The reference engine, by another way: its own plan, losses and logits. */
  @Test
  void lossesAndProbabilitiesAreThoseOfTheReference() throws Exception {
    ModelSpec spec = Presets.get("tiny").model();
    Parameters random = Parameters.init(spec, 5);
    try (Subject subject = subject(spec, "random")) {
      Explored model = explored(subject, random);
      List<Intervention> list = InterventionWords.parse("zero L1H1, zero L0H1");
      Pass pass =
          model.pass(
              new Pass.Asked(new AskedText.Evaluation(2), list, 9, 4, List.of(1, 5), 50),
              Watch.NONE);
      int[] tokens = subject.evaluation(3).tokens()[2];
      assertThat(pass.tokens()).isEqualTo(tokens);
      Batch batch = Batch.of(new int[][] {tokens});
      try (ReferenceTransformer reference = new ReferenceTransformer(spec)) {
        for (boolean after : List.of(false, true)) {
          Plan plan =
              after
                  ? Interventions.of(spec, list).plan(reference, random, batch, Donors.NONE)
                  : Plan.NONE;
          Recording seen = new Recording(1);
          seen.want(HookPoint.of(HookKind.LOGITS));
          float[] losses = reference.forward(random, batch, plan, seen)[0];
          float[] found = after ? pass.after() : pass.before();
          for (int t = 0; t < losses.length; t++) {
            assertThat(found[t]).isEqualTo(losses[t], within(1e-4f));
          }
          float[] logits = seen.at(HookPoint.of(HookKind.LOGITS))[0];
          double sum =
              IntStream.range(0, spec.dVocab())
                  .mapToDouble(v -> Math.exp(logits[9 * spec.dVocab() + v]))
                  .sum();
          assertThat(pass.next())
              .allSatisfy(next ->
                  assertThat(after ? next.after() : next.before())
                      .isEqualTo(
                          Math.exp(logits[9 * spec.dVocab() + next.token()]) / sum, within(1e-5)));
        }
      }
      assertThat(pass.next()).extracting(Pass.Next::token).contains(1, 5, tokens[10]);
      assertThat(pass.next()).filteredOn(Pass.Next::follows).hasSize(1);
      int last = spec.nCtx() - 3;
      double icl = 0;
      for (int i = -1; i <= 1; i++) {
        icl += (pass.before()[last + i] - pass.before()[2 + i]) / 3;
      }
      assertThat(pass.icl()).isEqualTo(icl, within(1e-6));
      assertThat(pass.placebo().sets()).hasSize(1);
      assertThat(pass.change().loss().n()).isEqualTo(1);
      // A means' source has other sequences beside the text, and says so.
      Pass mean =
          model.pass(
              new Pass.Asked(new AskedText.Repeated(0), InterventionWords.parse("mean L1H1")),
              Watch.NONE);
      assertThat(mean.notes())
          .contains(
              "means and resampled values are of this text and 31 sequences of the evaluation set,"
                  + " cut to its length");
      assertThat(mean.after()).isNotEqualTo(mean.before());
    }
  }

  @Test
  void whereThereIsNoPlaceboItSaysWhy() {
    Intervention[] all =
        InterventionWords.parse("zero L1H0 L1H1 L1H2").toArray(Intervention[]::new);
    assertThat(pass(A_B_A, all).placebo().none()).isEqualTo("the layer has too few other heads");
    assertThat(pass(A_B_A, Intervention.zero(Site.of(HookKind.EMBED, -1))).placebo().none())
        .isEqualTo("the intervention is on no single heads");
    Pass nothing = pass(A_B_A);
    assertThat(nothing.placebo().none()).isEqualTo("nothing is changed");
    assertThat(nothing.rank()).isNull();
    assertThat(nothing.after()).isEqualTo(nothing.before());
  }

  @Test
  void anOracleIsCalledOne() {
    Pass pass =
        pass(
            A_B_A, new Intervention.ClampPattern(List.of(new HeadId(1, 2)), Template.INDUCTION, 1));
    assertThat(pass.oracle()).isTrue();
    assertThat(pass.interventions()).singleElement().asString().endsWith(" (an oracle)");
  }

  @Test
  void questionsThatCannotBeAskedAreRefusedInWords() {
    refused(new AskedText.Tokens(List.of()), "text: has no token, expected one or more");
    refused(new AskedText.Tokens(List.of(16)), "text: no token 16; the vocabulary has 0 to 15");
    refused(
        new AskedText.Tokens(IntStream.range(0, 25).map(t -> t % 16).boxed().toList()),
        "text: has 25 tokens, expected at most 24, the context that the model is trained on");
    refused(new AskedText.Evaluation(256), "no evaluation sequence 256; there are 0 to 255");
    refused(new AskedText.Repeated(-1), "no sequence of repeated tokens -1; there are 0 to 9");
    assertThatThrownBy(() -> pass(A_B_A, Intervention.zero(Site.of(new HeadId(2, 0)))))
        .hasMessageStartingWith("interventions[0]: no head L2H0 in this model; it has L0H0, ");
    Intervention elsewhere =
        new Intervention.Replace(Site.of(INDUCTION), new Source.Checkpoint("../x"), List.of());
    assertThatThrownBy(() -> pass(A_B_A, elsewhere))
        .hasMessageEndingWith(
            ": takes its values from another text or model; expected zero, mean, clean or resample"
                + " as the source");
    assertThatThrownBy(() -> new Pass.Asked(A_B_A, List.of(), null, 0, List.of(), 3))
        .hasMessage("top is 0, expected 1 to 1000");
    assertThatThrownBy(
            () -> perfect.pass(new Pass.Asked(A_B_A, List.of(), 5, 1, List.of(), 3), Watch.NONE))
        .hasMessage("position is 5, expected 0 to 4");
    Watch gone = () -> true;
    assertThatThrownBy(() -> perfect.pass(new Pass.Asked(A_B_A, List.of()), gone))
        .isInstanceOf(CancellationException.class);
  }

  private static void refused(AskedText text, String message) {
    assertThatThrownBy(() -> pass(text)).hasMessage(message);
  }

  @Test
  void questionsAndAnswersAreJson() {
    JsonNode question =
        Json.parse(
            "{\"text\": {\"kind\": \"tokens\", \"tokens\": [3, 7, 3]}, \"interventions\":"
                + " [{\"kind\": \"scale\", \"site\": \"L1H0\", \"factor\": 0.5}], \"top\": 2}",
            "question");
    Pass.Asked asked = Json.read(question, Pass.Asked.class, "question");
    assertThat(asked.placebos()).isEqualTo(12);
    JsonNode answer = Json.finite(perfect.pass(asked, Watch.NONE));
    assertThat(answer.path("next").get(0).path("token").asInt()).isEqualTo(7);
    assertThat(answer.path("before").get(2).isNull()).as("NaN").isTrue();
    assertThat(answer.has("patterns")).isFalse();
    assertThat(answer.at("/placebo/sets/0/heads/0").asString()).isEqualTo("L1H1");
    assertThat(Json.finite(perfect.state()).has("parameters")).isFalse();
    JsonNode graph = Json.finite(perfect.circuit(Watch.NONE));
    Intervention cut =
        Json.read(graph.at("/edges/0/cut"), Intervention.class, "the cut of an edge");
    assertThat(cut).isInstanceOf(Intervention.ReplaceEdge.class);
    assertThat(Json.finite(perfect.evidence(INDUCTION, Watch.NONE)).at("/match/verdict").asString())
        .isEqualTo("INDUCTION");
  }

  @Test
  void theGraphShowsTheCircuitThatWasBuilt() {
    CircuitGraph graph = perfect.circuit(Watch.NONE);
    assertThat(graph.nodes())
        .extracting(CircuitGraph.Node::name)
        .containsExactly(
            "embed", "L0H0", "L0H1", "L0H2", "L0H3", "L1H0", "L1H1", "L1H2", "L1H3", "unembed");
    CircuitGraph.Node induction = graph.nodes().get(5);
    assertThat(induction.match().verdict()).isEqualTo(Verdict.INDUCTION);
    assertThat(induction.measures().get("pm")).isGreaterThan(.9);
    assertThat(graph.nodes().get(1).measures().get("prev")).isEqualTo(1, within(1e-4));
    // 8 heads x 3 inputs from the embedding, 16 pairs x 3, and 9 straight to the logits.
    assertThat(graph.edges()).hasSize(24 + 48 + 9);
    CircuitGraph.Edge k = edge(graph, "L0H0", "L1H0", CircuitGraph.Input.K);
    // OV_s is the identity of V tokens, QK_r reads them all, and the position that it also reads is
    // not written: ||QK OV|| / (||QK|| ||OV||) = sqrt(V) / (sqrt(2 V) sqrt(V)).
    assertThat(k.strength()).isEqualTo(Math.sqrt(1 / (2.0 * VOCAB)), within(1e-6));
    assertThat(k.z()).isGreaterThan(3);
    assertThat(edge(graph, "L0H0", "L1H0", CircuitGraph.Input.Q).strength()).isZero();
    assertThat(edge(graph, "L0H0", "L1H0", CircuitGraph.Input.V).strength()).isZero();
    // The embedding and the induction head's values: each of V tokens meets its own.
    assertThat(edge(graph, "embed", "L1H0", CircuitGraph.Input.V).strength())
        .isEqualTo(1 / Math.sqrt(VOCAB), within(1e-9));
    assertThat(edge(graph, "L1H0", "unembed", CircuitGraph.Input.LOGITS).strength())
        .isEqualTo(1 / Math.sqrt(VOCAB), within(1e-9));
    assertThat(edge(graph, "embed", "unembed", CircuitGraph.Input.LOGITS).strength()).isZero();
    assertThat(edge(graph, "embed", "unembed", CircuitGraph.Input.LOGITS).cut()).isNull();
    assertThat(InterventionWords.words(k.cut())).contains("replace-edge");
    assertThat(graph.strongest(8).edges()).hasSize(8).contains(k);
  }

  /** Strengths against the products written out; edges counted by hand. */
  @Test
  void mlpsAreSwitchedAndHaveEdges() throws Exception {
    for (boolean parallel : List.of(false, true)) {
      ModelSpec spec =
          Presets.get("tiny")
              .model()
              .with(
                  m -> m.dMlp = 24,
                  m -> m.activation = Activation.SWIGLU,
                  m -> m.parallelResidual = parallel);
      Parameters random = Parameters.init(spec, 9);
      try (Subject subject = subject(spec, "mlp-" + parallel)) {
        Explored model = explored(subject, random);
        CircuitGraph graph = model.circuit(Watch.NONE);
        assertThat(graph.nodes())
            .extracting(CircuitGraph.Node::name)
            .containsExactly("embed", "L0H0", "L0H1", "mlp.0", "L1H0", "L1H1", "mlp.1", "unembed");
        // By receiver: heads of layer 0, mlp.0, heads of layer 1, mlp.1, unembed.
        assertThat(graph.edges()).hasSize(parallel ? 6 + 1 + 24 + 4 + 7 : 6 + 3 + 24 + 6 + 7);
        Circuits c = new Circuits(random, NormTreatment.FOLDED);
        RealMatrix qk = c.wK(1, 1).multiply(c.wQ(1, 1).transpose());
        CircuitGraph.Edge k = edge(graph, "mlp.0", "L1H1", CircuitGraph.Input.K);
        assertThat(k.strength()).isEqualTo(strength(c.mlpOut(0), qk), within(1e-9));
        assertThat(edge(graph, "L0H1", "mlp.1", CircuitGraph.Input.MLP).strength())
            .isEqualTo(strength(c.wV(0, 1).multiply(c.wO(0, 1)), c.mlpIn(1)), within(1e-9));
        assertThat(c.mlpIn(1).getColumnDimension()).as("and the gate").isEqualTo(48);
        assertThat(edge(graph, "embed", "unembed", CircuitGraph.Input.LOGITS).strength())
            .isEqualTo(strength(c.wE(), c.wU()), within(1e-9));
        // Random weights lie near chance.
        assertThat(graph.edges()).allSatisfy(e -> assertThat(Math.abs(e.z())).isLessThan(6));
        Pass cut =
            model.pass(new Pass.Asked(new AskedText.Evaluation(0), List.of(k.cut())), Watch.NONE);
        assertThat(cut.after()).isNotEqualTo(cut.before());
        assertThat(cut.placebo().sets()).hasSize(1);
        Pass off =
            model.pass(
                new Pass.Asked(new AskedText.Evaluation(0), InterventionWords.parse("zero mlp.0")),
                Watch.NONE);
        assertThat(off.after()).isNotEqualTo(off.before());
        assertThat(off.placebo().none()).isEqualTo("the intervention is on no single heads");
      }
    }
  }

  private static double strength(RealMatrix written, RealMatrix read) {
    return written.multiply(read).getFrobeniusNorm()
        / written.getFrobeniusNorm()
        / read.getFrobeniusNorm();
  }

  private static CircuitGraph.Edge edge(
      CircuitGraph graph, String from, String to, CircuitGraph.Input input) {
    return graph.edges().stream()
        .filter(e -> e.from().equals(from) && e.to().equals(to) && e.input() == input)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theTablesSayWhatAHeadCopiesAndWhatItLooksFor() {
    HeadTables tables = perfect.tables(INDUCTION, null, Watch.NONE);
    HeadTables.Tables plain = tables.of(List.of(5), 3, Watch.NONE);
    HeadTables.Row row = plain.rows().getFirst();
    assertThat(row.raised().getFirst()).isEqualTo(new HeadTables.Entry(5, row.name(), 20));
    assertThat(row.ownRank()).isEqualTo(1);
    assertThat(row.lowered().getFirst().value()).isZero();
    assertThat(plain.copies()).isEqualTo(1);
    assertThat(plain.counted()).isEqualTo(VOCAB);
    // Its keys hold the token before, which an earlier head writes: nothing of the embedding.
    assertThat(row.self().value()).isZero();
    HeadTables.Tables through =
        perfect.tables(INDUCTION, PREVIOUS, Watch.NONE).of(List.of(5), 3, Watch.NONE);
    assertThat(through.matches()).isEqualTo(1);
    assertThat(through.rows().getFirst().preferred().getFirst().token()).isEqualTo(5);
    assertThat(through.rows().getFirst().self().value()).isEqualTo(40, within(1e-4));
    assertThat(through.says())
        .isEqualTo(
            "by the weights of L1H0, its keys read through L0H0; the norms' divisors, positions and"
                + " biases are left out");
    assertThatThrownBy(() -> perfect.tables(PREVIOUS, INDUCTION, Watch.NONE))
        .hasMessage("the keys of L0H0 cannot be read through L1H0, which is in no earlier layer");
    assertThatThrownBy(() -> tables.of(List.of(99), 3, Watch.NONE))
        .hasMessage("tokens: no token 99; the vocabulary has 0 to 15");
  }

  /** Against the full circuits multiplied out, with norms and both kinds of unembedding. */
  @Test
  void aRowIsThatOfTheFullCircuit() throws Exception {
    for (boolean tied : List.of(false, true)) {
      ModelSpec spec = Presets.get("tiny").model().with(m -> m.tied = tied);
      Parameters random = Parameters.init(spec, 3);
      Parameter scale = random.layout().get("ln_final.w");
      for (int i = 0; i < scale.size(); i++) {
        random.arena()[scale.at(i)] = 1 + .01f * i;
      }
      try (Subject subject = subject(spec, "tied-" + tied)) {
        HeadTables tables =
            explored(subject, random).tables(new HeadId(1, 1), new HeadId(0, 1), Watch.NONE);
        Circuits circuits = new Circuits(random, NormTreatment.FOLDED);
        double[] ov = circuits.fullOv(1, 1).getRow(7);
        double[] qk =
            circuits
                .wE()
                .multiply(circuits.wQ(1, 1))
                .multiply(
                    circuits
                        .wE()
                        .multiply(circuits.wV(0, 1))
                        .multiply(circuits.wO(0, 1))
                        .multiply(circuits.wK(1, 1))
                        .transpose())
                .scalarMultiply(1 / Math.sqrt(spec.dHead()))
                .getRow(7);
        for (int v = 0; v < spec.dVocab(); v++) {
          assertThat((double) tables.ov(7)[v]).isEqualTo(ov[v], within(1e-5));
          assertThat((double) tables.qk(7)[v]).isEqualTo(qk[v], within(1e-5));
        }
      }
    }
  }

  @Test
  void theCardHasVerdictMeasuresLossAndPlacebo() {
    Evidence card = perfect.evidence(INDUCTION, Watch.NONE);
    assertThat(card.match().verdict()).isEqualTo(Verdict.INDUCTION);
    assertThat(card.match().score()).isGreaterThan(.9);
    assertThat(card.match().without()).isLessThan(.2);
    assertThat(card.measures())
        .extracting(m -> m.definition().key())
        .containsExactly("prev", "copy", "copy.z", "ov.eig");
    assertThat(card.measures().get(1).value()).isEqualTo(1, within(1e-6));
    assertThat(card.measures().get(1).n()).isEqualTo(10);
    assertThat(card.measures().get(2).rank()).isEqualTo(1);
    assertThat(card.measures().get(3).value()).isEqualTo(1, within(1e-9));
    assertThat(card.measures().get(3).n()).isZero();
    assertThat(card.sequences()).isEqualTo(256);
    // Independent tokens cannot be predicted: a perfect copyist loses by copying.
    assertThat(card.without().loss().mean()).isNegative();
    assertThat(card.without().loss().error()).isPositive();
    assertThat(card.placebo().sets()).hasSize(3);
    assertThat(card.loss().rank()).isEqualTo(4);
    assertThat(card.says().getFirst())
        .startsWith("L1H0 is an induction head: its prefix-matching score is ")
        .endsWith(" over 64 pairs.");
    assertThat(card.says().getLast())
        .startsWith("Placebo, all 3 other heads of its layer one at a time: ")
        .contains("the head is number 4 of 4 by the loss");
    Evidence idle = perfect.evidence(new HeadId(1, 2), Watch.NONE);
    assertThat(idle.match().verdict()).isEqualTo(Verdict.NONE);
    assertThat(idle.says().getFirst()).startsWith("L1H2 does not match prefixes: ");
    assertThat(idle.without().loss().mean()).isZero();
    assertThatThrownBy(() -> perfect.evidence(new HeadId(3, 0), Watch.NONE))
        .hasMessageStartingWith("no head L3H0 in this model");
  }

  @Test
  void itGoesOnTokenByTokenWithTheDistribution() {
    List<Integer> prompt = List.of(3, 7, 11, 3);
    Continuation plain =
        perfect.continuation(new Continuation.Asked(prompt, List.of(), 6, 0, 0, 0, 3), Watch.NONE);
    List<Integer> tokens = new ArrayList<>();
    while (plain.hasNext()) {
      Continuation.Step step = plain.next();
      assertThat(step.likeliest()).hasSize(3);
      assertThat(step.likeliest().getFirst().token()).isEqualTo(step.token());
      tokens.add(step.token());
    }
    assertThat(tokens.subList(0, 3)).containsExactly(7, 11, 3);
    int[] expected =
        Generation.generate(
            perfect.state().parameters(), new int[] {3, 7, 11, 3}, 6, Sampling.GREEDY);
    assertThat(tokens).containsExactly(IntStream.of(expected).boxed().toArray(Integer[]::new));
    Continuation without =
        perfect.continuation(
            new Continuation.Asked(
                prompt, List.of(Intervention.zero(Site.of(INDUCTION))), 1, 0, 0, 0, 3),
            Watch.NONE);
    assertThat(without.next().probability()).isEqualTo(1.0 / VOCAB, within(1e-6));
    assertThat(without.hasNext()).isFalse();
    assertThatThrownBy(without::next).hasMessage("the text has ended");
    assertThatThrownBy(() ->
            perfect.continuation(
                new Continuation.Asked(prompt, InterventionWords.parse("mean L1H0"), 1, 0, 0, 0, 3),
                Watch.NONE))
        .hasMessageContaining("takes its values from other sequences or models");
    assertThatThrownBy(() ->
            perfect.continuation(
                new Continuation.Asked(List.of(44), List.of(), 1, 0, 0, 0, 3), Watch.NONE))
        .hasMessage("prompt: no token 44; the vocabulary has 0 to 15");
  }

  @Test
  void anExplorerKnowsItsStatesAndAsksAgainWhereMoreIsWanted() {
    RunSpec spec = Presets.get("tiny").with(s -> s.steps = 20);
    Path folder = temp.resolve("explorer");
    Trainer.run(spec, folder, TrainControl.threads(1), TrainListener.NONE);
    StateCache cache = new StateCache(temp.resolve("states"), StateCache.MOST);
    try (Explorer explorer = new Explorer(RunFolder.at(folder), cache)) {
      Explored once = explorer.at(13, false, Watch.NONE);
      assertThat(explorer.at(13, false, Watch.NONE)).isSameAs(once);
      assertThat(explorer.takes(13, true).there()).isFalse();
      Explored verified = explorer.at(13, true, Watch.NONE);
      assertThat(verified.state().exactness()).isEqualTo(Exactness.VERIFIED);
      assertThat(explorer.at(13, true, Watch.NONE)).isSameAs(verified);
      Pass there =
          verified.pass(new Pass.Asked(new AskedText.Evaluation(0), List.of()), Watch.NONE);
      assertThat(there.step()).isEqualTo(13);
      Intervention later =
          new Intervention.Replace(
              Site.of(PREVIOUS), Source.ZERO, List.of(), new Moment(15, null), null);
      Pass off =
          verified.pass(new Pass.Asked(new AskedText.Evaluation(0), List.of(later)), Watch.NONE);
      assertThat(off.notes())
          .anySatisfy(n -> assertThat(n).endsWith("is off at step 13: not made"));
      assertThat(off.after()).isEqualTo(off.before());
    }
  }
}
