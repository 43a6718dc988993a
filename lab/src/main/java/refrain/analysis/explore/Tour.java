package refrain.analysis.explore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.analysis.Subject;
import refrain.analysis.measure.Match;
import refrain.analysis.measure.Verdict;
import refrain.intervene.Intervention;
import refrain.intervene.Site;
import refrain.intervene.Source;
import refrain.model.HeadId;
import refrain.model.Plan;
import refrain.model.Smear;
import refrain.store.MetricsRow;
import refrain.store.MetricsTable;
import refrain.store.RunFolder;
import refrain.train.Metrics;

/**
 * The six gestures that teach the paper on a page, as far as a run shows them: each is computed
 * first, says in one sentence what is to be seen with its numbers, and is offered only where there
 * is something to see. Where heads do not matter the sentence says so.
 *
 * <p>All are of saved states: the first one behind the window of the phase change, or the last of a
 * run that has none.
 *
 * @param step of that state; null: the run has none
 * @param place the text that all gestures read, in words; "" where there is none
 * @param gestures in the order of the paper's argument
 */
public record Tour(@Nullable Long step, String place, List<Gesture> gestures) {
  /** The least attention with which a head points at something: {@link Match#SIZE}. */
  private static final double POINTS = Match.SIZE;

  /** A change of a probability that is smaller than this is none to show. */
  private static final double HARDLY = .05;

  /** The least change of a score in nats that is a cliff. */
  private static final double CLIFF = .1;

  /** Heads that are switched off one after another. */
  private static final int MOST_HEADS = 8;

  private static final int PLACEBOS = 12;

  private static final Set<String> MEASURED =
      Set.of(Metrics.ICL, Metrics.LOSS, Metrics.PREFIX_MATCHING);

  /** What is done. */
  public enum Kind {
    /** Drag the cursor over the window. */
    DRAG,
    /** Hover the second A. */
    HOVER,
    /** Switch heads off, one after another. */
    SWITCH,
    /** Swap the run for another one at the same step. */
    SWAP,
    /** Cut an edge between two heads. */
    CUT,
    /** Play the window checkpoint by checkpoint. */
    PLAY
  }

  /**
   * One of them.
   *
   * @param offered whether this run shows it
   * @param sentence what it shows, or why there is nothing to see
   * @param numbers that the sentence is made of
   * @param state of the page to which the gesture belongs, by the names of its address
   */
  public record Gesture(
      Kind kind,
      boolean offered,
      String sentence,
      Map<String, Object> numbers,
      Map<String, Object> state) {
    public Gesture {
      numbers = Map.copyOf(numbers);
      state = Map.copyOf(state);
    }
  }

  /**
   * A run that can be put in this one's place.
   *
   * @param name what people call it
   * @param id what the page calls it
   */
  public record Beside(String name, String id, RunFolder run) {}

  /**
   * Computes what a run shows.
   *
   * @param beside what it is swapped for
   */
  public static Tour of(Explorer explorer, List<Beside> beside, Watch watch) {
    return of(explorer.run(), step -> explorer.at(step, false, watch), beside, watch);
  }

  /**
   * @param states the run at those of its steps that were saved
   */
  static Tour of(Subject run, LongFunction<Explored> states, List<Beside> beside, Watch watch) {
    return new Guide(run, states, watch).tour(beside);
  }

  /** One tour while it is computed. */
  private static final class Guide {
    private final Subject run;
    private final LongFunction<Explored> explored;
    private final Watch watch;
    private final Cliff.Dated dated;
    private final MetricsTable metrics;
    private final long[] states;

    /** The first state behind the window, and the last one before it. */
    private final long now;

    private final long before;

    Guide(Subject run, LongFunction<Explored> explored, Watch watch) {
      this.run = run;
      this.explored = explored;
      this.watch = watch;
      this.dated = Cliff.of(run);
      this.metrics = run.folder().own().metrics(MEASURED);
      this.states = run.states();
      double begin = dated.any().map(Cliff::begin).orElse(0.0);
      double end = dated.any().map(Cliff::end).orElse(Double.MAX_VALUE);
      long first = states.length == 0 ? 0 : states[0];
      this.before = Arrays.stream(states).filter(s -> s <= begin).max().orElse(first);
      this.now =
          Arrays.stream(states)
              .filter(s -> s >= end)
              .min()
              .orElse(Arrays.stream(states).max().orElse(0));
    }

