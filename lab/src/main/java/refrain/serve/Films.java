package refrain.serve;

import static refrain.base.RefrainException.require;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.analysis.explore.Exactness;
import refrain.analysis.explore.Explored;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.base.Version;
import refrain.model.HeadId;
import refrain.model.Parameters;
import refrain.serve.http.HttpFault;
import refrain.serve.http.Reply;
import refrain.serve.http.Request;
import refrain.store.Checkpoint;
import refrain.store.Json;

/**
 * Films of a sequence over training: a frame a checkpoint, or of any steps that are there. Frames
 * are computed one at a time at the {@link Desk}, written as they are made, and kept. The frames of
 * checkpoints that lie near the step that somebody looks at come first.
 *
 * <p>A film is u32 frames, T, layers, heads, size and flags, f64 steps in the order of the frames,
 * the frames (see {@link Film}), and a tail, as long as T + 2 words: f32[T] losses under the bigram
 * table, u32 flags, u32 0. To count that table can take seconds, so frames that are sent before
 * have NaN in its place. Flags: 1 thumbnails, 2 the language's own bigram table, 4 one head, 8
 * weighted by the lengths of values.
 */
final class Films {
  private static final long KEPT_BYTES = 96L << 20;
  private static final int DEFAULT_FRAMES = 200;
  private static final int MOST_FRAMES = 1000;
  private static final int MOST_EXACT = 16;

  /** Sequences beside the one that is shown, for interventions that take values from another. */
  private static final int OTHERS = 7;

  /** Raised where frames of the same model look otherwise than before. */
  private static final int FORMAT = 2;

  /**
   * What is asked for.
   *
   * @param most frames
   * @param head such as L1H3; null: all
   * @param near the step from which on frames of checkpoints are computed, to both sides
   * @param weighted whether attention is weighted by the lengths of the values that it reads
   * @param steps frames of these in place of checkpoints, in this order; null: checkpoints
   */
  record Asked(
      Text text,
      @Default("200") int most,
      @Default("null") @Nullable String head,
      @Default("0") long near,
      @Default("false") boolean weighted,
      @Default("null") @Nullable List<Long> steps) {

    /**
     * A sequence: by kind and number, or token by token.
     *
     * @param kind evaluation or repeated
     */
    record Text(
        @Default("null") @Nullable String kind,
        @Default("0") int n,
        @Default("null") @Nullable List<Integer> tokens) {}
  }

  /**
   * A state of the run.
   *
   * @param sha of its parameters: of a checkpoint its file's, else their bits'
   * @param saved whether it is read from a checkpoint, or is the initial one
   */
  private record State(long step, String sha, boolean saved) {}

  private final Runs runs;
  private final Recent<String, byte[]> frames = new Recent<>(KEPT_BYTES, f -> f.length, f -> {});
  private final States states;
  private final Desk desk;

  Films(Runs runs, States states, Desk desk) {
    this.runs = runs;
    this.states = states;
    this.desk = desk;
  }

  Reply film(Request request) {
    request.only();
    desk.admit("film");
    Asked asked = Json.read(Question.body(request, "film"), Asked.class, "film");
    require(
        asked.most >= 2 && asked.most <= MOST_FRAMES,
        "film: most is %s, expected 2 to %s (without it, %s)",
        asked.most,
        MOST_FRAMES,
        DEFAULT_FRAMES);
    HeadId head = asked.head == null ? null : HeadId.parse(asked.head);
    Place place = runs.place(request);
    OpenRun run = runs.open(place);
    int[][] tokens = tokens(run, asked.text, !place.spec().interventions().isEmpty());
    Film film = Film.of(place.spec().model(), tokens[0].length - 1, head, asked.weighted);
    List<State> wanted =
        asked.steps == null
            ? near(asked.near, saved(place, asked.most))
            : exact(place, asked.steps);
    if (wanted.isEmpty()) {
      throw RefrainException.badInput(
          "%s: has no checkpoint yet, so there is nothing to be shown; wait for the first one",
          place.path());
    }
    String shown =
        Place.hash(
            FORMAT
                + Version.refrain()
                + place.spec().identity()
                + Arrays.deepToString(tokens)
                + head
                + asked.weighted);
    String etag =
        Place.hash(
            shown + wanted.stream().map(s -> s.step + s.sha).collect(Collectors.joining(",")));
    return new Reply.Chunked(
        Reply.BINARY, etag, out -> write(out, place, run, film, tokens, wanted, shown));
  }

