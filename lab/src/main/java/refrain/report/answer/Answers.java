package refrain.report.answer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import refrain.study.Answer;
import refrain.study.Argument;
import refrain.study.Claim;
import refrain.study.StudyResults;
import refrain.study.Tally;
import refrain.study.Verdict;
import refrain.study.Verdict.Ruling;

/**
 * What a study answers, made from its verdicts: three sentences, and a row an argument. Where it
 * has primary claims these alone are asked, else all.
 *
 * @param question what they answer; "": nothing but what the study's title says
 */
public record Answers(StudyResults results, String question) {
  /**
   * An argument in a line.
   *
   * @param says what the paper says, or what the argument is about
   * @param here the number of the claim that decides, such as "share removed 0.97 [0.95, 0.99]"
   * @param deciding that claim
   */
  public record Row(Argument argument, String says, String here, Mark mark, Verdict deciding) {
    /** How it came out: whether it agrees with the paper, or else what the verdict is. */
    public String word() {
      return argument.paper() == null ? deciding.ruling().words() : mark.word();
    }

    /** The same with a sign, in plain ASCII, such as "[+] agrees". */
    public String ascii() {
      return "[" + mark.sign() + "] " + word();
    }
  }

  /** The verdicts that answer for an argument; none where it has no claim of that kind. */
  public List<Verdict> asked(Argument argument) {
    boolean primary = results.study().claims().stream().anyMatch(Claim::primary);
    List<Verdict> own =
        results.verdicts(argument.id()).stream()
            .filter(v -> !primary || v.claim().primary())
            .toList();
    List<String> order = argument.answers().stream().map(Answer::claim).toList();
    List<Verdict> asked = new ArrayList<>(own);
    asked.sort((a, b) -> Integer.compare(place(order, a), place(order, b)));
    return asked;
  }

  private static int place(List<String> order, Verdict verdict) {
    int at = order.indexOf(verdict.claim().id());
    return at < 0 ? order.size() : at;
  }

