package refrain.draw;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What words of a page mean: a card each, which opens where the word is pressed, and places in the
 * page that a word leads to.
 *
 * @param all the cards, in the order in which they are printed
 * @param places by what stands between backticks, such as the id of a claim: where it leads to
 */
public record Terms(List<Term> all, Map<String, String> places) {
  public static final Terms NONE = new Terms(List.of(), Map.of());

  /**
   * A card.
   *
   * @param name its heading
   * @param words under which it is found in texts; capitals and plurals make no difference
   * @param facts what it says: a line each, such as formula and source
   */
  public record Term(String name, List<String> words, List<String> facts) {
    public Term {
      words = List.copyOf(words);
      facts = List.copyOf(facts);
    }

    private String id() {
      return "t-" + name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    }
  }

  public Terms {
    all = List.copyOf(all);
    places = Map.copyOf(places);
  }

  /** What a page writes texts with; it remembers which cards are asked for. */
  Writer writer() {
    return new Writer(this);
  }

  /** Texts with their words linked, and the cards of those words. */
  static final class Writer {
    private final Terms terms;
    private final Map<String, Term> byWord = new HashMap<>();
    private final Pattern words;
    private final Set<String> asked = new TreeSet<>();

    private Writer(Terms terms) {
      this.terms = terms;
      for (Term term : terms.all()) {
        term.words().forEach(word -> byWord.putIfAbsent(word.toLowerCase(Locale.ROOT), term));
      }
      List<String> longest = new ArrayList<>(byWord.keySet());
      longest.sort(Comparator.comparingInt(String::length).reversed().thenComparing(w -> w));
      String any = longest.stream().map(Pattern::quote).collect(Collectors.joining("|"));
      words =
          Pattern.compile(
              any.isEmpty()
                  ? "(?!)"
                  : "(?<![\\p{L}\\p{N}-])(" + any + ")(?:s|es)?(?![\\p{L}\\p{N}-])",
              Pattern.CASE_INSENSITIVE);
    }

    /** A piece of the page, in which each word is linked once. */
    Piece piece() {
      return new Piece();
    }

    final class Piece {
      private final Set<String> linked = new HashSet<>();

      void text(Markup m, String text) {
        Matcher found = words.matcher(text);
        int from = 0;
        while (found.find()) {
          Term term = byWord.get(found.group(1).toLowerCase(Locale.ROOT));
          if (term == null || !linked.add(term.id())) {
            continue;
          }
          asked.add(term.id());
          m.text(text.substring(from, found.start()));
          m.element(
              "button",
              found.group(),
              "class",
              "term",
              "type",
              "button",
              "popovertarget",
              term.id());
          from = found.end();
        }
        m.text(text.substring(from));
      }

      void code(Markup m, String code) {
        String place = terms.places().get(code);
        if (place == null) {
          m.element("code", code);
        } else {
          m.open("a", "href", "#" + place).element("code", code).close();
        }
      }
    }

    /** The cards that texts so far have asked for. */
    void cards(Markup m) {
      Set<String> written = new HashSet<>();
      for (Term term : terms.all()) {
        if (asked.contains(term.id()) && written.add(term.id())) {
          m.open("div", "class", "card-of-term", "id", term.id(), "popover", "auto");
          m.element("b", term.name());
          term.facts().forEach(fact -> m.element("p", fact));
          m.close().line();
        }
      }
    }

    boolean any() {
      return !asked.isEmpty();
    }
  }
}
