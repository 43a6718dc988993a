package refrain.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import refrain.base.RefrainException;
import refrain.data.Batch;
import refrain.data.BigramRestarts;
import refrain.model.HandBuilt;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.model.ReferenceTransformer;
import refrain.model.Transformer;
import refrain.model.View;
import refrain.probe.MeasureKind.Depth;

/** Hand-built heads, read through the whole suite by the reference transformer. */
class ProbeSuiteTest {
  private static final Offset<Double> CLOSE = within(1e-6);

  @Test
  void perfectInductionPairScoresOne() {
    Measurements m = measure(HandBuilt.induction(40, 33), 40);
    assertThat(m.value("pm.L1H0")).isCloseTo(1, CLOSE);
    assertThat(m.value("pm.best")).isEqualTo(m.value("pm.L1H0"));
    assertThat(m.value("pm.best.head")).isEqualTo(2);
    assertThat(m.value("prev.best")).isCloseTo(1, CLOSE);
    assertThat(m.value("prev.best.head")).isEqualTo(0);
    assertThat(m.value("prev.repeated.L0H0")).isCloseTo(1, CLOSE);
    assertThat(m.value("prev.best.L1")).isLessThan(.4);
    // The previous-token head never meets its own token again in a block of distinct tokens.
    assertThat(m.value("pm.L0H0")).isCloseTo(0, CLOSE);
    assertThat(m.value("dup.L1H0")).isCloseTo(0, CLOSE);
    assertThat(m.value("entropy.L0H0")).isCloseTo(0, CLOSE);
    // Position 0 has only itself; every other one looks one back.
    int context = 33;
    assertThat(m.value("distance.L0H0")).isCloseTo((context - 1.0) / context, CLOSE);
    // Four earlier successors agree, so the repeats cost nothing.
    assertThat(m.value("repeat.again")).isCloseTo(0, within(1e-4));
    assertThat(m.value("repeat.first")).isGreaterThan(2);
    assertThat(m.value("repeat"))
        .isCloseTo(m.value("repeat.again") - m.value("repeat.first"), CLOSE);
  }

  @Test
  void uniformHeadHasTheClosedForms() {
    int context = 33;
    Measurements m = measure(HandBuilt.uniform(40, context), 40);
    double targets = 0;
    int[] blocks = {8, 9, 10, 11, 12, 12, 13, 14, 15, 16};
    for (int block : blocks) {
      for (int i = block; i < context; i++) {
        int earlier = i / block;
        targets += earlier / (i + 1.0) / (context - block) / blocks.length;
      }
    }
    assertThat(m.value("pm.L0H0")).isCloseTo(targets, CLOSE);
    assertThat(m.value("pm.uniform")).isCloseTo(targets, within(1e-12));
    assertThat(m.value("dup.L0H0")).isCloseTo(targets, CLOSE);
    double entropy = 0;
    double previous = 0;
    for (int i = 0; i < context; i++) {
      entropy += Math.log(i + 1) / context;
      previous += i == 0 ? 0 : 1.0 / (i + 1) / (context - 1);
    }
    assertThat(m.value("entropy.L0H0")).isCloseTo(entropy, CLOSE);
    assertThat(m.value("entropy.mean")).isEqualTo(m.value("entropy.L0H0"));
    assertThat(m.value("prev.L0H0")).isCloseTo(previous, CLOSE);
    assertThat(m.value("distance.L0H0")).isCloseTo((context - 1) / 4.0, CLOSE);
    assertThat(m.value("loss")).isCloseTo(Math.log(40), CLOSE);
    assertThat(m.value("icl")).isCloseTo(0, CLOSE);
  }

