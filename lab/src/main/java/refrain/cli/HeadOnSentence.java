package refrain.cli;

import java.io.PrintWriter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Measured;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.LookingBack;
import refrain.analysis.instrument.LookingBack.Prediction;
import refrain.cli.term.AttentionStrip;
import refrain.cli.term.Ink;
import refrain.cli.term.Paragraph;
import refrain.cli.term.TerminalTraits;
import refrain.data.TokenNames;
import refrain.model.HeadId;
import refrain.probe.RepeatedLoss;

/** Prints one head looking back, and what is lost without it. */
final class HeadOnSentence {
  /**
   * A control that loses more than this share of what the head loses is none that one can rest on.
   */
  private static final double NOT_NEUTRAL = 0.25;

  private final LookingBack looking;
  private final TokenNames names;
  private final HeadId head;
  private final PrintWriter out;
  private final TerminalTraits traits;
  private final Ink ink;

  HeadOnSentence(
      LookingBack looking, TokenNames names, HeadId head, PrintWriter out, TerminalTraits traits) {
    this.looking = looking;
    this.names = names;
    this.head = head;
    this.out = out;
    this.traits = traits;
    this.ink = new Ink(traits);
  }

  /** What is shown: a model after so many steps, on as many sequences as verdicts have. */
  static LookingBack looking(Measured run, long step) {
    return new LookingBack(run.state(step), run.repeated(run.pairs()));
  }

  /** The heads that match, and that this one does or does not. */
  void heads() {
    Heads heads = looking.heads();
    if (!heads.formed()) {
      say(
          "No head is an induction head: the best prefix-matching score is %s (%s); one counts from"
              + " %s on. %s is shown all the same.",
          score(heads.score(looking.best())), looking.best(), score(Heads.bar(Double.NaN)), head);
      return;
    }
    say(
        "Induction heads, by prefix-matching score: %s.",
        heads.matching().stream()
            .map(h -> h + " " + score(heads.score(h)))
            .collect(Collectors.joining(", ")));
    if (!heads.matching().contains(head)) {
      say("%s is none of them: %s.", head, score(heads.score(head)));
    }
  }

  /**
   * Where the head looks from the last token, what is predicted, and what is without heads.
   *
   * @param prompt null: random tokens said twice
   */
  void sentence(int @Nullable [] prompt) {
    int[] tokens = prompt == null ? looking.sentence() : prompt;
    double[] attention = looking.attention(head, tokens);
    say(
        prompt == null
            ? "%s at one sentence: tokens drawn at random, then the first of them again. Below each"
                + " token stands its share of the head's attention from the last one, in brackets:"
            : "%s at one sentence. Below each token stands its share of the head's attention from"
                + " the last one, in brackets:",
        head);
    out.println();
    List<String> shown = Arrays.stream(tokens).mapToObj(names::name).toList();
    AttentionStrip.lines(shown, attention, traits.width() - 2, ink, traits.unicode())
        .forEach(line -> out.println(line.isEmpty() ? line : "  " + line));
    out.println();
    int at = largest(attention);
    int last = tokens[tokens.length - 1];
    boolean back = at > 0 && at < tokens.length - 1 && tokens[at - 1] == last;
    say(
        "At %s it looks at %s (%s of its attention), which %s",
        quoted(last),
        at == tokens.length - 1 ? "itself" : quoted(tokens[at]),
        score(attention[at]),
        back
            ? "came after " + quoted(last) + " before: it looks back."
            : "is not what came after an earlier " + quoted(last) + ".");
    int asked = prompt == null ? looking.next() : looking.predict(tokens, List.of(), 0).token();
    predict("The model predicts", tokens, List.of(), asked);
    predict("Without " + head + " it predicts", tokens, List.of(head), asked);
    List<HeadId> matching = looking.heads().matching();
    if (matching.size() > 1) {
      predict("Without all " + matching.size() + " it predicts", tokens, matching, asked);
    }
  }

  private void predict(String who, int[] tokens, List<HeadId> off, int asked) {
    Prediction p = looking.predict(tokens, off, asked);
    say(
        "%s %s (probability %s)%s",
        who,
        quoted(p.token()),
        score(p.probability()),
        p.token() == asked ? "." : "; " + quoted(asked) + " has " + score(p.ofAsked()) + ".");
  }

  /** What is lost on repeated random tokens, beside controls. */
  void losses() {
    say("Loss on repeated random tokens, nats a token, with heads switched off:");
    out.println();
    int room = 38;
    line(
        ink.faint(
            pad("switched off", room) + right("first time") + right("again") + right("lost")));
    RepeatedLoss.Means intact = looking.losses(List.of());
    row("nothing", List.of(), intact, room);
    double lost = row(head.toString(), List.of(head), intact, room);
    Optional<HeadId> control = looking.control(head);
    double lostByControl =
        control.isEmpty()
            ? 0
            : row(control.get() + ", a control", List.of(control.get()), intact, room);
    List<HeadId> matching = looking.heads().matching();
    if (matching.size() > 1) {
      row("all " + matching.size() + " induction heads", matching, intact, room);
    }
    looking
        .previousTokenHead(head)
        .ifPresent(other -> row(other + ", the previous-token head", List.of(other), intact, room));
    out.println();
    if (control.isEmpty()) {
      say("No head is left as a control: all match, look at the previous token, or are %s.", head);
    } else if (lostByControl > NOT_NEUTRAL * lost) {
      say(
          "Without the control much is lost too. The heads of a small model share their work, so one"
              + " control shows little: measure --intervene holds a head against all others of its"
              + " layer, and the study against many, over seeds.");
    }
  }

  /** Prints a row; the nats a token that are lost on what is said again. */
  private double row(String what, List<HeadId> off, RepeatedLoss.Means intact, int room) {
    RepeatedLoss.Means means = looking.losses(off);
    double lost = means.again() - intact.again();
    line(
        pad(what, room)
            + right(nats(means.first()))
            + right(nats(means.again()))
            + right(off.isEmpty() ? "" : nats(lost)));
    return lost;
  }

  private void line(String text) {
    out.println("  " + text.stripTrailing());
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String right(String text) {
    return " ".repeat(Math.max(1, 11 - text.length())) + text;
  }

  private static String nats(double x) {
    String text = String.format(Locale.ROOT, "%.2f", x);
    return text.equals("-0.00") ? "0.00" : text;
  }

  private static String score(double x) {
    return String.format(Locale.ROOT, "%.2f", x);
  }

  private String quoted(int token) {
    return "'" + names.name(token) + "'";
  }

  private static int largest(double[] x) {
    int best = 0;
    for (int i = 1; i < x.length; i++) {
      best = x[i] > x[best] ? i : best;
    }
    return best;
  }

  private void say(String format, Object... values) {
    Paragraph.print(out, traits, format, values);
  }
}
