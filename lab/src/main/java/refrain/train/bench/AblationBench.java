package refrain.train.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import refrain.data.Batch;
import refrain.intervene.Donors;
import refrain.intervene.Intervention;
import refrain.intervene.SharedPass;
import refrain.intervene.Site;
import refrain.model.FusedTransformer;
import refrain.model.HeadId;
import refrain.model.KeptPass;
import refrain.model.ModelSpec;
import refrain.model.Observer;
import refrain.model.Parameters;
import refrain.model.Plan;
import refrain.train.Presets;
import refrain.train.RunSpec;

/**
 * What it costs to ablate every head of a model alone, in intact forward passes: a 4-layer model of
 * the bigram language with restarts (16 heads), 256 sequences, one thread.
 */
public final class AblationBench {
  private static final int LAYERS = 4;
  private static final int SEQUENCES = 256;

  /** What stands in place of a head's output. */
  public enum Kind {
    ZERO(Intervention::zero),
    MEAN(Intervention::mean),
    RESAMPLE(site -> Intervention.resample(site, 1));

    private final Function<Site, Intervention> ablation;

    Kind(Function<Site, Intervention> ablation) {
      this.ablation = ablation;
    }
  }

  /**
   * Medians over the turns, less what other work had of the processor.
   *
   * @param intactMs of one intact forward pass
   * @param headsPasses of the ablations of all heads, in intact passes
   * @param keepingPasses of the pass that these share, in intact passes
   */
  public record Result(
      Kind kind, double intactMs, double headsPasses, double keepingPasses, int turns) {}

  private AblationBench() {}

  /** Measures in turns for so many seconds, 5 turns at least, after a warm-up as long. */
  public static List<Result> measure(double seconds) {
    RunSpec spec = Presets.get("r0-2l").with(s -> s.model = s.model.with(m -> m.nLayers = LAYERS));
    ModelSpec model = spec.model();
    Batch batch = spec.openData().evaluation(spec.seeds().evaluation(), SEQUENCES, spec.context());
    Parameters parameters = Parameters.init(model, 1);
    List<Result> results = new ArrayList<>();
    try (FusedTransformer engine = new FusedTransformer(model, 1)) {
      for (Kind kind : Kind.values()) {
        results.add(measure(kind, seconds, engine, parameters, batch));
      }
    }
    return results;
  }

  private static Result measure(
      Kind kind, double seconds, FusedTransformer engine, Parameters parameters, Batch batch) {
    List<List<Intervention>> each =
        HeadId.all(parameters.spec()).stream()
            .map(head -> List.of(kind.ablation.apply(Site.of(head))))
            .toList();
    List<Intervention> all = each.stream().flatMap(List::stream).toList();
    SharedPass values = SharedPass.of(engine, parameters, batch, List.of(), all, Donors.NONE);
    measureFor(seconds, engine, parameters, batch, values, each); // warm-up
    return measureFor(seconds, engine, parameters, batch, values, each).of(kind);
  }

  /** Turns. */
  private record Turns(Samples intact, Samples keeping, Samples heads) {
    Result of(Kind kind) {
      double pass = intact.medianTime();
      return new Result(
          kind, pass * 1e-6, heads.medianTime() / pass, keeping.medianTime() / pass, intact.size());
    }
  }

  private static Turns measureFor(
      double seconds,
      FusedTransformer engine,
      Parameters parameters,
      Batch batch,
      SharedPass values,
      List<List<Intervention>> each) {
    Turns turns = new Turns(new Samples(true), new Samples(true), new Samples(true));
    KeptPass[] kept = new KeptPass[1];
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (turns.intact.size() < 5 || System.nanoTime() < end) {
      time(turns.intact, () -> engine.forward(parameters, batch, Plan.NONE, Observer.NONE));
      time(turns.keeping, () -> kept[0] = engine.keep(parameters, batch, values.own()));
      time(turns.heads, () -> each.forEach(ablation -> kept[0].under(values.plan(ablation))));
    }
    return turns;
  }

  private static void time(Samples samples, Runnable work) {
    samples.add(() -> {
      long begun = System.nanoTime();
      work.run();
      return System.nanoTime() - begun;
    });
  }
}
