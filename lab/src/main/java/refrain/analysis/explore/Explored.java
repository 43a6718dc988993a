package refrain.analysis.explore;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Measured;
import refrain.analysis.OnDisk;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Verdict;
import refrain.base.Digests;
import refrain.data.TokenNames;
import refrain.model.HeadId;
import refrain.model.Parameters;

/**
 * A run at one step, or a model on disk, and what can be asked of it. Of use until its {@link
 * Explorer} or the model is closed; not thread-safe.
 */
public final class Explored {
  /** Numbers hashed at a time. */
  private static final int BLOCK = 1 << 14;

  private final Measured run;
  private final TokenNames names;
  private final ExactState state;
  private @Nullable Map<HeadId, Match> matches;
  private @Nullable CircuitGraph circuit;
  private @Nullable String digest;

  Explored(Measured run, TokenNames names, ExactState state) {
    this.run = run;
    this.names = names;
    this.state = state;
  }

  /** A model on disk in its one state, step 0. */
  public static Explored of(OnDisk model) {
    return new Explored(model, model.tokenNames(), ExactState.onDisk(model.parameters()));
  }

  /** The same where more or less is known of the state; else another with nothing found of it. */
  Explored called(TokenNames names, ExactState now) {
    Explored other = new Explored(run, names, now);
    if (Arrays.equals(state.parameters().arena(), now.parameters().arena())) {
      other.matches = matches;
      other.circuit = circuit;
      other.digest = digest;
    }
    return other;
  }

  /** SHA-256 of the parameters' bits as they lie in memory, 64 hexadecimal digits. */
  public String digest() {
    String known = digest;
    if (known == null) {
      known = digest(state.parameters().arena());
      digest = known;
    }
    return known;
  }

  private static String digest(float[] values) {
    MessageDigest digest = Digests.sha256();
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Float.BYTES);
    for (int from = 0; from < values.length; from += BLOCK) {
      int n = Math.min(BLOCK, values.length - from);
      block.asFloatBuffer().put(values, from, n);
      digest.update(block.array(), 0, n * Float.BYTES);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  /** Which state it is, and how far that is known. */
  public ExactState state() {
    return state;
  }

  /** A model of these parameters that gives up where nobody waits. */
  private ModelState model(Watch watch) {
    Parameters parameters = state.parameters();
    ModelState own = run.state(state.step(), parameters);
    return new ModelState(
        new Watched(own.engine(), watch, run instanceof OnDisk),
        parameters,
        own.own(),
        own.donors(),
        own.context(),
        own.tokens());
  }

  /** Whether each head matches prefixes, as {@code measure} says it; none where it cannot. */
  public Map<HeadId, Match> matches(Watch watch) {
    Map<HeadId, Match> known = matches;
    if (known == null) {
      known =
          new LinkedHashMap<>(Match.of(model(watch), List.of(), run.probe().seed(), run.pairs()));
      matches = known;
    }
    return known;
  }

  /** The verdicts of a model on disk take seconds: a pass has them where they were asked for. */
  private Map<HeadId, Verdict> verdicts(Watch watch) {
    boolean waits = run instanceof OnDisk && matches == null;
    Map<HeadId, Match> known = waits ? Map.of() : matches(watch);
    return HeadId.all(run.model()).stream()
        .collect(
            Collectors.toMap(
                head -> head,
                head -> {
                  Match match = known.get(head);
                  return match == null ? Verdict.NONE : match.verdict();
                }));
  }

  /** One text, as the model is and under interventions, with their placebo. */
  public Pass pass(Pass.Asked asked, Watch watch) {
    return Pass.of(run, names, model(watch), verdicts(watch), state.step(), asked);
  }

  /** The model as a graph. */
  public CircuitGraph circuit(Watch watch) {
    CircuitGraph known = circuit;
    if (known == null) {
      known = CircuitGraph.of(run, model(watch), matches(watch), state.step(), watch);
      circuit = known;
    }
    return known;
  }

  /**
   * Tables of what a head moves and looks for.
   *
   * @param through an earlier head that its keys are read through; null: none
   */
  public HeadTables tables(HeadId head, @Nullable HeadId through, Watch watch) {
    return new HeadTables(names, state.parameters(), state.step(), head, through, watch);
  }

  /** What speaks for and against a head. */
  public Evidence evidence(HeadId head, Watch watch) {
    return Evidence.of(run, model(watch), matches(watch), state.step(), head);
  }

  /** What the model goes on with, token by token. */
  public Continuation continuation(Continuation.Asked asked, Watch watch) {
    return new Continuation(run, names, model(watch), state.step(), asked, watch);
  }
}
