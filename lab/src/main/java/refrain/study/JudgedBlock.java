package refrain.study;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.store.Json;

/**
 * What was found of a block of seeds, written down to be committed: {@code
 * studies/registered/NAME-BLOCK.verdicts.json}. A later block's claims stand beside it; it is never
 * judged again.
 *
 * @param registration "registered", or why not
 * @param commit the one that registered it; null: none is known
 * @param claims of those that were registered
 */
public record JudgedBlock(
    String study, int block, String registration, @Nullable String commit, List<Judged> claims) {

  /**
   * A verdict in a few words and numbers; those that do not exist are null.
   *
   * @param p of the claim, the larger of the two where it has a control
   */
  public record Judged(
      String id,
      String kind,
      String sentence,
      String bar,
      int n,
      @Nullable Double estimate,
      @Nullable Double low,
      @Nullable Double high,
      @Nullable Double p,
      String verdict,
      String reason) {
    static Judged of(Verdict v) {
      return new Judged(
          v.claim().id(),
          v.claim().kind().words(),
          v.claim().sentence(),
          v.claim().test().bar().words(),
          v.estimate().n(),
          finite(v.estimate().value()),
          finite(v.estimate().low()),
          finite(v.estimate().high()),
          finite(v.p()),
          v.ruling().words(),
          v.reason());
    }

    private static @Nullable Double finite(double x) {
      return Double.isFinite(x) ? x : null;
    }
  }

  public JudgedBlock {
    claims = List.copyOf(claims);
  }

  /** What is found of a study's block now. */
  public static JudgedBlock of(StudyResults results) {
    Registration.Status status = results.registration().orElseThrow();
    return new JudgedBlock(
        results.study().name(),
        results.study().block(),
        status.words(),
        status.commit(),
        results.verdicts().stream().map(Judged::of).toList());
  }

  /** How many came out in which way, such as "holds 7, undecided 2". */
  public String tally() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    claims.forEach(c -> counts.merge(c.verdict(), 1, Integer::sum));
    return counts.entrySet().stream()
        .map(each -> each.getKey() + " " + each.getValue())
        .collect(Collectors.joining(", "));
  }

  /**
   * The verdict on a claim, or on one that it stands for now, in words such as "holds"; empty where
   * that block had none of them.
   */
  public Optional<String> verdict(Claim claim) {
    return Stream.concat(Stream.of(claim.id()), claim.supersedes().stream())
        .flatMap(id -> claims.stream().filter(c -> c.id().equals(id)))
        .map(Judged::verdict)
        .findFirst();
  }

  static Optional<JudgedBlock> find(String file) {
    try (InputStream in = JudgedBlock.class.getResourceAsStream("/" + file)) {
      if (in == null) {
        return Optional.empty();
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Optional.of(Json.read(Json.parse(text, file), JudgedBlock.class, file));
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }
}
