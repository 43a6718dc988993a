package refrain.draw;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import refrain.draw.Terms.Writer.Piece;

/**
 * A self-contained HTML page: its style sheet and figures are in it, it asks for nothing outside
 * and opens offline. It is well-formed XML too.
 *
 * @param title of the page
 * @param subtitle one line below, "" for none
 * @param lead what was found, in a paragraph
 * @param front what stands before the table of contents: the answer, for who reads no further
 * @param provenance how the page came to be
 * @param sections in order; the table of contents lists them
 * @param terms what words of the page mean
 */
public record Page(
    String title,
    String subtitle,
    String lead,
    List<Block> front,
    Provenance provenance,
    List<Section> sections,
    Terms terms) {

  /**
   * A part of the page with a heading.
   *
   * @param appendix whether it is for looking up, behind all that is to be read
   */
  public record Section(String title, boolean appendix, List<Block> blocks) {
    public Section {
      blocks = List.copyOf(blocks);
    }

    public Section(String title, List<Block> blocks) {
      this(title, false, blocks);
    }
  }

  /**
   * How a page came to be.
   *
   * @param command what made it
   * @param date when, as the caller writes it
   * @param machine processor, cores, memory
   * @param versions programs and their versions
   * @param runs identifiers of the runs it draws
   */
  public record Provenance(
      String command, String date, String machine, List<String> versions, List<String> runs) {
    public Provenance {
      versions = List.copyOf(versions);
      runs = List.copyOf(runs);
    }
  }

  public Page {
    front = List.copyOf(front);
    sections = List.copyOf(sections);
  }

  /** A page without a front, whose words need no cards. */
  public Page(
      String title, String subtitle, String lead, Provenance provenance, List<Section> sections) {
    this(title, subtitle, lead, List.of(), provenance, sections, Terms.NONE);
  }

  /** The page as HTML, UTF-8. */
  public String html() {
    Markup m = new Markup();
    m.raw("<!DOCTYPE html>\n");
    m.open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en").line().open("head");
    m.leaf("meta", "charset", "utf-8");
    m.leaf("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    m.leaf("meta", "name", "color-scheme", "content", "light dark");
    m.element("title", title).line();
    m.open("style").raw(Ink.css(":root")).raw(css()).close().close().line();
    m.open("body").line();
    new Writing(m).body();
    return m.close().line().close().line().toString();
  }

  /** The page as it is written: figures and tables are counted, words are linked. */
  private final class Writing {
    private final Markup m;
    private final Terms.Writer words = terms.writer();
    private int figures;
    private int smalls;
    private int tables;

    Writing(Markup m) {
      this.m = m;
    }

    void body() {
      List<String> ids = ids();
      m.open("header").element("h1", title);
      if (!subtitle.isEmpty()) {
        m.element("p", subtitle, "class", "subtitle");
      }
      if (!lead.isEmpty()) {
        prose("p", "lead", lead);
      }
      if (!front.isEmpty()) {
        m.open("div", "class", "front");
        front.forEach(this::block);
        m.close();
      }
      m.close().line();
      contents(m, ids);
      m.open("main").line();
      for (int i = 0; i < sections.size(); i++) {
        Section section = sections.get(i);
        String kind = section.appendix() ? "appendix" : "part";
        m.open("section", "id", ids.get(i), "class", kind, "aria-labelledby", ids.get(i) + "-h");
        m.element("h2", section.title(), "id", ids.get(i) + "-h").line();
        section.blocks().forEach(this::block);
        m.close().line();
      }
      m.close().line();
      provenance();
      if (words.any()) {
        m.open("section", "class", "definitions", "aria-label", "Definitions").line();
        words.cards(m);
        m.close().line();
      }
    }

    private void provenance() {
      m.open("footer", "class", "appendix").open("dl", "class", "provenance");
      fact(m, "Made by", List.of(provenance.command()), "code");
      fact(m, "Date", List.of(provenance.date()), "span");
      fact(m, "Machine", List.of(provenance.machine()), "span");
      fact(m, "Versions", provenance.versions(), "span");
      m.close().line();
      if (!provenance.runs().isEmpty()) {
        int n = provenance.runs().size();
        m.open("details", "class", "runs");
        m.element("summary", n + (n == 1 ? " run" : " runs"));
        m.open("ul");
        provenance.runs().forEach(run -> m.open("li").element("code", run).close());
        m.close().close().line();
      }
      m.close().line();
    }

    private void block(Block block) {
      switch (block) {
        case Block.Paragraph p -> prose("p", "text", p.text());
        case Block.Note note -> prose("p", "note", note.text());
        case Block.Heading heading -> m.element("h3", heading.text());
        case Block.Code code -> m.open("pre", "tabindex", "0").element("code", code.text()).close();
        case Block.Bullets bullets -> {
          m.open("ul", "class", "text");
          bullets.items().forEach(item -> prose("li", "item", item));
          m.close();
        }
        case Block.Claim claim -> {
          m.open("p", "class", "claim");
          claim(claim, words.piece());
          m.close();
        }
        case Block.Claims claims -> {
          m.open("p", "class", "claims");
          Piece piece = words.piece();
          for (Block.Claim claim : claims.claims()) {
            m.open("span");
            claim(claim, piece);
            m.close().text(" ");
          }
          m.close();
        }
        case Block.Answer answer -> {
          m.open("div", "class", "answer");
          if (!answer.question().isEmpty()) {
            m.element("h2", answer.question());
          }
          answer.sentences().forEach(sentence -> prose("p", "text", sentence));
          m.close();
        }
        case Block.Card card -> card(card);
        case Block.Small small -> {
          m.open("div", "class", "smalls");
          for (Figure figure : small.figures()) {
            m.raw(figure.draw("small-" + ++smalls).inline()).line();
          }
          m.close();
        }
        case Block.Figured f -> {
          // One without a caption is not counted, so that numbers in captions have no gaps.
          String id = f.caption().isEmpty() ? "small-" + ++smalls : "fig-" + ++figures;
          m.open("figure", "id", id).open("div", "class", "scroll", "tabindex", "0");
          m.raw(f.figure().draw(id).inline()).close().line();
          caption("Figure " + figures, f.caption(), f.command());
          m.close();
        }
        case Block.Tabled t -> {
          m.open("figure", "id", "tab-" + ++tables, "class", "tabled");
          m.open("div", "class", "scroll", "tabindex", "0");
          t.table().html(m, words);
          m.close().line();
          caption("Table " + tables, t.caption(), t.command());
          m.close();
        }
      }
      m.line();
    }

    private void claim(Block.Claim claim, Piece piece) {
      claim.badge().write(m, claim.detail());
      m.text(" ");
      Prose.inline(m, claim.sentence(), piece);
    }

    private void card(Block.Card card) {
      Piece piece = words.piece();
      String kind = card.figure() == null ? "card brief" : "card";
      m.open("article", "class", kind, "id", card.id()).open("div");
      m.open("p", "class", "claim");
      claim(card.claim(), piece);
      m.close().open("dl");
      for (Block.Fact fact : card.facts()) {
        m.open("dt");
        piece.text(m, fact.name());
        m.close().open("dd");
        Prose.inline(m, fact.value(), piece);
        m.close();
      }
      m.close().close().line();
      if (card.figure() != null) {
        m.raw(card.figure().draw("small-" + ++smalls).inline());
      }
      m.close();
    }

    private void prose(String tag, String kind, String text) {
      m.open(tag, "class", kind);
      Prose.inline(m, text, words.piece());
      m.close();
    }

    private void caption(String number, String caption, String command) {
      if (caption.isEmpty()) {
        return;
      }
      m.open("figcaption").element("b", number + ".").text(" ");
      Prose.inline(m, caption, words.piece());
      if (!command.isEmpty()) {
        m.open("span", "class", "made").text("made by: ").element("code", command).close();
      }
      m.close();
    }
  }

  private static void fact(Markup m, String name, List<String> values, String tag) {
    m.open("div").element("dt", name).open("dd");
    for (int i = 0; i < values.size(); i++) {
      m.text(i == 0 ? "" : ", ").element(tag, values.get(i));
    }
    m.close().close();
  }

  private void contents(Markup m, List<String> ids) {
    m.open("nav", "aria-label", "Contents").element("p", "Contents", "class", "nav-title");
    m.open("ol");
    for (int i = 0; i < ids.size(); i++) {
      m.open("li").element("a", sections.get(i).title(), "href", "#" + ids.get(i)).close();
    }
    m.close().close().line();
  }

  /** One identifier a section, from its title, so that links survive a new section before it. */
  private List<String> ids() {
    Set<String> used = new HashSet<>();
    List<String> ids = new ArrayList<>();
    for (Section section : sections) {
      String base = section.title().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      base = "s-" + base.replaceAll("^-|-$", "");
      String id = base;
      for (int k = 2; !used.add(id); k++) {
        id = base + "-" + k;
      }
      ids.add(id);
    }
    return ids;
  }

  private static String css() {
    try (InputStream in = Page.class.getResourceAsStream("page.css")) {
      if (in == null) {
        throw new IllegalStateException("the build lost its resource refrain/draw/page.css");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
