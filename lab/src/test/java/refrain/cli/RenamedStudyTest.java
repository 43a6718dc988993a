package refrain.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import refrain.draw.Terms;
import refrain.report.ClaimTable;
import refrain.report.Figures;
import refrain.report.FiguresReader;
import refrain.report.StudyJson;
import refrain.report.StudyPicture;
import refrain.report.StudyReport;
import refrain.study.Answer;
import refrain.study.Argument;
import refrain.study.Bar;
import refrain.study.Claim;
import refrain.study.MadeResults;
import refrain.study.Paper;
import refrain.study.Study;
import refrain.study.StudyResults;
import refrain.study.Variant;
import refrain.study.Varies;

/**
 * The paper's study and its figures with every variant, claim and argument under another name and
 * every bar elsewhere: whatever shows a study shows the new ones, so none of the old stands in the
 * program.
 */
class RenamedStudyTest {
  private static final Study OLD = Study.named("olsson").withSeeds(1);
  private static final Map<String, String> VARIANTS = new LinkedHashMap<>();
  private static final Map<String, String> CLAIMS = new LinkedHashMap<>();
  private static final Map<String, String> ARGUMENTS = new LinkedHashMap<>();
  private static final List<String> BARS = new ArrayList<>();

  private static StudyResults results;
  private static Figures figures;
  private static String page;

  @BeforeAll
  static void draw() throws IOException {
    OLD.variants().forEach(v -> VARIANTS.put(v.name(), "vv" + VARIANTS.size()));
    OLD.claims().forEach(c -> CLAIMS.put(c.id(), "cc" + CLAIMS.size()));
    OLD.arguments().forEach(a -> ARGUMENTS.put(a.id(), "aa" + ARGUMENTS.size()));
    Study study = renamed();
    results = MadeResults.of(study, MadeResults::anything);
    figures = FiguresReader.parse(figures(), "renamed.figures.yaml");
    figures.check(study);
    page = new StudyReport(results, figures, Terms.NONE, "command").page().html();
  }

  private static Study renamed() {
    List<Variant> variants = new ArrayList<>();
    for (Variant v : OLD.variants()) {
      variants.add(
          new Variant(
              to(VARIANTS, v.name()),
              v.preset(),
              v.set(),
              v.seeds(),
              v.control() == null ? null : to(VARIANTS, v.control()),
              v.settled(),
              v.analyses()));
    }
    List<Claim> claims = new ArrayList<>();
    for (Claim c : OLD.claims()) {
      refrain.study.Test test = Objects.requireNonNull(moved(c.test()));
      claims.add(
          new Claim(
              to(CLAIMS, c.id()),
              to(ARGUMENTS, c.argument()),
              "D0",
              "Sentence of " + to(CLAIMS, c.id()) + ".",
              c.kind(),
              test,
              moved(c.control()),
              1,
              c.paper() == null ? null : new Paper(c.paper().says(), c.paper().where(), test.bar()),
              c.otherwise(),
              c.seen(),
              c.supersedes().stream().map(id -> CLAIMS.getOrDefault(id, "gone")).toList(),
              "why"));
    }
    List<Argument> arguments =
        OLD.arguments().stream()
            .map(a -> {
              String id = to(ARGUMENTS, a.id());
              return new Argument(
                  id,
                  a.number() == null ? null : "N" + id,
                  "Title " + id,
                  a.paper() == null ? null : "the paper of " + id,
                  a.answers().stream()
                      .map(answer -> to(CLAIMS, answer.claim()))
                      .map(c -> new Answer(c, "number of " + c, c + " is so", c + " is not so"))
                      .toList());
            })
            .toList();
    return new Study(
        "renamed", "Renamed", 1, 0, Varies.ALL, 0, 0, arguments, variants, claims, Map.of());
  }

  /** Each bar goes to a place of its own, above 1,000. */
  private static refrain.study.@Nullable Test moved(refrain.study.@Nullable Test t) {
    if (t == null) {
      return null;
    }
    int at = 1001 + BARS.size();
    boolean within = t.bar().side() == Bar.Side.WITHIN;
    Bar bar = within ? new Bar(t.bar().side(), .5, at) : new Bar(t.bar().side(), at, 0);
    BARS.add(bar.words());
    return new refrain.study.Test(
        t.variants().stream().map(v -> to(VARIANTS, v)).toList(),
        t.quantity(),
        t.other(),
        t.against() == null ? null : to(VARIANTS, t.against()),
        t.placebo(),
        t.given(),
        t.compare(),
        t.statistic(),
        bar);
  }

