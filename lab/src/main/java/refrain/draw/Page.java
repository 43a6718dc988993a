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

/**
 * A self-contained HTML page: its style sheet and figures are in it, it asks for nothing outside
 * and opens offline. It is well-formed XML too.
 *
 * @param title of the page
 * @param subtitle one line below, "" for none
 * @param lead what was found, in a paragraph
 * @param provenance how the page came to be
 * @param sections in order; the table of contents lists them
 */
public record Page(
    String title, String subtitle, String lead, Provenance provenance, List<Section> sections) {

  /** A part of the page with a heading. */
  public record Section(String title, List<Block> blocks) {
    public Section {
      blocks = List.copyOf(blocks);
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
    sections = List.copyOf(sections);
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
    header(m);
    List<String> ids = ids();
    contents(m, ids);
    m.open("main").line();
    int[] counters = new int[2];
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      m.open("section", "id", ids.get(i), "aria-labelledby", ids.get(i) + "-h");
      m.element("h2", section.title(), "id", ids.get(i) + "-h").line();
      section.blocks().forEach(block -> block(m, block, counters));
      m.close().line();
    }
    return m.close().line().close().line().close().line().toString();
  }

  private void header(Markup m) {
    m.open("header").element("h1", title);
    if (!subtitle.isEmpty()) {
      m.element("p", subtitle, "class", "subtitle");
    }
    m.open("p", "class", "lead");
    Prose.inline(m, lead);
    m.close().line().open("dl", "class", "provenance");
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

  private static void block(Markup m, Block block, int[] counters) {
    switch (block) {
      case Block.Paragraph p -> prose(m, "p", "text", p.text());
      case Block.Note note -> prose(m, "p", "note", note.text());
      case Block.Heading heading -> m.element("h3", heading.text());
      case Block.Code code -> m.open("pre").element("code", code.text()).close();
      case Block.Bullets bullets -> {
        m.open("ul", "class", "text");
        bullets.items().forEach(item -> prose(m, "li", "item", item));
        m.close();
      }
      case Block.Claim claim -> {
        m.open("p", "class", "claim");
        claim.badge().write(m, claim.detail());
        m.text(" ");
        Prose.inline(m, claim.sentence());
        m.close();
      }
      case Block.Figured f -> {
        String id = "fig-" + ++counters[0];
        m.open("figure", "id", id).open("div", "class", "scroll", "tabindex", "0");
        m.raw(f.figure().draw(id).inline()).close().line();
        caption(m, "Figure " + counters[0], f.caption(), f.command());
        m.close();
      }
      case Block.Tabled t -> {
        String id = "tab-" + ++counters[1];
        m.open("figure", "id", id, "class", "tabled");
        m.open("div", "class", "scroll", "tabindex", "0");
        t.table().html(m);
        m.close().line();
        caption(m, "Table " + counters[1], t.caption(), t.command());
        m.close();
      }
    }
    m.line();
  }

  private static void prose(Markup m, String tag, String kind, String text) {
    m.open(tag, "class", kind);
    Prose.inline(m, text);
    m.close();
  }

  private static void caption(Markup m, String number, String caption, String command) {
    m.open("figcaption").element("b", number + ".").text(" ");
    Prose.inline(m, caption);
    if (!command.isEmpty()) {
      m.open("span", "class", "made").text("made by: ").element("code", command).close();
    }
    m.close();
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
