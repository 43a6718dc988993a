package refrain.probe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hipparchus.linear.RealMatrix;
import refrain.model.HeadId;
import refrain.model.ModelSpec;
import refrain.probe.Definition.Better;

/**
 * Composition scores of every pair of a head (the sender, s) and a head of a later layer (the
 * receiver, r) (Elhage et al. 2021, "Path expansion trick: Q-, K- and V-composition"), Frobenius
 * norms in the right-multiplying convention, OV = W_V W_O and QK = W_Q W_K^T:
 *
 * <ul>
 *   <li>K: ||QK_r OV_s^T|| / (||QK_r|| ||OV_s||)
 *   <li>Q: ||OV_s QK_r|| / (||OV_s|| ||QK_r||)
 *   <li>V: ||OV_s OV_r|| / (||OV_s|| ||OV_r||)
 * </ul>
 *
 * <p>Each is read as z = (score - mean) / sd against {@link CompositionNull}. Norms of [d_model,
 * d_model] products are computed from [d_head, d_head] ones.
 *
 * <p>Writes, for c in k, q and v, comp.c.best, its z comp.c.best.z, its sender and receiver ({@link
 * HeadId#index}) and the series comp.c over {@link #pairs}; and comp.null.mean and comp.null.sd.
 * Writes nothing for a model of one layer.
 *
 * @param norms what is done about the norms before W_Q, W_K and W_V
 * @param reference random matrices of the same shape
 */
public record Composition(NormTreatment norms, CompositionNull reference) implements WeightMeasure {

  /** Which input of the receiver the sender's output reaches. */
  public enum Input {
    K("comp.k"),
    Q("comp.q"),
    V("comp.v");

    private final String key;

    Input(String key) {
      this.key = key;
    }
  }

  /** A sender and a receiver. */
  public record Pair(HeadId sender, HeadId receiver) {}

  /** All pairs, in the order of the series: by receiver, then by sender, first layers first. */
  public static List<Pair> pairs(ModelSpec spec) {
    List<Pair> pairs = new ArrayList<>();
    List<HeadId> heads = HeadId.all(spec);
    for (HeadId receiver : heads) {
      for (HeadId sender : heads) {
        if (sender.layer() < receiver.layer()) {
          pairs.add(new Pair(sender, receiver));
        }
      }
    }
    return pairs;
  }

  /** The score of one pair; 0 where either head's circuit is all zeros. */
  public static double score(Circuits c, Pair p, Input input) {
    return score(Factors.of(c, p.sender()), Factors.of(c, p.receiver()), input);
  }

  private static double score(Factors s, Factors r, Input input) {
    double squared =
        switch (input) {
          case K -> sandwich(r.qq, r.k.transposeMultiply(s.o.transpose()), s.vv);
          case Q -> sandwich(s.vv, s.o.multiply(r.q), r.kk);
          case V -> sandwich(s.vv, s.o.multiply(r.v), r.oo);
        };
    double receiver = input == Input.V ? r.ov : r.qk;
    double norms = s.ov * receiver;
    return norms == 0 ? 0 : Math.sqrt(Math.max(0, squared) / norms);
  }

  /** ||A M B^T||^2 from A^T A, M and B^T B: the entries of (A^T A M) and (M B^T B), paired. */
  static double sandwich(RealMatrix aa, RealMatrix m, RealMatrix bb) {
    RealMatrix left = aa.multiply(m);
    RealMatrix right = m.multiply(bb);
    double sum = 0;
    for (int i = 0; i < left.getRowDimension(); i++) {
      for (int j = 0; j < left.getColumnDimension(); j++) {
        sum += left.getEntry(i, j) * right.getEntry(i, j);
      }
    }
    return sum;
  }

  /**
   * One head's weights with their squares, [d_head, d_head] each.
   *
   * @param qk ||W_Q W_K^T||^2
   * @param ov ||W_V W_O||^2
   */
  private record Factors(
      RealMatrix q,
      RealMatrix k,
      RealMatrix v,
      RealMatrix o,
      RealMatrix qq,
      RealMatrix kk,
      RealMatrix vv,
      RealMatrix oo,
      double qk,
      double ov) {

    static Factors of(Circuits c, HeadId head) {
      RealMatrix q = c.wQ(head.layer(), head.head());
      RealMatrix k = c.wK(head.layer(), head.head());
      RealMatrix v = c.wV(head.layer(), head.head());
      RealMatrix o = c.wO(head.layer(), head.head());
      RealMatrix qq = q.transposeMultiply(q);
      RealMatrix kk = k.transposeMultiply(k);
      RealMatrix vv = v.transposeMultiply(v);
      RealMatrix oo = o.multiplyTransposed(o);
      return new Factors(
          q, k, v, o, qq, kk, vv, oo, qq.multiply(kk).getTrace(), vv.multiply(oo).getTrace());
    }
  }

  @Override
  public Definition definition() {
    return new Definition(
        "comp",
        "K-, Q- and V-composition",
        "1",
        Better.HIGHER,
        "K ||QK_r OV_s^T|| / (||QK_r|| ||OV_s||), Q ||OV_s QK_r|| / (||OV_s|| ||QK_r||), V ||OV_s"
            + " OV_r|| / (||OV_s|| ||OV_r||) of sender s and receiver r, OV = W_V W_O, QK = W_Q"
            + " W_K^T, Frobenius norms; z against "
            + reference.describe()
            + "; norms "
            + norms,
        "Elhage et al. 2021, Q-, K- and V-composition; Olsson et al. 2022, Argument 5");
  }

  @Override
  public void report(Readings readings, Measurements out) {
    Circuits c = readings.circuits(norms);
    List<Pair> pairs = pairs(c.spec());
    if (pairs.isEmpty()) {
      return;
    }
    int heads = c.spec().nHeads();
    Map<HeadId, Factors> factors = new HashMap<>();
    HeadId.all(c.spec()).forEach(head -> factors.put(head, Factors.of(c, head)));
    for (Input input : Input.values()) {
      double[] scores = new double[pairs.size()];
      int best = 0;
      for (int i = 0; i < scores.length; i++) {
        Pair p = pairs.get(i);
        scores[i] =
            score(
                Objects.requireNonNull(factors.get(p.sender())),
                Objects.requireNonNull(factors.get(p.receiver())),
                input);
        best = scores[i] > scores[best] ? i : best;
      }
      Pair p = pairs.get(best);
      out.put(input.key + ".best", scores[best]);
      out.put(input.key + ".best.z", reference.z(scores[best]));
      out.put(input.key + ".best.sender", p.sender().index(heads));
      out.put(input.key + ".best.receiver", p.receiver().index(heads));
      out.put(input.key, scores);
    }
    out.put("comp.null.mean", reference.mean());
    out.put("comp.null.sd", reference.sd());
  }
}