    Tour tour(List<Beside> beside) {
      List<Gesture> gestures = new ArrayList<>(List.of(drag()));
      Optional<Again> found =
          now == before ? Optional.empty() : Again.of(run, at(before), at(now), watch);
      if (found.isEmpty()) {
        String why =
            now == before
                ? "No state of this run was saved behind another, so its heads cannot be looked at."
                : "No sequence that this run reads has a place where a token and the one behind it"
                    + " come for the second time.";
        List.of(Kind.HOVER, Kind.SWITCH, Kind.SWAP, Kind.CUT)
            .forEach(kind -> gestures.add(none(kind, why)));
      } else {
        Shown shown = new Shown(found.get());
        gestures.addAll(List.of(shown.hover(), shown.switchOff(), shown.swap(beside), shown.cut()));
      }
      gestures.add(play());
      return new Tour(
          states.length == 0 ? null : (Long) now, found.map(Guide::words).orElse(""), gestures);
    }

    private Explored at(long step) {
      watch.check();
      return explored.apply(step);
    }

    private static String words(Again place) {
      return String.format(
          Locale.ROOT,
          "%s %s … %s at positions %d and %d of %s; of %s such places it is the one where the model"
              + " gives %s the median probability.",
          place.a(),
          place.b(),
          place.a(),
          place.first(),
          place.second(),
          place.where(),
          place.among(),
          place.b());
    }

    private static Gesture none(Kind kind, String why) {
      return new Gesture(kind, false, why, Map.of(), Map.of());
    }

    /** What was measured at a step, or at the nearest one before it. */
    private OptionalDouble measured(String key, long step) {
      List<MetricsRow> rows = metrics.having(key);
      return rows.stream()
          .filter(row -> row.step() <= step && !Double.isNaN(row.value(key)))
          .max(Comparator.comparingLong(MetricsRow::step))
          .or(() -> rows.stream().filter(row -> !Double.isNaN(row.value(key))).findFirst())
          .stream()
          .mapToDouble(row -> row.value(key))
          .findFirst();
    }

    /** Why nothing can be said of a window. */
    private String noCliff() {
      if (run.folder().ended().isEmpty()) {
        return "This run goes on: its window is dated when it has ended.";
      }
      return dated.done()
          ? "No abrupt change of the in-context-learning score was found in this run, so there is no"
              + " cliff."
          : "This run has not been dated, so nobody knows where its window is; a study dates its"
              + " runs.";
    }

    private Gesture drag() {
      if (dated.icl().isEmpty()) {
        return none(Kind.DRAG, noCliff());
      }
      Cliff cliff = dated.icl().get();
      Map<String, Object> numbers = new LinkedHashMap<>();
      numbers.put("begin", cliff.begin());
      numbers.put("end", cliff.end());
      OptionalDouble icl0 = measured(Metrics.ICL, (long) cliff.begin());
      OptionalDouble icl1 = measured(Metrics.ICL, (long) cliff.end());
      OptionalDouble loss0 = measured(Metrics.LOSS, (long) cliff.begin());
      OptionalDouble loss1 = measured(Metrics.LOSS, (long) cliff.end());
      if (icl0.isEmpty() || icl1.isEmpty()) {
        return none(Kind.DRAG, "The in-context-learning score was not measured in this run.");
      }
      double fall = icl0.getAsDouble() - icl1.getAsDouble();
      numbers.put("iclBegin", icl0.getAsDouble());
      numbers.put("iclEnd", icl1.getAsDouble());
      String loss = "";
      if (loss0.isPresent() && loss1.isPresent()) {
        numbers.put("lossBegin", loss0.getAsDouble());
        numbers.put("lossEnd", loss1.getAsDouble());
        loss =
            String.format(
                Locale.ROOT,
                ", the loss from %.2f to %.2f",
                loss0.getAsDouble(),
                loss1.getAsDouble());
      }
      String sentence =
          String.format(
              Locale.ROOT,
              "Between steps %.0f and %.0f the in-context-learning score goes from %.2f to %.2f"
                  + " nats%s.",
              cliff.begin(),
              cliff.end(),
              icl0.getAsDouble(),
              icl1.getAsDouble(),
              loss);
      return new Gesture(
          Kind.DRAG,
          fall >= CLIFF,
          fall >= CLIFF ? sentence : sentence + " That is no fall to see.",
          numbers,
          Map.of("view", "time", "step", Math.round(cliff.begin())));
    }

