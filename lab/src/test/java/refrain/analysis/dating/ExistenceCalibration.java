package refrain.analysis.dating;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.store.RunFolder;

/**
 * How much better a step describes curves than a bend does in runs that form no heads: what {@link
 * ChangeDates#EVIDENCE} is read off. Run by hand; arguments: folders of runs of one layer and of
 * independent tokens, of seeds that judge nothing.
 *
 * <p>Of three runs of one layer and one of independent tokens it said 16, 18, 47 and -10 of the ICL
 * score, and 14, 27, 36 and 40 of prefix matching; in two-layer runs the two are above 130.
 */
final class ExistenceCalibration {
  private ExistenceCalibration() {}

  public static void main(String[] folders) {
    for (String curve : List.of("icl", "pm")) {
      double[] evidence =
          Arrays.stream(folders).flatMapToDouble(f -> evidence(Path.of(f), curve)).toArray();
      Arrays.sort(evidence);
      System.out.printf(
          Locale.ROOT,
          "%s: %s, above the bar %.2f%n",
          curve,
          Arrays.toString(evidence),
          Arrays.stream(evidence).filter(e -> e > ChangeDates.EVIDENCE).count()
              / (double) evidence.length);
    }
  }

  private static DoubleStream evidence(Path folder, String curve) {
    try (Subject run = new Subject(RunFolder.at(folder), null, 1)) {
      Findings dates = ChangeDates.of(run);
      return DoubleStream.of(dates.value("date." + curve + ".evidence"));
    }
  }
}
