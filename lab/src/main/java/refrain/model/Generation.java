package refrain.model;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.function.IntPredicate;
import refrain.base.RefrainException;
import refrain.data.Rng;

/**
 * A sequence that is continued token by token.
 *
 * <p>A model knows positions 0 to n_ctx - 1. With {@link WhenFull#FAIL} asking for more is an error
 * before anything is generated: a prompt of p tokens leaves room for n_ctx - p + 1 (the last one
 * need not be read). With {@link WhenFull#SLIDE} the window slides when it is full: the decoder
 * starts again and reads the last half of n_ctx tokens from position 0, so a token sees between
 * half of n_ctx and n_ctx tokens before it.
 */
public final class Generation {
  /** What happens when the context is full. */
  public enum WhenFull {
    FAIL,
    SLIDE
  }

  private final TokenReader reader;
  private final int most;
  private final Sampling sampling;
  private final Rng rng;
  private final int[] all;
  private int length;
  private int next;
  private float[] logits = new float[0];

  /**
   * Before its first token.
   *
   * @param reader has read nothing
   * @param most n_ctx of the model that reads
   * @param prompt at least one token
   * @param count tokens that follow it at most
   * @throws RefrainException when the prompt is empty or does not fit
   */
  public Generation(
      TokenReader reader, int most, int[] prompt, int count, Sampling sampling, WhenFull whenFull) {
    if (prompt.length == 0 || count < 0) {
      throw RefrainException.badInput(
          "generation: prompt of %s tokens, to be continued by %s; expected a prompt of "
              + "at least one token and a count of at least 0",
          prompt.length, count);
    }
    if (whenFull == WhenFull.FAIL && prompt.length + count - 1 > most) {
      throw RefrainException.badInput(
          "generation: a prompt of "
              + prompt.length
              + " tokens and "
              + count
              + " more do not fit the context, nCtx = "
              + most
              + "; ask for at most "
              + Math.max(0, most - prompt.length + 1)
              + " or let the window slide");
    }
    this.reader = reader;
    this.most = most;
    this.sampling = sampling;
    this.rng = Rng.of(sampling.seed()).split("generation");
    this.all = Arrays.copyOf(prompt, prompt.length + count);
    this.length = prompt.length;
    this.next = Math.max(0, prompt.length - most);
  }

  /** Whether a token is left to be chosen. */
  public boolean hasNext() {
    return length < all.length;
  }

  /**
   * Chooses the next token.
   *
   * @throws RefrainException when the prompt has a token that the model does not know
   */
  public int next() {
    if (!hasNext()) {
      throw new NoSuchElementException("all tokens that were asked for are there");
    }
    if (reader.position() == most) {
      reader.reset();
      next = length - Math.max(1, most / 2);
    }
    while (next < length) {
      logits = reader.read(all[next++]);
    }
    all[length] = sampling.choose(logits, rng);
    return all[length++];
  }

  /** [d_vocab] the logits that the last token was chosen by. */
  public float[] logits() {
    return logits.clone();
  }

  /**
   * Up to {@code count} tokens that follow the prompt.
   *
   * @param prompt at least one token
   * @param each called with each new token; false ends the generation with that token
   * @return the new tokens, without the prompt
   * @throws RefrainException when the prompt is empty, has an unknown token, or does not fit
   */
  public static int[] generate(
      Parameters parameters,
      int[] prompt,
      int count,
      Sampling sampling,
      WhenFull whenFull,
      IntPredicate each) {
    int most = parameters.spec().nCtx();
    return generate(new Decoder(parameters), most, prompt, count, sampling, whenFull, each);
  }

  /**
   * The same by whatever reads.
   *
   * @param most n_ctx of the model that reads
   */
  public static int[] generate(
      TokenReader reader,
      int most,
      int[] prompt,
      int count,
      Sampling sampling,
      WhenFull whenFull,
      IntPredicate each) {
    Generation all = new Generation(reader, most, prompt, count, sampling, whenFull);
    boolean going = true;
    while (going && all.hasNext()) {
      going = each.test(all.next());
    }
    return Arrays.copyOfRange(all.all, prompt.length, all.length);
  }

  /** The same to the end, without sliding. */
  public static int[] generate(Parameters parameters, int[] prompt, int count, Sampling sampling) {
    return generate(parameters, prompt, count, sampling, WhenFull.FAIL, token -> true);
  }
}
