package refrain.report;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import refrain.draw.Terms;
import refrain.draw.Terms.Term;
import refrain.probe.Definition;
import refrain.report.answer.ClaimCard;
import refrain.study.Claim;
import refrain.study.StudyResults;
import refrain.study.Test;

/**
 * What the words of a study's page mean: general terms, the quantities that its claims measure, and
 * the claims' ids, which lead to their cards.
 */
record Words(StudyResults results, Terms general) {
  Terms terms() {
    List<Term> all = new ArrayList<>(general.all());
    Map<String, Definition> quantities = new LinkedHashMap<>();
    Map<String, String> places = new HashMap<>(general.places());
    for (Claim claim : results.study().claims()) {
      places.put(claim.id(), ClaimCard.place(claim.id()));
      Stream.concat(Stream.of(claim.test()), Stream.ofNullable(claim.control()))
          .map(Test::definition)
          .forEach(d -> quantities.putIfAbsent(d.key(), d));
    }
    quantities.values().forEach(d -> all.add(term(d)));
    return new Terms(all, places);
  }

  private static Term term(Definition d) {
    String unit = d.unit().isEmpty() || d.unit().equals("1") ? "" : "Unit: " + d.unit() + ".";
    String source = d.source().isEmpty() ? "" : "Source: " + d.source() + ".";
    List<String> facts =
        Stream.of(d.formula(), unit, source).filter(fact -> !fact.isEmpty()).toList();
    return new Term(d.title(), List.of(d.title()), facts);
  }
}
