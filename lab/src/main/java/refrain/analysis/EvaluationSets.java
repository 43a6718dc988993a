package refrain.analysis;

import refrain.train.RunSpec;

/** Whether losses of two runs may be subtracted. */
final class EvaluationSets {
  private EvaluationSets() {}

  /** Whether two runs were evaluated on the same tokens, at the same index of each example. */
  static boolean same(Subject a, Subject b) {
    RunSpec x = a.spec();
    RunSpec y = b.spec();
    return x.data().equals(y.data())
        && x.context() == y.context()
        && x.seeds().evaluation() == y.seeds().evaluation()
        && x.probing().sequences() == y.probing().sequences()
        && x.probing().measures().seed() == y.probing().measures().seed();
  }
}
