package refrain.train;

import refrain.data.DataSource;
import refrain.model.Parameters;
import refrain.model.Transformer;
import refrain.probe.MeasureKind.Depth;
import refrain.probe.Measurements;
import refrain.probe.ProbeSuite;
import refrain.probe.TokenPool;
import refrain.store.MetricsRow;

/** The measures of a run, written into the rows of its metrics. */
final class RunProbe {
  private final RunSpec spec;
  private final ProbeSuite suite;

  RunProbe(RunSpec spec, DataSource data) {
    this.spec = spec;
    this.suite =
        new ProbeSuite(
            spec.model(),
            spec.probing().measures(),
            data.evaluation(spec.seeds().evaluation(), spec.probing().sequences(), spec.context()),
            TokenPool.all(data.vocab()));
  }

  /** Adds what the suite measures to the row of this state. */
  void measure(Transformer engine, Parameters parameters, MetricsRow row) {
    boolean thorough = spec.probing().thorough((int) row.step(), spec.steps());
    Measurements found = suite.measure(engine, parameters, thorough ? Depth.THOROUGH : Depth.CHEAP);
    found.values().forEach(row::put);
    found.series().forEach(row::put);
  }
}