  @Test
  void cheapMeasuresLeaveTheOthersOut() {
    Parameters p = HandBuilt.uniform(40, 33);
    ProbeSuite suite = suite(p.spec(), 40);
    Measurements cheap = suite.measure(transformer(p), p, batch -> Plan.NONE, Depth.CHEAP);
    assertThat(cheap.values()).containsKeys("loss", "icl", "pm.best", "prev.best", "repeat");
    assertThatThrownBy(() -> cheap.value("entropy.L0H0"))
        .isInstanceOf(RefrainException.class)
        .hasMessageStartingWith("no measured value 'entropy.L0H0'; there are loss, icl, icl.early");
    assertThat(cheap.series()).containsKey("loss.byIndex").doesNotContainKey("loss.perExample");
  }

  @Test
  void everyMeasureHasADefinitionOfItsOwn() {
    ProbeSuite suite = suite(HandBuilt.uniform(40, 33).spec(), 40);
    assertThat(suite.definitions()).extracting(Definition::key).doesNotHaveDuplicates();
    assertThat(suite.definitions()).allSatisfy(d -> assertThat(d.formula()).isNotBlank());
    assertThat(suite.definitions().stream().filter(d -> d.key().equals("pm")).findFirst())
        .hasValueSatisfying(d ->
            assertThat(d.formula())
                .contains("of 8 to 16 random tokens repeated up to 33 positions"));
  }

  /**
   * A context that holds the paper's sequences has the score at its own distances beside theirs.
   */
  @Test
  void aLongContextIsReadBothWays() {
    Parameters p = HandBuilt.induction(60, 100);
    BigramRestarts data = new BigramRestarts(60, .5, .75, 30, 3);
    ProbeSuite suite =
        new ProbeSuite(
            p.spec(),
            ProbeSpec.DEFAULT.withMeasures(MeasureKind.PREFIX_MATCHING),
            data.open().evaluation(1, 2, 100),
            TokenPool.of(data.open()),
            List.of());
    assertThat(suite.definitions()).extracting(Definition::key).containsExactly("pm", "pm.trained");
    Measurements m = suite.measure(transformer(p), p, batch -> Plan.NONE, Depth.CHEAP);
    assertThat(m.value("pm.L1H0")).isCloseTo(1, CLOSE);
    assertThat(m.value("pm.trained.L1H0")).isCloseTo(1, CLOSE);
    assertThat(m.value("pm.trained.best.head")).isEqualTo(2);
    assertThat(m.value("pm.trained.uniform")).isPositive().isLessThan(m.value("pm.uniform"));
  }

  @Test
  void orderOfSequencesDoesNotChangeABit() {
    Parameters p = Parameters.init(HandBuilt.induction(40, 33).spec(), 5);
    ProbeSuite suite = suite(p.spec(), 40);
    Measurements forwards = suite.measure(transformer(p), p, batch -> Plan.NONE, Depth.THOROUGH);
    Measurements backwards =
        suite.measure(new Backwards(transformer(p)), p, batch -> Plan.NONE, Depth.THOROUGH);
    assertThat(backwards.values()).isEqualTo(forwards.values());
  }

  /** The head looks one behind the match and nowhere else, and needs no more than one match. */
  @Test
  void aHeadThatMatchesIsSeenAtItsOffsetAndAfterALoneMatch() {
    Parameters p = HandBuilt.induction(40, 33);
    ProbeSuite suite = suite(p, MeasureKind.MATCH_OFFSETS, MeasureKind.LONE_MATCH);
    Measurements m = suite.measure(transformer(p), p, batch -> Plan.NONE, Depth.CHEAP);
    // The shortest block has 8 tokens: 9 behind a match is 1 behind the next.
    for (int offset = -2; offset <= 8; offset++) {
      String key = "offset." + (offset < 0 ? "before" + -offset : "" + offset) + ".L1H0";
      assertThat(m.value(key)).as(key).isCloseTo(offset == 1 ? 1 : 0, CLOSE);
    }
    assertThat(m.value("offset.1.best.head")).isEqualTo(2);
    assertThat(m.value("lone.again")).isCloseTo(0, within(1e-4));
    assertThat(m.value("lone.fresh")).isGreaterThan(2);
    assertThat(m.value("lone")).isCloseTo(m.value("lone.again") - m.value("lone.fresh"), CLOSE);
    Parameters uniform = HandBuilt.uniform(40, 33);
    assertThat(
            suite(uniform, MeasureKind.LONE_MATCH)
                .measure(transformer(uniform), uniform, batch -> Plan.NONE, Depth.CHEAP)
                .value("lone"))
        .isCloseTo(0, CLOSE);
  }

