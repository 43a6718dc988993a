package refrain.analysis.ngrams;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.RelabelledBigrams;

/**
 * Which parts of a model hold its language's bigram table, and whether copying needs them: on
 * languages whose table is known. On other data there is nothing to find.
 */
public final class NgramHomeAnalysis extends Analysis {
  public NgramHomeAnalysis() {
    super(AnalysisKind.N_GRAM_HOME, 1, TableHome.ALL, TableShares.ALL, CopyingWithoutTable.ALL);
  }

  @Override
  public Findings of(Subject run) {
    RelabelledBigrams language = KnownWalks.language(run.spec().data()).orElse(null);
    if (language == null || run.steps().length == 0) {
      return Findings.none(TableHome.ALL)
          .putAll(Findings.none(TableShares.ALL))
          .putAll(Findings.none(CopyingWithoutTable.ALL));
    }
    List<Part> matching = Part.of(Heads.of(run.metrics(), run.model()).matching());
    TableHome home = new TableHome(run.last(), language, matching);
    CopyingWithoutTable copying =
        new CopyingWithoutTable(run.last(), language, run.spec().context(), matching, home);
    Findings shares =
        home.known()
            ? TableShares.of(run.last(), language, matching)
            : Findings.none(TableShares.ALL);
    return home.findings().putAll(shares).putAll(copying.findings());
  }
}
