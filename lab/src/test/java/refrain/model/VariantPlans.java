package refrain.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import refrain.data.Rng;
import refrain.model.Plan.EdgeEdit;
import refrain.model.Plan.Input;
import refrain.model.Plan.OutputEdit;
import refrain.model.Plan.PatternEdit;
import refrain.model.Plan.ScoreEdit;
import refrain.model.Plan.Sender;
import refrain.model.Plan.Values;

/** Plans for {@link Variants}: random constants at each seam. */
final class VariantPlans {
  private VariantPlans() {}

  /** All seams at once. */
  static Plan everything(ModelSpec s, int sequences, int context) {
    List<OutputEdit> outputs = new ArrayList<>();
    for (HookKind kind : HookKind.values()) {
      if (kind.editable() && kind.in(s)) {
        outputs.addAll(outputs(s, sequences, context, kind).outputs());
      }
    }
    return new Plan(
        scores(s, sequences, context).scores(),
        patterns(sequences, context, .3f).patterns(),
        outputs,
        edges(s, sequences, context, List.of(Input.values())).edges());
  }

  static Plan scores(ModelSpec s, int sequences, int context) {
    Rng rng = Rng.of(1);
    int square = context * context;
    List<ScoreEdit> edits = new ArrayList<>();
    edits.add(new ScoreEdit(new HeadId(0, 1), Values.shared(noise(rng, square))));
    edits.add(new ScoreEdit(new HeadId(0, 1), each(rng, sequences, square)));
    for (int h = 0; h < s.nHeads(); h++) {
      edits.add(new ScoreEdit(new HeadId(s.nLayers() - 1, h), each(rng, sequences, square)));
    }
    return new Plan(edits, List.of(), List.of(), List.of());
  }

  /** Two edits of one head, so that their order counts, and one of another. */
  static Plan patterns(int sequences, int context, float weight) {
    Rng rng = Rng.of(2);
    return new Plan(
        List.of(),
        List.of(
            new PatternEdit(new HeadId(0, 1), .25f, Values.shared(rows(rng, context))),
            new PatternEdit(new HeadId(0, 1), weight, Values.shared(rows(rng, context))),
            new PatternEdit(
                new HeadId(1, 0),
                weight,
                Values.each(
                    IntStream.range(0, sequences)
                        .mapToObj(i -> rows(rng, context))
                        .toArray(float[][]::new)))),
        List.of(),
        List.of());
  }

  /** The patterns of all heads of the last block given: nothing depends on its scores. */
  static Plan given(ModelSpec s, int sequences, int context) {
    Rng rng = Rng.of(6);
    List<PatternEdit> edits = new ArrayList<>();
    for (int h = 0; h < s.nHeads(); h++) {
      Values rows = Values.shared(rows(rng, context));
      edits.add(new PatternEdit(new HeadId(s.nLayers() - 1, h), 1, rows));
    }
    edits.add(new PatternEdit(new HeadId(s.nLayers() - 1, 0), .25f, edits.getLast().template()));
    return new Plan(List.of(), edits, List.of(), List.of());
  }

  /** Edits of a place as a whole, and of a head where it has heads, with and without addition. */
  static Plan outputs(ModelSpec s, int sequences, int context, HookKind kind) {
    Rng rng = Rng.of(3);
    int width =
        switch (kind) {
          case Q, Z -> s.nHeads() * s.dHead();
          case K, V -> s.nKvHeads() * s.dHead();
          default -> s.dModel();
        };
    List<OutputEdit> edits = new ArrayList<>();
    for (int layer = 0; layer < s.nLayers(); layer++) {
      int at = kind.inBlock() ? layer : -1;
      Values all = each(rng, sequences, context * width);
      edits.add(new OutputEdit(kind, at, -1, scale(rng, context), layer == 0 ? all : null));
      if (kind.perHead()) {
        Values own = Values.shared(noise(rng, context * s.dHead()));
        int heads = width / s.dHead();
        edits.add(new OutputEdit(kind, at, heads - 1, scale(rng, context), own));
        edits.add(new OutputEdit(kind, at, 0, scale(rng, context), null));
      }
    }
    return new Plan(List.of(), List.of(), edits, List.of());
  }