  @Test
  void aLoneMatchIsTheOnlyRepeatOfItsSequence() {
    for (TokenPool pool : List.of(TokenPool.all(90), TokenPool.all(20).withStart(3))) {
      LoneMatches drawn = LoneMatches.draw(pool, 5, 33);
      int positions = drawn.batch().context();
      assertThat(positions).isEqualTo(pool.hasStart() ? 19 : 33);
      int[][] tokens = drawn.batch().tokens();
      for (int s = 0; s < tokens.length; s += 2) {
        int[] again = tokens[s];
        int[] fresh = tokens[s + 1];
        int a = again[positions - 1];
        int[] before = Arrays.copyOf(again, positions - 1);
        assertThat(before)
            .doesNotHaveDuplicates()
            .contains(a)
            .isEqualTo(Arrays.copyOf(fresh, positions - 1));
        assertThat(before).doesNotContain(fresh[positions - 1]);
        int first = Arrays.stream(before).boxed().toList().indexOf(a);
        assertThat(first).isGreaterThanOrEqualTo(pool.hasStart() ? 1 : 0);
        assertThat(positions - 1 - first).isGreaterThan(2);
        assertThat(again[positions]).isEqualTo(before[first + 1]).isEqualTo(fresh[positions]);
      }
    }
    assertThatThrownBy(() -> LoneMatches.draw(TokenPool.all(5), 1, 40))
        .hasMessage(
            "lone matches: 4 positions of different tokens, expected at least 5 (context 40, all 5"
                + " tokens)");
  }

  private static ProbeSuite suite(Parameters p, MeasureKind... kinds) {
    Batch evaluation =
        new BigramRestarts(40, .5, .75, 8, 3).open().evaluation(1, 2, p.spec().nCtx());
    return new ProbeSuite(
        p.spec(), ProbeSpec.DEFAULT.withMeasures(kinds), evaluation, TokenPool.all(40), List.of());
  }

  private static Measurements measure(Parameters p, int vocab) {
    return suite(p.spec(), vocab).measure(transformer(p), p, batch -> Plan.NONE, Depth.THOROUGH);
  }

  private static ProbeSuite suite(ModelSpec spec, int vocab) {
    Batch evaluation =
        new BigramRestarts(vocab, .5, .75, 8, 3).open().evaluation(1, 12, spec.nCtx());
    return new ProbeSuite(
        spec,
        ProbeSpec.DEFAULT.withIcl(new IclIndices(3, 30, 1)),
        evaluation,
        TokenPool.all(vocab),
        List.of());
  }

  private static ReferenceTransformer transformer(Parameters p) {
    return new ReferenceTransformer(p.spec());
  }

  /** Computes sequences one by one, the last first, as a thread pool might. */
  private record Backwards(ReferenceTransformer inner) implements Transformer {
    @Override
    public float[][] forward(Parameters p, Batch batch, Plan plan, Observer observer) {
      float[][] losses = new float[batch.size()][];
      for (int s = batch.size() - 1; s >= 0; s--) {
        int sequence = s;
        Batch one = Batch.of(Arrays.copyOfRange(batch.tokens(), s, s + 1));
        losses[s] = inner.forward(p, one, plan, new Renumbered(observer, sequence))[0];
      }
      return losses;
    }

    @Override
    public float[][] gradient(Parameters p, Batch batch, Plan plan, float[] gradient) {
      return inner.gradient(p, batch, plan, gradient);
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  private record Renumbered(Observer inner, int sequence) implements Observer {
    @Override
    public Set<HookPoint> wants() {
      return inner.wants();
    }

    @Override
    public void observe(int s, HookPoint point, View view) {
      inner.observe(sequence, point, view);
    }
  }
}
