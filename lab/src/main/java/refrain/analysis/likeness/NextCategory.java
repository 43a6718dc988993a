package refrain.analysis.likeness;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import refrain.analysis.instrument.ModelState;
import refrain.analysis.instrument.QueryReadings;
import refrain.intervene.Intervention;
import refrain.model.HeadId;
import refrain.probe.LogSumExp;

/**
 * What a model answers where a token of a template comes back, given that the answer is one of the
 * places that {@link TemplateMatches} asks for: a model that knows these and no more has a gain of
 * 0 at most.
 *
 * @param choice the share of sequences in which the category that followed is the likeliest of them
 * @param gain ln n + mean log probability of that category among the n of them, nats
 * @param literal mean share, of that category's probability, of the token that stood there
 * @param readings of the pass
 */
record NextCategory(double choice, double gain, double literal, QueryReadings readings) {
  /** What a model answers with all heads, in the order of comebacks. */
  static Map<Comeback, NextCategory> intact(TemplateMatches matches, ModelState model) {
    Map<Comeback, NextCategory> intact = new EnumMap<>(Comeback.class);
    for (Comeback comeback : Comeback.values()) {
      intact.put(comeback, of(matches, comeback, model, List.of()));
    }
    return intact;
  }

  static NextCategory of(
      TemplateMatches matches, Comeback comeback, ModelState model, List<Intervention> more) {
    int[][] tokens = matches.of(comeback);
    QueryReadings r = model.read(tokens, matches.queries(comeback), more);
    double right = 0;
    double gain = 0;
    double literal = 0;
    int[] open = matches.places();
    for (int s = 0; s < tokens.length; s++) {
      float[] log = new float[open.length];
      int answer = -1;
      for (int k = 0; k < open.length; k++) {
        int category = matches.language().category(tokens[s][open[k]]);
        log[k] = (float) ofCategory(r, s, matches, category);
        answer = open[k] == matches.answers()[s] ? k : answer;
      }
      Choice choice = Choice.of(log, answer);
      right += choice.likeliest() ? 1 : 0;
      gain += Math.log(open.length) + choice.right() - choice.all();
      literal += Math.exp(r.logit(s, 0, tokens[s][matches.answers()[s]]) - choice.right());
    }
    int n = tokens.length;
    return new NextCategory(right / n, gain / n, literal / n, r);
  }

  /** The logit of a category: ln of the sum of exp over its members. */
  private static double ofCategory(QueryReadings r, int s, TemplateMatches matches, int category) {
    int members = matches.language().members();
    int first = category * members;
    int[] tokens = IntStream.range(first, first + members).toArray();
    return LogSumExp.of(r.logits(s, 0, tokens), 0, members);
  }

  /** Mean attention of a head from A to the token that followed its category. */
  double attention(TemplateMatches matches, HeadId head) {
    return readings.mean((s, q) -> readings.attention(head, s, q, matches.answers()[s]));
  }
}