  /** The sequence that is shown, and a target for its last token, which is not read. */
  private static int[][] tokens(OpenRun run, Asked.Text text, boolean others) {
    int[] shown;
    OpenRun.Kind kind = OpenRun.Kind.EVALUATION;
    if (text.tokens != null) {
      require(text.kind == null, "film: text has both a kind and tokens, expected one of the two");
      shown = text.tokens.stream().mapToInt(Integer::intValue).toArray();
      run.check(shown);
    } else {
      kind = Runs.kind("film", text.kind == null ? "" : text.kind);
      require(text.n >= 0, "film: n is %s, expected 0 or more", text.n);
      shown = run.sequence(kind, text.n);
    }
    int[][] all = others ? run.sequences(kind) : new int[0][];
    int[][] tokens = new int[1 + Math.min(OTHERS, all.length)][];
    tokens[0] = Arrays.copyOf(shown, shown.length + 1);
    for (int i = 1; i < tokens.length; i++) {
      tokens[i] = Arrays.copyOf(all[(text.n + i) % all.length], shown.length + 1);
    }
    return tokens;
  }

  /** Checkpoints, and step 0 where its parameters are known; the first and the last are kept. */
  private static List<State> saved(Place place, int most) {
    List<Checkpoint> all = place.folder().checkpoints().list();
    boolean anew = place.spec().anew();
    int n = all.size() + (anew ? 1 : 0);
    int kept = Math.min(n, most);
    return IntStream.range(0, kept)
        .map(i -> kept < 2 ? 0 : (int) Math.round(i * (n - 1.0) / (kept - 1)))
        .mapToObj(i -> anew ? i - 1 : i)
        .map(i ->
            i < 0 ? new State(0, "", true) : new State(all.get(i).step(), sha(all.get(i)), true))
        .toList();
  }

  /** States at any steps, all of which are there. */
  private List<State> exact(Place place, List<Long> steps) {
    require(
        !steps.isEmpty() && steps.size() <= MOST_EXACT,
        "film: steps has %s steps, expected 1 to %s",
        steps.size(),
        MOST_EXACT);
    return steps.stream()
        .map(step -> {
          states.check(place, step);
          return states.more(
              place,
              (explorer, watch) -> {
                Explored at = States.ready(explorer, place, step, watch);
                boolean saved = at.state().exactness() == Exactness.STORED;
                String sha = saved ? at.state().sha256() : at.digest();
                return new State(step, sha, saved);
              });
        })
        .toList();
  }

  /** The last one that is not after a step, then the others as they lie ever farther from it. */
  private static List<State> near(long step, List<State> states) {
    long first = states.stream().mapToLong(State::step).filter(s -> s <= step).max().orElse(step);
    return states.stream()
        .sorted(
            Comparator.comparing((State state) -> state.step != first)
                .thenComparingLong(state -> Math.abs(state.step - step)))
        .toList();
  }

  private static String sha(Checkpoint checkpoint) {
    try {
      Inside.check(checkpoint);
      return checkpoint.checksums().getOrDefault(Checkpoint.MODEL, "");
    } catch (RefrainException e) {
      return "damaged"; // said where it is read
    }
  }

  private void write(
      OutputStream out,
      Place place,
      OpenRun run,
      Film film,
      int[][] tokens,
      List<State> wanted,
      String shown)
      throws IOException {
    int flags = film.flags() | (OpenRun.ownBigrams(run.spec()) ? 2 : 0);
    out.write(film.begins(flags, wanted.stream().mapToLong(State::step).toArray()));
    out.flush();
    int[] sequence = Arrays.copyOf(tokens[0], film.positions());
    float[] unknown = film.unknown();
    for (State state : wanted) {
      String key = shown + "@" + state.step + state.sha;
      byte[] frame = frames.get(key);
      if (frame == null) {
        frame = make(place, run, film, tokens, state);
        frames.put(key, frame);
      }
      out.write(film.with(run.bigramsKnown(sequence).orElse(unknown), frame));
      out.flush();
    }
    out.write(film.ends(run.bigramLosses(sequence), flags));
  }

  /**
   * A frame at a time goes to the desk, so that others come between; none is held up by a reader.
   */
  private byte[] make(Place place, OpenRun run, Film film, int[][] tokens, State state) {
    return states.more(
        place,
        (explorer, watch) -> {
          try {
            if (!state.saved) {
              Parameters parameters =
                  States.ready(explorer, place, state.step, watch).state().parameters();
              return run.with(subject -> film.frame(subject.state(state.step, parameters), tokens));
            }
            return run.with(subject -> frame(subject, film, tokens, state));
          } catch (RefrainException | HttpFault e) {
            return film.unreadable();
          }
        });
  }

  private static byte[] frame(Subject run, Film film, int[][] tokens, State state) {
    if (state.step > 0 || !run.spec().anew()) {
      Inside.check(run.folder().checkpoints().at(state.step));
    }
    return film.frame(run.state(state.step), tokens);
  }
}
