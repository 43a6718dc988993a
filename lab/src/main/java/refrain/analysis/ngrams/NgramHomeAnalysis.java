package refrain.analysis.ngrams;

import java.util.List;
import refrain.analysis.Analysis;
import refrain.analysis.AnalysisKind;
import refrain.analysis.Findings;
import refrain.analysis.Subject;
import refrain.analysis.instrument.Heads;
import refrain.analysis.instrument.Writes.Part;
import refrain.data.RelabelledBigrams;
import refrain.model.HeadId;

/**
 * Which parts of a model hold its language's bigram table, and whether copying needs them: on
 * languages whose table is known. On text, whether matching heads give what trigrams and
 * skip-trigrams cannot.
 */
public final class NgramHomeAnalysis extends Analysis {
  public NgramHomeAnalysis() {
    super(
        AnalysisKind.N_GRAM_HOME,
        1,
        TableHome.ALL,
        TableShares.ALL,
        CopyingWithoutTable.ALL,
        TextGrams.ALL);
  }

  @Override
  public Findings of(Subject run) {
    RelabelledBigrams language = KnownWalks.language(run.spec().data()).orElse(null);
    if (run.steps().length == 0) {
      return nothing().putAll(Findings.none(TextGrams.ALL));
    }
    List<HeadId> heads = Heads.of(run.metrics(), run.model()).matching();
    if (language == null) {
      return nothing().putAll(TextGrams.of(run, heads));
    }
    List<Part> matching = Part.of(heads);
    TableHome home = new TableHome(run.last(), language, matching);
    CopyingWithoutTable copying =
        new CopyingWithoutTable(run.last(), language, run.spec().context(), matching, home);
    Findings shares =
        home.known()
            ? TableShares.of(run.last(), language, matching)
            : Findings.none(TableShares.ALL);
    return home.findings()
        .putAll(shares)
        .putAll(copying.findings())
        .putAll(Findings.none(TextGrams.ALL));
  }

  private static Findings nothing() {
    return Findings.none(TableHome.ALL)
        .putAll(Findings.none(TableShares.ALL))
        .putAll(Findings.none(CopyingWithoutTable.ALL));
  }
}