    private Gesture play() {
      if (dated.any().isEmpty()) {
        return none(Kind.PLAY, noCliff());
      }
      Cliff cliff = dated.any().get();
      OptionalDouble begin = measured(Metrics.PREFIX_MATCHING, before);
      OptionalDouble end = measured(Metrics.PREFIX_MATCHING, now);
      if (begin.isEmpty() || end.isEmpty()) {
        return none(Kind.PLAY, "Prefix matching was not measured in this run.");
      }
      long frames = Arrays.stream(states).filter(s -> s >= before && s <= now).count();
      boolean grows = end.getAsDouble() - begin.getAsDouble() >= HARDLY;
      String sentence =
          String.format(
              Locale.ROOT,
              "From step %d to step %d, in %d saved states, the best head's prefix matching goes from"
                  + " %.2f to %.2f%s.",
              before,
              now,
              frames,
              begin.getAsDouble(),
              end.getAsDouble(),
              grows ? "" : ": no head forms here");
      return new Gesture(
          Kind.PLAY,
          grows && frames > 2,
          sentence,
          Map.of(
              "begin",
              begin.getAsDouble(),
              "end",
              end.getAsDouble(),
              "frames",
              frames,
              "until",
              now),
          Map.of(
              "view",
              "attention",
              "step",
              before,
              "zoom",
              List.of(Math.max(0, cliff.begin() / 1.6), cliff.end() * 1.4)));
    }

    /** The gestures that are made on the text. */
    private final class Shown {
      private final Again place;
      private final Explored explored;
      private final Pass plain;

      /** Those that match prefixes, best first. */
      private final List<HeadId> matching;

      Shown(Again place) {
        this.place = place;
        this.explored = at(now);
        this.plain = explored.pass(asked(List.of(), 0), watch);
        Map<HeadId, Match> matches = explored.matches(watch);
        this.matching =
            matches.entrySet().stream()
                .filter(each -> each.getValue().verdict() != Verdict.NONE)
                .sorted(Comparator.comparingDouble(each -> -each.getValue().difference()))
                .map(Map.Entry::getKey)
                .limit(MOST_HEADS)
                .toList();
      }

      private Pass.Asked asked(List<Intervention> interventions, int placebos) {
        return new Pass.Asked(
            place.text(), interventions, place.second(), 1, List.of(place.token()), placebos);
      }

      private double probability(List<Intervention> interventions) {
        return next(explored.pass(asked(interventions, 0), watch), place).after();
      }

      /** Attention of a head from the second A to B behind the first. */
      private double points(HeadId head) {
        int t = place.second();
        return plain
            .patterns()[head.index(run.model().nHeads())][t * (t + 1) / 2 + place.first() + 1];
      }

      private Map<String, Object> state(String view, Object... more) {
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("view", view);
        state.put("step", now);
        state.put("text", place.where());
        for (int i = 0; i < more.length; i += 2) {
          state.put((String) more[i], more[i + 1]);
        }
        return state;
      }

      private String second() {
        return "the second " + place.a() + " (position " + place.second() + ")";
      }

