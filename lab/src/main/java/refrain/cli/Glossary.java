package refrain.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import refrain.draw.Terms;
import refrain.serve.Word;

/** The tables of docs/glossary.md, which the build puts beside the classes. */
final class Glossary {
  private static final String RESOURCE = "glossary.md";

  /** Entries whose word is used in its everyday sense too. */
  private static final Set<String> PLAIN =
      Set.of(
          "after",
          "argument",
          "at least",
          "at most",
          "before",
          "done",
          "error",
          "failed",
          "figure",
          "formula",
          "holds",
          "index",
          "interrupted",
          "latest",
          "layer",
          "left",
          "measure",
          "name",
          "none",
          "progress",
          "reason",
          "row",
          "running",
          "seed",
          "sentence",
          "settled",
          "source",
          "state",
          "step",
          "stopped",
          "summary",
          "test",
          "time",
          "total",
          "training",
          "unit",
          "waiting",
          "within");

  /**
   * A row.
   *
   * @param term as it stands there
   * @param fields what the columns say of it, without those that hold nothing
   */
  record Entry(String term, Map<String, String> fields) {
    /** All that it is known by: the parts of the term, without brackets, and its symbols. */
    Set<String> names() {
      Set<String> names = new LinkedHashSet<>();
      names.add(key(term));
      for (String part : term.split(", ")) {
        names.add(key(part));
        names.add(key(part.replaceAll("\\(.*?\\)", "")));
      }
      for (String symbol : fields.getOrDefault("symbol", "").split(", ")) {
        names.add(key(symbol));
      }
      names.remove("");
      return names;
    }
  }

  private final List<Entry> entries;

  private Glossary(List<Entry> entries) {
    this.entries = entries;
  }

  /** The glossary that came with the program. */
  static Glossary load() {
    try (InputStream in = Glossary.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build left out refrain/cli/" + RESOURCE);
      }
      return parse(new String(in.readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read refrain/cli/" + RESOURCE, e);
    }
  }

  static Glossary parse(String markdown) {
    List<Entry> entries = new ArrayList<>();
    List<String> columns = List.of();
    for (String line : markdown.split("\n")) {
      if (!line.startsWith("|")) {
        columns = List.of();
      } else if (columns.isEmpty()) {
        columns = cells(line);
      } else if (!line.startsWith("|---")) {
        entries.add(entry(columns, cells(line)));
      }
    }
    return new Glossary(entries);
  }

  private static Entry entry(List<String> columns, List<String> cells) {
    Map<String, String> fields = new LinkedHashMap<>();
    for (int i = 1; i < Math.min(columns.size(), cells.size()); i++) {
      if (!cells.get(i).equals("-") && !cells.get(i).isEmpty()) {
        fields.put(columns.get(i), cells.get(i));
      }
    }
    return new Entry(cells.getFirst(), fields);
  }

  /** The cells of a row, without Markdown's links, code marks and escapes. */
  private static List<String> cells(String line) {
    return Arrays.stream(line.strip().split("(?<!\\\\)\\|"))
        .skip(1)
        .map(cell ->
            cell.strip()
                .replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                .replace("`", "")
                .replace("\\|", "|"))
        .toList();
  }

  /** The entries as cards of a page, but for words that mean what they mean everywhere. */
  Terms cards() {
    return new Terms(
        entries.stream()
            .map(Glossary::card)
            .filter(term -> !term.words().isEmpty() && !term.facts().isEmpty())
            .toList(),
        Map.of());
  }

  private static Terms.Term card(Entry entry) {
    List<String> words = new ArrayList<>();
    for (String part : entry.term().split(", ")) {
      String word = part.replaceAll("\\(.*?\\)", "").replaceAll(" +", " ").strip();
      if (word.length() > 2 && !PLAIN.contains(word)) {
        words.add(word);
      }
    }
    List<String> facts = new ArrayList<>();
    entry
        .fields()
        .forEach((name, said) -> {
          if (!name.equals("class")) {
            facts.add(name.equals("meaning") ? said : name + ": " + said);
          }
        });
    return new Terms.Term(entry.term(), words, facts);
  }

  /** All entries, for a page that is served. */
  List<Word> words() {
    return entries.stream().map(Glossary::word).toList();
  }

  /** Those that {@link #find} finds. */
  List<Word> words(String word) {
    return find(word).stream().map(Glossary::word).toList();
  }

  private static Word word(Entry entry) {
    return new Word(entry.term(), List.copyOf(entry.names()), entry.fields());
  }

  List<String> terms() {
    return entries.stream().map(Entry::term).toList();
  }

  /** The entries of that name, or else those whose name has all of its words. */
  List<Entry> find(String word) {
    String wanted = key(word);
    if (has(word)) {
      return entries.stream().filter(entry -> entry.names().contains(wanted)).toList();
    }
    List<String> words = List.of(wanted.split(" "));
    return entries.stream()
        .filter(entry ->
            entry.names().stream().anyMatch(name -> List.of(name.split(" ")).containsAll(words)))
        .toList();
  }

  /** Whether an entry has that very name. */
  boolean has(String word) {
    return entries.stream().anyMatch(entry -> entry.names().contains(key(word)));
  }

  /** All names, to suggest some of. */
  List<String> names() {
    return entries.stream().flatMap(entry -> entry.names().stream()).distinct().toList();
  }

  /** Capitals, hyphens and plurals make no difference. */
  private static String key(String name) {
    StringBuilder key = new StringBuilder();
    for (String word : name.toLowerCase(Locale.ROOT).split("[\\s_-]+")) {
      String single =
          word.length() > 3 && word.endsWith("s") && !word.endsWith("ss")
              ? word.substring(0, word.length() - 1)
              : word;
      key.append(key.isEmpty() ? "" : " ").append(single);
    }
    return key.toString().strip();
  }
}
