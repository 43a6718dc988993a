package refrain.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import refrain.analysis.measure.Comparison;
import refrain.analysis.measure.HeadRow;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Measurement;
import refrain.analysis.measure.Placebo;
import refrain.analysis.measure.PromptReading;
import refrain.analysis.measure.Reading;
import refrain.analysis.measure.Removal;
import refrain.analysis.measure.Verdict;
import refrain.probe.Definition;
import refrain.report.MeasuredTable;

/** Measurements as lines of text that a terminal of 80 columns holds. */
final class MeasureText {
  /** Of more heads the first ones are shown, and all that match. */
  private static final int MOST_ROWS = 100;

  private static final int FEW_ROWS = 24;

  private MeasureText() {}

  static List<String> lines(
      List<Measurement> all, @Nullable PromptReading prompt, @Nullable Comparison compared) {
    if (prompt != null) {
      return prompt(prompt);
    }
    List<String> lines = new ArrayList<>();
    Measurement last = all.getLast();
    if (all.size() > 1) {
      states(lines, all);
      lines.add("");
      lines.add("ICL score and loss in nats, +- one standard error, on " + last.text() + ".");
    } else {
      one(lines, last);
    }
    last.notes().forEach(note -> lines.add("note: " + note));
    if (compared != null) {
      compared(lines, compared);
    }
    return lines;
  }

  /** A row a state of one run, or a run of a study. */
  private static void states(List<String> lines, List<Measurement> all) {
    int width = all.stream().mapToInt(m -> m.run().label().length()).max().orElse(0);
    String format = "%-" + Math.max(4, width) + "s %4s %7s %7s  %-14s %6s  %s%s";
    lines.add(format(format, "run", "seed", "step", "formed", "ICL score", "loss", "heads", ""));
    for (Measurement m : all) {
      Measurement.Intervened after = m.intervened();
      lines.add(
          format(
              format,
              m.run().label(),
              (long) m.run().seedInColumn(),
              m.step(),
              m.run().formed() == null ? "none" : m.run().formed(),
              m.model().icl().ascii(),
              two(m.model().loss()),
              m.hasVerdicts() ? m.model().bestHeads() : "",
              after == null
                  ? ""
                  : "; ICL "
                      + after.change().icl().ascii()
                      + " under "
                      + String.join(", ", after.interventions())));
    }
  }

  private static void one(List<String> lines, Measurement m) {
    lines.add(m.run().isOnDisk() ? m.run().name() + ", a model on disk" : trained(m));
    lines.add(
        format(
            "ICL score %s nats (n = %d), loss %s nats per token, on %s",
            m.model().icl().ascii(), m.model().icl().n(), two(m.model().loss()), m.text()));
    lines.add("");
    heads(lines, m, m.model());
    losses(lines, m);
    numbers(lines, m);
    Measurement.Intervened after = m.intervened();
    if (after != null) {
      intervened(lines, m, after);
    }
  }

  private static String trained(Measurement m) {
    Long formed = m.run().formed();
    return format(
        "%s, seed %d, step %d of %d; %s",
        m.run().name(),
        (long) m.run().seedInColumn(),
        m.step(),
        m.run().steps(),
        formed == null ? "no heads formed" : "heads formed at step " + formed);
  }

  private static void heads(List<String> lines, Measurement m, Reading model) {
    List<Definition> scored = MeasuredTable.scored(m);
    if (scored.isEmpty() && !m.hasVerdicts() && !m.hasEffects()) {
      return;
    }
    StringBuilder heading = new StringBuilder(format("%-6s", "head"));
    if (m.hasVerdicts()) {
      heading.append(format(" %-14s", "verdict"));
    }
    scored.forEach(d -> heading.append(format(" %8s", d.key())));
    if (m.hasVerdicts()) {
      heading.append(format("  %-13s", "match"));
    }
    if (m.hasEffects()) {
      heading.append(format("  %-13s  %s", "loss without", "ICL without"));
    }
    lines.add(heading.toString().stripTrailing());
    List<HeadRow> rows = model.byVerdict();
    int shown = rows.size() <= MOST_ROWS ? rows.size() : Math.max(FEW_ROWS, found(rows));
    for (HeadRow row : rows.subList(0, shown)) {
      StringBuilder line = new StringBuilder(format("%-6s", row.name()));
      Match match = row.match();
      if (match != null) {
        line.append(format(" %-14s", match.verdict().words()));
      }
      scored.forEach(d -> line.append(format(" %8s", two(row.score(d.key())))));
      if (match != null) {
        line.append(format("  %-13s", match.change().ascii()));
      }
      Removal without = row.without();
      if (without != null) {
        line.append(format("  %-13s  %s", without.loss().ascii(), without.icl().ascii()));
      }
      lines.add(line.toString().stripTrailing());
    }
    if (shown < rows.size()) {
      lines.add(format("and %d heads more, in --json and --csv", rows.size() - shown));
    }
    lines.add("");
    scored.forEach(d -> lines.add(format("%-13s%s", d.key(), named(d))));
    if (m.hasVerdicts()) {
      lines.add("match        prefix matching minus the same head's attention over the same");
      lines.add("             distances where nothing is repeated (probability)");
    }
    if (m.hasEffects()) {
      lines.add("without      change (nats) where the head's output is zero; ICL above 0: lost");
    }
  }

  /** How many heads have a verdict other than none; they come first. */
  private static int found(List<HeadRow> rows) {
    return (int) rows.stream().filter(row -> row.verdict() != Verdict.NONE).count();
  }