      Gesture hover() {
        HeadId best =
            HeadId.all(run.model()).stream()
                .max(Comparator.comparingDouble(this::points))
                .orElseThrow();
        double attention = points(best);
        boolean points = attention >= POINTS;
        String sentence =
            points
                ? String.format(
                    Locale.ROOT,
                    "At step %d %s looks back in %s at %s, which stood behind the first one, with"
                        + " %.2f of its attention; the model gives %s a probability of %.2f.",
                    now,
                    second(),
                    best,
                    place.b(),
                    attention,
                    place.b(),
                    place.probability())
                : String.format(
                    Locale.ROOT,
                    "At step %d no head points from %s at %s, which stood behind the first one: the"
                        + " most is %.2f of the attention, in %s; the model gives %s a probability of"
                        + " %.2f.",
                    now,
                    second(),
                    place.b(),
                    attention,
                    best,
                    place.b(),
                    place.probability());
        return new Gesture(
            Kind.HOVER,
            points,
            sentence,
            Map.of(
                "head",
                best.toString(),
                "attention",
                attention,
                "probability",
                place.probability(),
                "a",
                place.a(),
                "b",
                place.b(),
                "position",
                place.second(),
                "from",
                place.first() + 1,
                "places",
                place.among()),
            state("attention", "head", best.toString(), "token", place.second()));
      }

      /**
       * Heads off, one more each time.
       *
       * @param after B's probability
       * @param placebo the median of it with as many other heads of the same layers off, of those
       *     that match nothing where there are such; NaN: there are not as many
       * @param matchesToo whether all of these match prefixes themselves
       */
      private record Dose(double after, double placebo, boolean matchesToo) {
        boolean compared() {
          return !Double.isNaN(placebo);
        }
      }

      private Dose dose(int count) {
        List<Intervention> off =
            matching.subList(0, count).stream()
                .map(head -> Intervention.zero(Site.of(head)))
                .toList();
        Pass pass = explored.pass(asked(off, PLACEBOS), watch);
        Pass.Next next = next(pass, place);
        boolean clean = pass.placebo().sets().stream().anyMatch(set -> set.matching() == 0);
        double[] others =
            IntStream.range(0, next.placebo().length)
                .filter(k -> !clean || pass.placebo().sets().get(k).matching() == 0)
                .mapToDouble(k -> next.placebo()[k])
                .sorted()
                .toArray();
        return new Dose(next.after(), others.length == 0 ? Double.NaN : median(others), !clean);
      }

      private static double median(double[] sorted) {
        return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
      }

      Gesture switchOff() {
        Map<String, Object> where = state("causes", "token", place.second());
        if (matching.isEmpty()) {
          return new Gesture(
              Kind.SWITCH,
              false,
              "No head of this run matches prefixes at step "
                  + now
                  + ", so there is none to switch"
                  + " off.",
              Map.of("before", place.probability()),
              where);
        }
        List<Dose> doses = IntStream.rangeClosed(1, matching.size()).mapToObj(this::dose).toList();
        double plain = place.probability();
        Dose last = doses.getLast();
        double lost = plain - last.after();
        boolean telling = last.compared() && !last.matchesToo();
        boolean matters = lost >= HARDLY && (!telling || last.placebo() - last.after() >= HARDLY);
        String dose =
            doses.stream()
                .map(each -> String.format(Locale.ROOT, "%.2f", each.after()))
                .collect(Collectors.joining(", "));
        String which = matching.stream().map(HeadId::toString).collect(Collectors.joining(", "));
        String sentence =
            String.format(
                Locale.ROOT,
                "%s has a probability of %.2f; with %s off%s it has %s. %s%s",
                place.b(),
                plain,
                which,
                matching.size() == 1 ? "" : ", one after another,",
                dose,
                beside(doses),
                matters
                    ? ""
                    : lost < HARDLY
                        ? " These heads hardly matter here."
                        : " Other heads do the same, so these say nothing.");
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("heads", matching.stream().map(HeadId::toString).toList());
        numbers.put("before", plain);
        numbers.put("after", doses.stream().map(Dose::after).toList());
        numbers.put("placebo", doses.stream().map(Dose::placebo).toList());
        where.put("off", matching.stream().map(HeadId::toString).toList());
        where.put("head", matching.getFirst().toString());
        return new Gesture(Kind.SWITCH, matters, sentence, numbers, where);
      }

      /** What as many other heads of the layers do, where there are as many. */
      private String beside(List<Dose> doses) {
        int known = 0;
        for (int k = 0; k < doses.size(); k++) {
          known = doses.get(k).compared() ? k + 1 : known;
        }
        if (known == 0) {
          return "The layer has no other head to compare with.";
        }
        Dose at = doses.get(known - 1);
        return String.format(
            Locale.ROOT,
            "With %s of the same layer%s off in place of %s it has %.2f.",
            known == 1 ? "another head" : known + " other heads",
            at.matchesToo()
                ? (known == 1 ? ", which matches" : ", which match") + " prefixes too,"
                : "",
            known == doses.size()
                ? (known == 1 ? "it" : "them")
                : known == 1 ? "the first" : "the first " + known,
            at.placebo());
      }

