package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import refrain.analysis.Measured;
import refrain.analysis.instrument.EditedReader;
import refrain.analysis.instrument.ModelState;
import refrain.base.Default;
import refrain.base.RefrainException;
import refrain.data.TokenNames;
import refrain.intervene.Intervention;
import refrain.intervene.Interventions;
import refrain.model.Decoder;
import refrain.model.Generation;
import refrain.model.Sampling;
import refrain.model.TokenReader;

/**
 * What a model in one state goes on with, token by token, perhaps under interventions, each with
 * the distribution that it was drawn from. It ends with the tokens asked for, or where the model
 * ends its text.
 */
public final class Continuation implements Iterator<Continuation.Step> {
  private static final int MOST = 4096;
  private static final int MOST_TOP = 1000;

  /**
   * What is asked.
   *
   * @param prompt at least one token
   * @param interventions with values of the same text: zeros or clean ones
   * @param count tokens at most
   * @param temperature 0: always the likeliest
   * @param topK draw from so many of the likeliest; 0: from all
   * @param seed of the draws
   * @param top how many of the likeliest tokens are shown
   */
  public record Asked(
      List<Integer> prompt,
      @Default("[]") List<Intervention> interventions,
      @Default("32") int count,
      @Default("1") double temperature,
      @Default("0") int topK,
      @Default("0") long seed,
      @Default("10") int top) {
    public Asked {
      prompt = List.copyOf(prompt);
      interventions = List.copyOf(interventions);
      RefrainException.require(
          count >= 0 && count <= MOST, "count is %s, expected 0 to %s", count, MOST);
      RefrainException.require(
          top >= 1 && top <= MOST_TOP, "top is %s, expected 1 to %s", top, MOST_TOP);
    }
  }

  /**
   * One new token.
   *
   * @param token chosen
   * @param name what it is called
   * @param probability that the model gave it, before temperature and topK
   * @param ends whether the model ends its text with it
   * @param likeliest tokens there, likeliest first
   */
  public record Step(
      int token, String name, double probability, boolean ends, List<Likely> likeliest) {}

  /** A token and its probability. */
  public record Likely(int token, String name, double probability) {}

  private final TokenNames names;
  private final Generation generation;
  private final int top;
  private final Watch watch;
  private boolean ended;

  Continuation(
      Measured run, TokenNames names, ModelState model, long step, Asked asked, Watch watch) {
    ReadText.checkTokens(run, asked.prompt(), "prompt");
    Interventions.of(model.spec(), asked.interventions()); // refuses what the model has not
    List<Intervention> on = Intervention.at((int) step, asked.interventions());
    List<Intervention> all = new ArrayList<>(on);
    all.addAll(model.own());
    TokenReader reader =
        all.isEmpty() ? new Decoder(model.parameters()) : new EditedReader(model, on);
    this.names = names;
    this.top = asked.top();
    this.watch = watch;
    this.generation =
        new Generation(
            reader,
            model.spec().nCtx(),
            asked.prompt().stream().mapToInt(t -> t).toArray(),
            asked.count(),
            new Sampling(asked.temperature(), asked.topK(), asked.seed()),
            Generation.WhenFull.SLIDE);
  }

  @Override
  public boolean hasNext() {
    return !ended && generation.hasNext();
  }

  /**
   * @throws java.util.concurrent.CancellationException when nobody waits any more
   */
  @Override
  public Step next() {
    if (!hasNext()) {
      throw new NoSuchElementException("the text has ended");
    }
    watch.check();
    int token = generation.next();
    float[] logits = generation.logits();
    double[] probabilities = new double[logits.length];
    Pass.softmax(logits, 0, probabilities);
    ended = names.endOfText().orElse(-1) == token;
    return new Step(
        token,
        names.name(token),
        probabilities[token],
        ended,
        Pass.top(probabilities, top).stream()
            .map(v -> new Likely(v, names.name(v), probabilities[v]))
            .toList());
  }
}