  /** A row an argument that answers for something. */
  public List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (Argument argument : results.study().arguments()) {
      List<Verdict> asked = asked(argument);
      if (!asked.isEmpty()) {
        Verdict deciding = Mark.deciding(asked);
        String paper = argument.paper();
        rows.add(
            new Row(
                argument,
                paper == null ? argument.title() : paper,
                number(argument, deciding),
                Mark.of(asked),
                deciding));
      }
    }
    return rows;
  }

  /** The number that decides, and that of its control where it is the control that fails. */
  private static String number(Argument argument, Verdict v) {
    String quantity =
        argument
            .answer(v.claim().id())
            .map(Answer::quantity)
            .orElseGet(() -> v.claim().test().definition().title());
    StringBuilder words = new StringBuilder(quantity + " " + v.estimate().words());
    if (v.ruling() == Ruling.CONTROL_FAILED && v.control() != null) {
      words.append("; control ").append(v.control().words());
    }
    int n = v.estimate().n();
    int all = n + v.estimate().missing();
    if (v.tooFewRuns()) {
      words.append(", n ").append(all).append(" of ").append(v.claim().seeds());
    } else if (v.ruling() == Ruling.NO_VALUE) {
      words.append(", no value in ").append(v.estimate().missing()).append(" of ").append(all);
    }
    return words.toString();
  }

  /**
   * The answer in three sentences: how far the runs agree, what speaks for it, and what speaks
   * against it or is open. None where there is nothing to answer.
   */
  public List<String> sentences() {
    List<Row> rows = rows();
    if (rows.isEmpty()) {
      return List.of();
    }
    List<String> held = new ArrayList<>();
    List<String> against = new ArrayList<>();
    List<String> open = new ArrayList<>();
    for (Row row : rows) {
      for (Verdict v : asked(row.argument())) {
        Answer answer = row.argument().answer(v.claim().id()).orElseGet(() -> plain(v.claim()));
        switch (v.ruling()) {
          case HOLDS -> held.add(answer.holds());
          case PAPER_REFUTED -> against.add(answer.against());
          case OUR_GUESS_REFUTED -> against.add(answer.against() + " (our guess, not the paper's)");
          case BELOW_OUR_BAR -> against.add(answer.against() + " (by our bar, not the paper's)");
          case UNDECIDED -> open.add("whether " + answer.holds());
          case CONTROL_FAILED ->
              open.add("whether " + answer.holds() + " (the number passes, its control too much)");
          case NO_VALUE -> open.add("whether " + answer.holds() + " (too many runs have no value)");
        }
      }
    }
    return List.of(summary(rows), forIt(held), againstIt(against, open) + uncounted() + ".");
  }

  /** A claim that nothing is said of is spoken of by its sentence. */
  private static Answer plain(Claim claim) {
    String sentence = claim.sentence().replaceFirst("\\.$", "");
    String start = sentence.substring(0, 1).toLowerCase(Locale.ROOT) + sentence.substring(1);
    return new Answer(
        claim.id(), claim.test().definition().title(), start, "it does not hold that " + start);
  }

  private String summary(List<Row> rows) {
    String subject = results.study().subject();
    if (rows.stream().allMatch(row -> row.argument().paper() == null)) {
      long hold = count(rows, Mark.AGREES);
      return "Of %s %s.".formatted(arguments(rows.size()), hold == 1 ? "1 holds" : hold + " hold");
    }
    long agree = count(rows, Mark.AGREES);
    long differ = count(rows, Mark.DIFFERS);
    long open = count(rows, Mark.OPEN);
    String start =
        agree == rows.size()
            ? "By " + subject + ", yes"
            : differ == rows.size()
                ? "By " + subject + ", no"
                : open == rows.size() ? "It is open" : "By " + subject + ", in part";
    List<String> parts = new ArrayList<>();
    part(parts, agree, "agrees", "agree");
    part(parts, differ, "differs", "differ");
    part(parts, open, "is open", "are open");
    return start + ": of " + arguments(rows.size()) + " " + listed(parts) + ".";
  }

  private static String arguments(int n) {
    return n + (n == 1 ? " argument" : " arguments");
  }

  private static void part(List<String> parts, long n, String one, String many) {
    if (n > 0) {
      parts.add(n + " " + (n == 1 ? one : many));
    }
  }

  private static long count(List<Row> rows, Mark mark) {
    return rows.stream().filter(row -> row.mark() == mark).count();
  }

  private static String forIt(List<String> held) {
    return held.isEmpty()
        ? "Nothing that was asked speaks for it."
        : "What speaks for it: " + String.join("; ", held) + ".";
  }

  private static String againstIt(List<String> against, List<String> open) {
    if (against.isEmpty() && open.isEmpty()) {
      return "Nothing that was asked speaks against it, and nothing is open";
    }
    String speaks =
        against.isEmpty()
            ? "Nothing that was asked speaks against it"
            : "What speaks against it: " + String.join("; ", against);
    return speaks + (open.isEmpty() ? "" : "; open: " + String.join("; ", open));
  }

  /** What the answer leaves out, so that nobody takes silence about it for agreement. */
  private String uncounted() {
    List<Verdict> explored = results.verdicts().stream().filter(v -> !v.claim().primary()).toList();
    if (explored.isEmpty() || explored.size() == results.verdicts().size()) {
      return "";
    }
    long hold = explored.stream().filter(v -> v.ruling() == Ruling.HOLDS).count();
    long open =
        explored.stream()
            .filter(v -> v.ruling() == Ruling.UNDECIDED || v.ruling() == Ruling.NO_VALUE)
            .count();
    return "; of %s exploratory claims, which are not counted here, %s hold, %s are open and %s fail"
        .formatted(explored.size(), hold, open, explored.size() - hold - open);
  }

  /** Such as "4 agree, 1 differs and 2 are open". */
  private static String listed(List<String> parts) {
    return parts.size() < 2
        ? String.join("", parts)
        : String.join(", ", parts.subList(0, parts.size() - 1)) + " and " + parts.getLast();
  }

  /**
   * Whether the claims were registered before the runs, and why not; of a study of one's own none.
   */
  public List<String> registered() {
    return results
        .registration()
        .map(status -> "seeds from %s on, %s".formatted(results.study().block(), status.words()))
        .stream()
        .toList();
  }

  /** The two tallies, of those kinds that the study has. */
  public List<String> tallies() {
    return Arrays.stream(Claim.Kind.values())
        .map(results::tally)
        .filter(tally -> tally.all() > 0)
        .map(Tally::words)
        .toList();
  }
}