  /** Edges of each kind of sender to every layer; two of them on one edge, many at one input. */
  static Plan edges(ModelSpec s, int sequences, int context, List<Input> inputs) {
    Rng rng = Rng.of(4);
    List<EdgeEdit> edits = new ArrayList<>();
    for (int to = 0; to < s.nLayers(); to++) {
      for (Input input : inputs) {
        int heads = input == Input.Q ? s.nHeads() : s.nKvHeads();
        int head = to % heads;
        Values embed = each(rng, sequences, context * s.dModel());
        edits.add(edge(rng, context, -1, Sender.EMBED, -1, to, head, input, embed));
        for (int from = 0; from < to; from++) {
          int sender = s.nHeads() - 1;
          edits.add(edge(rng, context, from, Sender.HEAD, sender, to, heads - 1, input, null));
          Values add = Values.shared(noise(rng, context * s.dModel()));
          edits.add(edge(rng, context, from, Sender.HEAD, sender, to, heads - 1, input, add));
          edits.add(edge(rng, context, from, Sender.HEAD, 0, to, heads - 1, input, null));
          if (s.hasMlp()) {
            edits.add(edge(rng, context, from, Sender.MLP, -1, to, 0, input, add));
          }
        }
      }
    }
    return new Plan(List.of(), List.of(), List.of(), edits);
  }

  /** All heads of the first layer to one input of all heads of each later one, scaled alike. */
  static Plan layerEdges(ModelSpec s, int context, Input input) {
    Rng rng = Rng.of(5);
    float[] scale = scale(rng, context);
    List<EdgeEdit> edits = new ArrayList<>();
    for (int to = 1; to < s.nLayers(); to++) {
      for (int head = 0; head < (input == Input.Q ? s.nHeads() : s.nKvHeads()); head++) {
        for (int sender = 0; sender < s.nHeads(); sender++) {
          edits.add(new EdgeEdit(0, Sender.HEAD, sender, to, head, input, scale, null));
        }
      }
    }
    return new Plan(List.of(), List.of(), List.of(), edits);
  }

  private static EdgeEdit edge(
      Rng rng,
      int context,
      int from,
      Sender sender,
      int senderHead,
      int to,
      int head,
      Input input,
      @Nullable Values add) {
    return new EdgeEdit(from, sender, senderHead, to, head, input, scale(rng, context), add);
  }

  /** 0, 1 and values between, by position. */
  private static float[] scale(Rng rng, int context) {
    float[] scale = new float[context];
    for (int t = 0; t < context; t++) {
      scale[t] = t % 4 == 0 ? 1 : t % 4 == 2 ? 0 : (float) rng.nextDouble();
    }
    return scale;
  }

  private static Values each(Rng rng, int sequences, int length) {
    float[][] values = new float[sequences][];
    Arrays.setAll(values, i -> noise(rng, length));
    return Values.each(values);
  }

  private static float[] noise(Rng rng, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) (.5 * rng.nextGaussian());
    }
    return values;
  }

  /** [T, T] rows that sum to 1 up to the diagonal, with values above it that must be ignored. */
  private static float[] rows(Rng rng, int context) {
    float[] rows = new float[context * context];
    for (int i = 0; i < context; i++) {
      float sum = 0;
      for (int j = 0; j < context; j++) {
        rows[i * context + j] = .1f + (float) rng.nextDouble();
        sum += j <= i ? rows[i * context + j] : 0;
      }
      for (int j = 0; j <= i; j++) {
        rows[i * context + j] /= sum;
      }
    }
    return rows;
  }
}
