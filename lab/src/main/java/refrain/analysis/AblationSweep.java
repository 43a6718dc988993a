package refrain.analysis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import refrain.data.Batch;
import refrain.model.HeadId;

/**
 * Every head of a run ablated alone at checkpoints, six ways. Gives series over {@code
 * ablation.steps}, by head such as L1H3: {@code ablation.icl.METHOD.HEAD} and {@code
 * ablation.loss.METHOD.HEAD} (ablated - intact, nats), {@code ablation.early.HEAD} and {@code
 * ablation.late.HEAD} (the two parts of the ICL change) and {@code ablation.attribution.HEAD},
 * these three preserving and zero; and of the intact model {@code ablation.icl}.
 */
final class AblationSweep {
  private static final Knockout PAPER = Knockout.PRESERVING_ZERO;

  private final Subject run;
  private final Batch batch;
  private final ChangeWindow window;
  private final List<HeadId> heads;
  private final Map<String, double[]> series = new LinkedHashMap<>();

  AblationSweep(Subject run, Batch batch, ChangeWindow window) {
    this.run = run;
    this.batch = batch;
    this.window = window;
    this.heads = HeadId.all(run.model());
  }

  Findings findings() {
    Attribution attribution = attribution(run, batch, window);
    for (int i = 0; i < window.steps().length; i++) {
      AblationBench bench = AblationBench.of(run, run.parameters(window.steps()[i]), batch);
      IclReading intact = bench.read(bench.intact());
      put("ablation.icl", i, intact.icl());
      for (HeadId head : heads) {
        for (Knockout method : Knockout.values()) {
          float[][] without = bench.without(List.of(head), method);
          IclReading ablated = bench.read(without);
          put("ablation.icl." + method.key(), head, i, ablated.icl() - intact.icl());
          put("ablation.loss." + method.key(), head, i, ablated.loss() - intact.loss());
          if (method == PAPER) {
            put("ablation.early", head, i, ablated.early() - intact.early());
            put("ablation.late", head, i, ablated.late() - intact.late());
            put("ablation.attribution", head, i, attribution.of(bench.intact(), without));
          }
        }
      }
    }
    Findings findings = new Findings().put("ablation.steps", window.axis());
    series.forEach(findings::put);
    return findings;
  }

  /** Along the change of the losses over the window. */
  static Attribution attribution(Subject run, Batch batch, ChangeWindow window) {
    return new Attribution(
        run.losses(run.parameters(window.start()), batch, List.of()),
        run.losses(run.parameters(window.end()), batch, List.of()));
  }

  /** The share of some heads without which the last checkpoint's ICL score is as strong or more. */
  double helped(List<HeadId> some) {
    return some.stream()
        .mapToDouble(head -> series(name("ablation.icl." + PAPER.key(), head)))
        .map(change -> change <= 0 ? 1 : 0)
        .average()
        .orElse(Double.NaN);
  }

  private double series(String name) {
    double[] found = series.get(name);
    if (found == null) {
      throw new IllegalStateException(name + " is asked for before the sweep");
    }
    return found[found.length - 1];
  }

  private static String name(String what, HeadId head) {
    return what + "." + head;
  }

  private void put(String what, HeadId head, int at, double value) {
    put(name(what, head), at, value);
  }

  private void put(String name, int at, double value) {
    series.computeIfAbsent(name, n -> new double[window.steps().length])[at] = value;
  }
}