  private static String named(Definition d) {
    return d.title() + (d.unit().equals("1") ? "" : " (" + d.unit() + ")");
  }

  /** At a dozen indices, closer together where the context begins. */
  private static void losses(List<String> lines, Measurement m) {
    double[] before = m.model().lossByIndex();
    Measurement.Intervened after = m.intervened();
    List<Integer> at = new ArrayList<>();
    for (int t = 0; t < before.length; t = t == 0 ? 1 : 2 * t) {
      at.add(t);
    }
    if (at.getLast() != before.length - 1) {
      at.add(before.length - 1);
    }
    lines.add("");
    lines.add(
        format("%-14s", "token index")
            + at.stream().map(t -> format("%6d", t)).collect(Collectors.joining()));
    lines.add(row("loss (nats)", at, before));
    if (after != null) {
      lines.add(row("  after", at, after.model().lossByIndex()));
    }
  }

  private static String row(String name, List<Integer> at, double[] losses) {
    return format("%-14s", name)
        + at.stream().map(t -> format("%6s", two(losses[t]))).collect(Collectors.joining());
  }

  private static void numbers(List<String> lines, Measurement m) {
    List<String> asked = new ArrayList<>();
    m.model()
        .numbers()
        .forEach((name, value) -> asked.add(format("%-24s %s", name, format("%.4f", value))));
    asked.removeIf(line -> line.contains(".best") || line.startsWith("pm.uniform"));
    if (!asked.isEmpty()) {
      lines.add("");
      lines.addAll(asked);
    }
    m.model()
        .series()
        .forEach((name, values) ->
            lines.add(name + ": " + values.length + " numbers, in --json and --csv"));
  }

  private static void intervened(List<String> lines, Measurement m, Measurement.Intervened after) {
    lines.add("");
    lines.add("under " + String.join(", ", after.interventions()) + ":");
    lines.add(
        format(
            "  ICL score  %s -> %s nats, change %s",
            m.model().icl().ascii(), after.model().icl().ascii(), after.change().icl().ascii()));
    lines.add(
        format(
            "  loss       %s -> %s nats, change %s",
            two(m.model().loss()), two(after.model().loss()), after.change().loss().ascii()));
    if (m.hasVerdicts()) {
      lines.add("  heads      " + m.model().bestHeads() + " -> " + after.model().bestHeads());
    }
    placebo(lines, after);
  }

  private static void placebo(List<String> lines, Measurement.Intervened after) {
    Placebo placebo = after.placebo();
    if (!placebo.none().isEmpty()) {
      lines.add("  placebo    none: " + placebo.none());
      return;
    }
    int heads = placebo.sets().getFirst().heads().size();
    lines.add(
        format(
            "  placebo    the same on %d other head%s of the same layers; change of the ICL score:",
            heads, heads == 1 ? "" : "s"));
    String all = (placebo.all() ? "all " : "") + placebo.sets().size() + " sets";
    summary(lines, all, placebo, after, true);
    summary(lines, "no matching head", placebo, after, false);
  }

  private static void summary(
      List<String> lines,
      String name,
      Placebo placebo,
      Measurement.Intervened after,
      boolean withMatching) {
    lines.add(
        placebo
            .summary(after.change(), change -> change.icl().mean(), withMatching)
            .map(s ->
                format(
                    "    %-17s median %+.2f, %+.2f to %+.2f; this one ranks %d of %d",
                    name, s.median(), s.low(), s.high(), s.rank(), s.n() + 1))
            .orElse(format("    %-17s there are none", name)));
  }

  private static void compared(List<String> lines, Comparison compared) {
    lines.add("");
    lines.add("compared with:");
    one(lines, compared.other());
    lines.add("");
    lines.add(
        format(
            "minus that one: ICL score %s nats, loss %s nats (%s)",
            compared.icl().ascii(),
            compared.loss().ascii(),
            compared.paired() ? "within sequences" : "on different sequences"));
  }

  /** A line a token: its loss, and where the head looks from it. */
  private static List<String> prompt(PromptReading read) {
    List<String> lines = new ArrayList<>();
    int width = read.tokens().stream().mapToInt(String::length).max().orElse(5);
    String token = "%-" + Math.max(5, width) + "s";
    double[] after = read.after();
    lines.add("head " + read.head() + ", from each token to the one that it looks at most:");
    lines.add(
        format(
            "%5s  " + token + " %6s%s  %5s  %s",
            "index",
            "token",
            "loss",
            after == null ? "" : "  after",
            "looks",
            "at"));
    for (int t = 0; t < read.tokens().size(); t++) {
      int key = read.lookedAt(t);
      String own = t == 0 ? "" : two(read.losses()[t - 1]);
      String changed = after == null ? "" : format("  %5s", t == 0 ? "" : two(after[t - 1]));
      lines.add(
          format(
              "%5d  " + token + " %6s%s  %5s  %d %s",
              t,
              read.tokens().get(t),
              own,
              changed,
              two(read.attention(t, key)),
              key,
              read.tokens().get(key)));
    }
    lines.add(
        "loss in nats of predicting the token from those before it; looks: attention, 0 to 1");
    return lines;
  }

  private static String two(double value) {
    return Double.isNaN(value) ? "none" : format("%.2f", value);
  }

  private static String format(String format, Object... args) {
    return String.format(Locale.ROOT, format, args);
  }
}
