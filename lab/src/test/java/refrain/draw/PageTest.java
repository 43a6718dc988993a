package refrain.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import refrain.draw.Table.Column;

class PageTest {
  private static Page page(String text, List<Page.Section> sections) {
    return new Page(text, text, text, provenance(text), sections);
  }

  private static Page.Provenance provenance(String text) {
    return new Page.Provenance(text, text, text, List.of(text), List.of(text));
  }

  @Test
  void isWellFormedAndAsksForNothingOutside() {
    String html = ReportDemo.page().html();
    Document document = Xml.parse(html);
    assertThat(html).startsWith("<!DOCTYPE html>");
    Matcher address =
        Pattern.compile("(?i)(?:src|href)=\"([^\"]*)\"|url\\(([^)]*)\\)").matcher(html);
    while (address.find()) {
      String target = address.group(1) != null ? address.group(1) : address.group(2);
      assertThat(target).matches(t -> t.startsWith("#") || t.startsWith("data:"), "stays inside");
    }
    assertThat(document.getElementsByTagName("script").getLength()).isZero();
    assertThat(html).doesNotContain("@import");
  }

  @Test
  void identifiersAreUniqueAndLinksLeadToThem() {
    Page.Section twin =
        new Page.Section("Loss & ICL", List.of(new Block.Figured(ReportDemo.grid(), "seen", "")));
    Document document = Xml.parse(page("t", List.of(twin, twin)).html());
    List<String> ids =
        Xml.elements(document).stream()
            .map(e -> e.getAttribute("id"))
            .filter(i -> !i.isEmpty())
            .toList();
    assertThat(ids)
        .doesNotHaveDuplicates()
        .contains("s-loss-icl", "s-loss-icl-2", "fig-1", "fig-2");
    for (Element e : Xml.elements(document)) {
      if (e.getTagName().equals("a")) {
        assertThat(ids).contains(e.getAttribute("href").substring(1));
      }
    }
  }

  @Test
  void everythingIsEscaped() {
    String evil = "</style><script>alert(1)</script>&\u0000";
    Table table =
        new Table(List.of(new Column(evil, evil, false)), List.of(List.of(new Table.Text(evil))));
    List<Block> blocks =
        List.of(
            new Block.Paragraph(evil),
            new Block.Paragraph("`" + evil + "` *" + evil + "*"),
            new Block.Bullets(List.of(evil)),
            new Block.Note(evil),
            new Block.Claim(Badge.CONTROL_FAILED, evil, evil),
            new Block.Claims(List.of(new Block.Claim(Badge.HOLDS, evil, evil))),
            new Block.Card(
                "c",
                new Block.Claim(Badge.HOLDS, evil, evil),
                List.of(new Block.Fact(evil, evil)),
                null),
            new Block.Answer(evil, List.of(evil)),
            new Block.Heading(evil),
            new Block.Code(evil),
            new Block.Tabled(table, evil, evil));
    String html = page(evil, List.of(new Page.Section(evil, blocks))).html();
    assertThat(Xml.parse(html).getElementsByTagName("script").getLength()).isZero();
    assertThat(html).doesNotContain("<script>");
  }

  @Test
  void isTheSameByteForByte() {
    assertThat(ReportDemo.page().html()).isEqualTo(ReportDemo.page().html());
  }

  @Test
  void proseKnowsCodeAndEmphasisAndLeavesOtherStarsAlone() {
    assertThat(prose("read `a<b` *now*")).isEqualTo("read <code>a&lt;b</code> <em>now</em>");
    assertThat(prose("A* B* ... A -> B")).isEqualTo("A* B* ... A -&gt; B");
    assertThat(prose("2 * 3 * 4 and one `")).isEqualTo("2 * 3 * 4 and one `");
  }

  /**
   * A word has its card one press away, once in each piece of the page; an id leads to its place.
   */
  @Test
  void wordsHaveTheirMeaningOnePressAway() {
    Terms terms =
        new Terms(
            List.of(
                new Terms.Term("prefix-matching score", List.of("prefix matching"), List.of("f")),
                new Terms.Term("head", List.of("head"), List.of("g")),
                new Terms.Term("unasked", List.of("unasked"), List.of("h"))),
            Map.of("1-icl", "c-1-icl"));
    Page.Section section =
        new Page.Section(
            "S",
            List.of(
                new Block.Paragraph("Heads and a head of prefix matching in `1-icl`; overhead."),
                new Block.Paragraph("Prefix matching again, `other`.")));
    String html = new Page("t", "", "", List.of(), provenance("p"), List.of(section), terms).html();
    assertThat(html)
        .contains("<button class=\"term\" type=\"button\" popovertarget=\"t-head\">Heads</button>")
        .contains(" and a head of ")
        .contains("; overhead.")
        .contains("<a href=\"#c-1-icl\"><code>1-icl</code></a>")
        .contains("<code>other</code>")
        .contains("popovertarget=\"t-prefix-matching-score\">Prefix matching</button> again")
        .doesNotContain("unasked");
    List<Element> all = Xml.elements(Xml.parse(html));
    List<String> cards =
        all.stream().filter(e -> e.hasAttribute("popover")).map(e -> e.getAttribute("id")).toList();
    assertThat(cards).containsExactly("t-prefix-matching-score", "t-head");
  }

  private static String prose(String text) {
    Markup m = new Markup();
    Prose.inline(m, text, Terms.NONE.writer().piece());
    return m.toString();
  }

  @Test
  void verdictsAreWordsWithShapes() {
    for (Badge badge : Badge.values()) {
      Markup m = new Markup();
      badge.write(m, "(n = 3)");
      String shape =
          switch (badge.look()) {
            case HOLDS -> "<circle cx=\"8\" cy=\"8\" r=\"7\" class=\"solid\"/>";
            case FAILS -> "<path d=\"M5 1H11L15 5V11L11 15H5L1 11V5Z\" class=\"solid\"/>";
            case UNDECIDED -> "<circle cx=\"8\" cy=\"8\" r=\"6.3\" class=\"open\"/>";
          };
      assertThat(m.toString()).contains(shape).endsWith(badge.word() + "</span> (n = 3)");
    }
  }

  @Test
  void tablesAreCsvToo() {
    Table table =
        new Table(
            List.of(Column.text("claim"), Column.number("estimate", "nats")),
            List.of(
                List.of(new Table.Text("a, \"b\" | c"), new Table.Number(-1.25, 1)),
                List.of(new Table.Verdict(Badge.HOLDS, ""), new Table.Number(Double.NaN, 1)),
                List.of(new Table.Text("x"), new Table.Interval(-1, -2, 0.5, 1))));
    assertThat(table.csv())
        .isEqualTo(
            "claim,estimate (nats)\r\n\"a, \"\"b\"\" | c\",-1.25\r\nholds,\r\n"
                + "x,\"-1.0 [-2.0, 0.5]\"\r\n");
    assertThatThrownBy(() -> new Table(List.of(), List.of(List.of(new Table.Text("x")))))
        .hasMessage("row 0 has 1 cells, expected 0");
  }
}