  private static String to(Map<String, String> names, String old) {
    return Objects.requireNonNull(names.get(old), old);
  }

  /** The file with every name in it replaced, in words too. */
  private static String figures() throws IOException {
    try (InputStream in =
        RenamedStudyTest.class.getResourceAsStream("/studies/olsson.figures.yaml")) {
      String text = new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
      // Kinds of data have names of their own, of which three are those of variants.
      String kinds = "\ndata: {families: D1, category-task: D2, word-pairs: D3}";
      int data = text.indexOf("\ndata:");
      int sections = text.indexOf("\nsections:");
      Map<String, String> all = new LinkedHashMap<>(VARIANTS);
      all.putAll(CLAIMS);
      all.putAll(ARGUMENTS);
      return replaced(text.substring(0, data), all)
          + kinds
          + replaced(text.substring(sections), all);
    }
  }

  private static String replaced(String text, Map<String, String> names) {
    return whole(names.keySet().stream().toList())
        .matcher(text)
        .replaceAll(m -> Matcher.quoteReplacement(to(names, m.group())));
  }

  /** One of some names, and not a part of another; the longest first. */
  private static Pattern whole(List<String> names) {
    List<String> longest =
        names.stream()
            .sorted(Comparator.comparingInt(String::length).reversed())
            .map(Pattern::quote)
            .toList();
    return Pattern.compile("(?<![\\w.-])(" + String.join("|", longest) + ")(?![\\w-]|\\.\\w)");
  }

  private static void hasTheNewNames(String shown, Map<String, String> names) {
    for (String name : names.values()) {
      assertThat(whole(List.of(name)).matcher(shown).find()).as(name).isTrue();
    }
  }

  private static void hasNoneOfTheOld(String shown, Map<String, String> names) {
    Matcher old = whole(List.copyOf(names.keySet())).matcher(shown);
    assertThat(old.find() ? old.group() : "none").isEqualTo("none");
  }

  /** What the page says: its text without markup. */
  private static String words(String html) {
    return html.replaceAll("(?s)<style>.*?</style>", "").replaceAll("<[^>]*>", " ");
  }

  @Test
  void thePageShowsTheNewNamesAndBars() {
    String words = words(page);
    hasTheNewNames(words, VARIANTS);
    hasTheNewNames(words, CLAIMS);
    hasNoneOfTheOld(words, CLAIMS);
    hasNoneOfTheOld(words, VARIANTS);
    String flat = words.replace('\u00a0', ' ');
    for (Argument argument : results.study().arguments()) {
      assertThat(flat).contains(argument.heading());
    }
    for (Argument argument : OLD.arguments()) {
      assertThat(flat).doesNotContain(argument.heading());
    }
    for (String bar : BARS) {
      assertThat(flat).contains(bar.replace(">", "&gt;").replace("<", "&lt;"));
    }
    for (Claim claim : OLD.claims()) {
      assertThat(flat)
          .doesNotContain(claim.test().bar().words().replace(">", "&gt;").replace("<", "&lt;"));
    }
  }

  @Test
  void tablesForProgramsAndTheTerminalShowTheNewNamesAndBars() {
    String csv = ClaimTable.csv(results);
    String json = StudyJson.of(results).toString();
    for (String shown : List.of(csv, json)) {
      hasTheNewNames(shown, CLAIMS);
      hasNoneOfTheOld(shown, CLAIMS);
      hasNoneOfTheOld(shown, VARIANTS);
      BARS.forEach(bar -> assertThat(shown).contains(bar));
    }
    String terminal = String.join("\n", StudyTables.verdicts(results));
    String runs = String.join("\n", StudyTables.runs(results.runs()));
    hasTheNewNames(terminal, CLAIMS);
    hasNoneOfTheOld(terminal, CLAIMS);
    hasNoneOfTheOld(terminal + runs, VARIANTS);
    hasTheNewNames(runs, VARIANTS);
  }

  @Test
  void thePictureShowsTheNewNames() {
    String picture = StudyPicture.of(results, figures).svg();
    assertThat(picture).contains(">vv0</text>").contains(">vv1</text>");
    hasNoneOfTheOld(words(picture), VARIANTS);
  }
}