      Gesture swap(List<Beside> beside) {
        if (beside.isEmpty()) {
          return none(Kind.SWAP, "No other run is named that this one could be swapped for.");
        }
        List<Map<String, Object>> numbers = new ArrayList<>();
        List<String> parts = new ArrayList<>();
        for (Beside other : beside) {
          Map<String, Object> there = swapped(other);
          numbers.add(there);
          parts.add(words(there));
        }
        String sentence =
            String.format(
                Locale.ROOT,
                "At step %d %s has a probability of %.2f%s here; swapped: %s.",
                now,
                place.b(),
                place.probability(),
                measured(Metrics.ICL, now).stream()
                    .mapToObj(icl -> String.format(Locale.ROOT, " and the ICL score is %.2f", icl))
                    .findFirst()
                    .orElse(""),
                String.join("; ", parts));
        return new Gesture(
            Kind.SWAP,
            true,
            sentence,
            Map.of("here", place.probability(), "there", numbers),
            state(
                "causes",
                "token",
                place.second(),
                "swaps",
                beside.stream().map(Beside::id).toList()));
      }

      private String words(Map<String, Object> there) {
        Object probability = there.get("probability");
        Object icl = there.get("icl");
        return there.get("name")
            + " "
            + (probability instanceof Double p
                ? String.format(Locale.ROOT, "%.2f", p)
                : "reads other data")
            + (icl instanceof Double score ? String.format(Locale.ROOT, ", ICL %.2f", score) : "")
            + (there.get("ended") instanceof Boolean ended && ended
                ? " (it ended at step " + there.get("step") + ")"
                : "");
      }

      /** The other run at the same step, at its last one where it ended earlier. */
      private Map<String, Object> swapped(Beside other) {
        watch.check();
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("name", other.name());
        numbers.put("id", other.id());
        try (Explorer there = new Explorer(other.run(), new StateCache(null, 0))) {
          Guide guide = new Guide(there.run(), step -> there.at(step, false, watch), watch);
          long[] states = guide.states;
          long step =
              Arrays.stream(states)
                  .boxed()
                  .min(
                      Comparator.comparingLong((Long s) -> Math.abs(s - now)).thenComparing(s -> s))
                  .orElse(0L);
          long last = Arrays.stream(states).max().orElse(0);
          numbers.put("step", step);
          numbers.put("ended", last < now);
          guide.measured(Metrics.ICL, step).ifPresent(icl -> numbers.put("icl", icl));
          if (states.length > 0 && guide.run.spec().data().equals(run.spec().data())) {
            numbers.put("probability", guide.probabilityOf(step, plain.tokens(), place));
          }
        }
        return numbers;
      }

