package refrain.intervene;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import refrain.data.Batch;
import refrain.model.HeadId;
import refrain.model.HookKind;
import refrain.model.HookPoint;
import refrain.model.ModelSpec;
import refrain.model.Plan;
import refrain.model.Plan.Values;

/** Turns interventions into the edits of a plan for one batch. */
final class PlanBuilder {
  private final ModelSpec spec;
  private final Batch batch;
  private final int context;
  private final @Nullable DonorRuns runs;
  private final List<Plan.ScoreEdit> scores = new ArrayList<>();
  private final List<Plan.PatternEdit> patterns = new ArrayList<>();
  private final List<Plan.OutputEdit> outputs = new ArrayList<>();
  private final List<Plan.EdgeEdit> edges = new ArrayList<>();
  private final Map<Contribution, Values> contributions = new HashMap<>();

  /** What an edge carries instead of its sender's own contribution. */
  private record Contribution(Site sender, Source source, List<Integer> positions) {}

  /**
   * @param runs null: no donors
   */
  PlanBuilder(ModelSpec spec, Batch batch, @Nullable DonorRuns runs) {
    this.spec = spec;
    this.batch = batch;
    this.context = batch.context();
    this.runs = runs;
  }

  Plan build() {
    return new Plan(scores, patterns, outputs, edges);
  }

  void add(Intervention intervention) {
    switch (intervention) {
      case Intervention.Replace r -> replace(r);
      case Intervention.Scale s -> {
        Site site = s.site();
        float[] scale = scale((float) s.factor(), s.positions());
        outputs.add(new Plan.OutputEdit(site.kind(), site.layer(), site.head(), scale, null));
      }
      case Intervention.FreezePatterns f ->
          Interventions.heads(spec, f).forEach(h -> freeze(h, f.source()));
      case Intervention.ClampPattern c -> {
        Values template = template(c.template(), true, 1);
        for (HeadId h : c.heads()) {
          float weight = (float) c.weight();
          patterns.add(new Plan.PatternEdit(h, weight, template));
        }
      }
      case Intervention.AttentionBias b -> {
        Values bias = template(b.template(), false, (float) b.strength());
        for (HeadId h : b.heads()) {
          scores.add(new Plan.ScoreEdit(h, bias));
        }
      }
      case Intervention.OffsetBias b -> {
        Values bias = Values.shared(b.bias(context));
        b.heads().forEach(h -> scores.add(new Plan.ScoreEdit(h, bias)));
      }
      case Intervention.ReplaceEdge e -> replace(e);
      case Intervention.ReplaceLayerEdges e -> e.edges(spec).forEach(this::replace);
    }
  }

  /** Where a head's pattern is read. */
  static HookPoint pattern(HeadId head) {
    return HookPoint.of(HookKind.PATTERN, head.layer());
  }

  /** Where what a sender writes into the stream is read: for a head, z_h W_O[h]. */
  static HookPoint contribution(Site sender) {
    return sender.asHead() == null ? sender.point() : HookPoint.of(HookKind.RESULT, sender.layer());
  }

  private void replace(Intervention.Replace r) {
    Site site = r.site();
    int width = site.width(spec);
    int row = (site.heads(spec) == 0 ? 1 : site.heads(spec)) * width;
    int whole = site.head() < 0 ? width : row;
    int from = site.head() < 0 ? 0 : site.head() * width;
    Values add =
        DonorRuns.needed(r.source())
            ? rows(r.source(), site.point(), whole, from, width, r.positions())
            : null;
    float[] scale = scale(0, r.positions());
    outputs.add(new Plan.OutputEdit(site.kind(), site.layer(), site.head(), scale, add));
  }

  private void replace(Intervention.ReplaceEdge e) {
    Site s = e.sender();
    HeadId head = s.asHead();
    Values add = contribution(e, head);
    Plan.Sender sender =
        head != null
            ? Plan.Sender.HEAD
            : s.kind() == HookKind.EMBED ? Plan.Sender.EMBED : Plan.Sender.MLP;
    int receiver =
        e.input() == Plan.Input.Q ? e.receiver().head() : e.receiver().head() / spec.group();
    edges.add(
        new Plan.EdgeEdit(
            s.layer(),
            sender,
            head == null ? -1 : head.head(),
            e.receiver().layer(),
            receiver,
            e.input(),
            scale(0, e.positions()),
            add));
  }

  /** What the receivers of one sender read in place of it, made once for all of them. */
  private @Nullable Values contribution(Intervention.ReplaceEdge e, @Nullable HeadId head) {
    if (!DonorRuns.needed(e.source())) {
      return null;
    }
    int d = spec.dModel();
    int whole = head == null ? d : spec.nHeads() * d;
    int from = head == null ? 0 : head.head() * d;
    return contributions.computeIfAbsent(
        new Contribution(e.sender(), e.source(), e.positions()),
        k -> rows(k.source(), contribution(k.sender()), whole, from, d, k.positions()));
  }

  private void freeze(HeadId head, Source source) {
    int square = context * context;
    Values template;
    if (source instanceof Source.Zero) {
      template = Values.shared(new float[square]);
    } else {
      float[][] seen = seen(source, pattern(head));
      // Copied when asked for: the patterns of a batch are the largest thing in a plan.
      template = s -> Arrays.copyOfRange(seen[s], head.head() * square, (head.head() + 1) * square);
    }
    patterns.add(new Plan.PatternEdit(head, 1, template));
  }

  /**
   * A source's values in some columns and at some positions, 0 at the others.
   *
   * @param whole columns in a row of what was recorded
   * @param from the first column wanted
   * @param width how many are wanted
   */
  private Values rows(
      Source source, HookPoint point, int whole, int from, int width, List<Integer> positions) {
    float[][] seen = seen(source, point);
    float[][] rows = new float[seen.length][context * width];
    for (int s = 0; s < seen.length; s++) {
      for (int t = 0; t < context; t++) {
        if (positions.isEmpty() || positions.contains(t)) {
          System.arraycopy(seen[s], t * whole + from, rows[s], t * width, width);
        }
      }
    }
    return Values.each(rows);
  }

  private float[][] seen(Source source, HookPoint point) {
    if (runs == null) {
      throw new IllegalStateException("no donors were run");
    }
    return runs.values(source, point);
  }

  /** [T] the factor at the positions, 1 elsewhere. */
  private float[] scale(float factor, List<Integer> positions) {
    float[] scale = new float[context];
    for (int t = 0; t < context; t++) {
      scale[t] = positions.isEmpty() || positions.contains(t) ? factor : 1;
    }
    return scale;
  }

  private Values template(Template template, boolean pattern, float factor) {
    if (!template.dependsOnTokens()) {
      return Values.shared(template(template, pattern, factor, 0));
    }
    float[][] each = new float[batch.size()][];
    Arrays.setAll(each, s -> template(template, pattern, factor, s));
    return Values.each(each);
  }

  private float[] template(Template template, boolean pattern, float factor, int sequence) {
    int[] tokens = batch.tokens()[sequence];
    float[] values =
        pattern ? template.pattern(tokens, context) : template.targets(tokens, context);
    for (int i = 0; i < values.length; i++) {
      values[i] *= factor;
    }
    return values;
  }
}