      Gesture cut() {
        List<HeadId> above = matching.stream().filter(head -> head.layer() > 0).toList();
        if (above.isEmpty()) {
          return none(Kind.CUT, noEdge());
        }
        int below = above.stream().mapToInt(HeadId::layer).max().orElseThrow();
        HeadId from =
            HeadId.all(run.model()).stream()
                .filter(head -> head.layer() < below)
                .max(Comparator.comparingDouble(this::previous))
                .orElseThrow();
        HeadId to = strongest(from, above);
        List<HeadId> all = matching.stream().filter(head -> head.layer() > from.layer()).toList();
        List<HeadId> others =
            HeadId.all(run.model()).stream()
                .filter(head -> head.layer() == from.layer() && !head.equals(from))
                .toList();
        double one = probability(cuts(from, List.of(to)));
        double every = all.size() == 1 ? one : probability(cuts(from, all));
        OptionalDouble other =
            others.stream().mapToDouble(head -> probability(cuts(head, List.of(to)))).average();
        OptionalDouble otherEvery =
            all.size() == 1
                ? other
                : others.stream().mapToDouble(head -> probability(cuts(head, all))).average();
        double plain = place.probability();
        boolean matters =
            plain - every >= HARDLY
                && (otherEvery.isEmpty() || otherEvery.getAsDouble() - every >= HARDLY);
        String sentence =
            String.format(
                Locale.ROOT,
                "Cutting what %s, which looks most at the token before (%.2f), adds to the keys of %s"
                    + " takes %s from %.2f to %.2f%s. %s%s",
                from,
                previous(from),
                to,
                place.b(),
                plain,
                one,
                all.size() == 1
                    ? ""
                    : String.format(
                        Locale.ROOT, ", and in all %d heads that match to %.2f", all.size(), every),
                other.isEmpty()
                    ? "Its layer has no other head to compare with."
                    : String.format(
                        Locale.ROOT,
                        "The same from another head of its layer leaves %.2f%s.",
                        other.getAsDouble(),
                        all.size() == 1
                            ? ""
                            : String.format(Locale.ROOT, " and %.2f", otherEvery.getAsDouble())),
                matters ? "" : " This edge hardly matters here.");
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("from", from.toString());
        numbers.put("to", to.toString());
        numbers.put("previous", previous(from));
        numbers.put("before", plain);
        numbers.put("after", one);
        numbers.put("receivers", all.stream().map(HeadId::toString).toList());
        numbers.put("afterAll", every);
        other.ifPresent(p -> numbers.put("placebo", p));
        otherEvery.ifPresent(p -> numbers.put("placeboAll", p));
        return new Gesture(
            Kind.CUT,
            matters,
            sentence,
            numbers,
            state(
                "causes",
                "token",
                place.second(),
                "head",
                to.toString(),
                "edge",
                List.of(from.toString(), to.toString(), Plan.Input.K.name())));
      }

      /** Of some heads the one whose keys could read most of another head, by their weights. */
      private HeadId strongest(HeadId from, List<HeadId> receivers) {
        Map<String, Double> z =
            explored.circuit(watch).edges().stream()
                .filter(edge ->
                    edge.input() == CircuitGraph.Input.K && edge.from().equals(from.toString()))
                .collect(Collectors.toMap(CircuitGraph.Edge::to, CircuitGraph.Edge::z));
        return receivers.stream()
            .filter(head -> head.layer() > from.layer())
            .max(
                Comparator.comparingDouble(
                    head -> z.getOrDefault(head.toString(), Double.NEGATIVE_INFINITY)))
            .orElseThrow();
      }

      private String noEdge() {
        if (!matching.isEmpty()) {
          return "The heads that match prefixes stand in the first layer: no head stands before them"
              + (run.model().smear().from() == Smear.From.NONE
                  ? ""
                  : ", as their keys themselves hold the token before")
              + ", so there is no edge to cut.";
        }
        return "No head of this run matches prefixes at step " + now + ", so no edge leads to one.";
      }

      /** Mean attention to the token before, on this text. */
      private double previous(HeadId head) {
        float[] pattern = plain.patterns()[head.index(run.model().nHeads())];
        return IntStream.range(1, plain.positions())
            .mapToDouble(i -> pattern[i * (i + 1) / 2 + i - 1])
            .average()
            .orElse(0);
      }

      private List<Intervention> cuts(HeadId from, List<HeadId> to) {
        return to.stream()
            .map(head ->
                (Intervention)
                    new Intervention.ReplaceEdge(
                        Site.of(from), head, Plan.Input.K, Source.ZERO, List.of()))
            .toList();
      }
    }

    /** What the model of another run makes of the same tokens. */
    private double probabilityOf(long step, int[] tokens, Again place) {
      List<Integer> read = Arrays.stream(tokens, 0, place.second() + 1).boxed().toList();
      Pass pass =
          at(step)
              .pass(
                  new Pass.Asked(
                      new AskedText.Tokens(read),
                      List.of(),
                      place.second(),
                      1,
                      List.of(place.token()),
                      0),
                  watch);
      return next(pass, place).before();
    }

    /** What a pass makes of B. */
    private static Pass.Next next(Pass pass, Again place) {
      return pass.next().stream()
          .filter(next -> next.token() == place.token())
          .findFirst()
          .orElseThrow();
    }
  }
}
