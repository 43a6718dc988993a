package refrain.train.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import refrain.base.RefrainException;
import refrain.data.DataSpec;
import refrain.train.RunSpec;

/**
 * Runs that differ in a few settings and in their seeds: every value of each setting with every
 * value of the others and every seed.
 */
public final class Sweep {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:\\.\\.(\\d{1,9}))?");
  private static final int MOST = 10_000;

  /**
   * One of the runs.
   *
   * @param settings the values of what is varied, by their paths
   * @param seed of its start and its batches; null: seeds are not varied
   */
  public record Cell(Map<String, String> settings, @Nullable Integer seed, RunSpec spec) {
    /** For people: what sets it apart from the others. */
    public String label() {
      List<String> words = new ArrayList<>();
      settings.forEach((path, value) -> words.add(path + "=" + value));
      if (seed != null) {
        words.add("seed " + seed);
      }
      return String.join(" ", words);
    }
  }

  private Sweep() {}

  /**
   * All runs, the seeds of one setting together; on the user's own text as it is now.
   *
   * @param grids settings with several values, such as {@code model.nLayers=1,2,4}
   * @param seeds such as {@code 0..4} or {@code 0,3,7}; null: not varied
   * @param spec makes a run of further settings, such as {@code model.nLayers=2}, and of a seed
   * @throws RefrainException of kind BAD_INPUT for what cannot be read, and for too many runs
   */
  public static List<Cell> cells(
      List<String> grids,
      @Nullable String seeds,
      BiFunction<List<String>, @Nullable Integer, RunSpec> spec) {
    Map<String, List<String>> axes = new LinkedHashMap<>();
    for (String grid : grids) {
      int equals = grid.indexOf('=');
      String path = equals < 1 ? "" : grid.substring(0, equals).strip();
      List<String> values = equals < 1 ? List.of() : values(grid.substring(equals + 1));
      if (path.isEmpty() || values.isEmpty() || values.stream().anyMatch(String::isBlank)) {
        throw RefrainException.badInput(
            "--grid %s: expected path=value,value, such as model.nLayers=1,2,4", grid);
      }
      if (values.stream().distinct().count() < values.size()) {
        throw RefrainException.badInput("--grid %s: a value stands there twice", grid);
      }
      if (axes.put(path, values) != null) {
        throw RefrainException.badInput(
            "--grid %s: %s is varied twice; put all values into one --grid", grid, path);
      }
    }
    List<@Nullable Integer> replicates = new ArrayList<>();
    if (seeds == null) {
      replicates.add(null);
    } else {
      replicates.addAll(seeds(seeds));
    }
    double product = replicates.size();
    for (List<String> values : axes.values()) {
      product *= values.size();
    }
    if (product > MOST) {
      throw RefrainException.badInput(
          "these seeds and grids are %s runs, expected at most %s", (long) product, MOST);
    }
    List<Map<String, String>> settings = new ArrayList<>(List.of(Map.of()));
    axes.forEach((path, values) -> {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> before : settings) {
        for (String value : values) {
          Map<String, String> with = new LinkedHashMap<>(before);
          with.put(path, value);
          longer.add(with);
        }
      }
      settings.clear();
      settings.addAll(longer);
    });
    List<Cell> cells = new ArrayList<>();
    Map<DataSpec, DataSpec> texts = new HashMap<>(); // one reading of a text for all of them
    for (Map<String, String> setting : settings) {
      List<String> words = new ArrayList<>();
      setting.forEach((path, value) -> words.add(path + "=" + value));
      for (@Nullable Integer seed : replicates) {
        RunSpec run = spec.apply(words, seed);
        DataSpec data = texts.computeIfAbsent(run.data(), DataSpec::pinned);
        cells.add(new Cell(setting, seed, run.with(s -> s.data = data)));
      }
    }
    return cells;
  }

  private static Set<Integer> seeds(String text) {
    Set<Integer> seeds = new LinkedHashSet<>();
    for (String part : text.split(",", -1)) {
      Matcher range = RANGE.matcher(part.strip());
      int first = range.matches() ? Integer.parseInt(range.group(1)) : 0;
      int last =
          range.matches() && range.group(2) != null ? Integer.parseInt(range.group(2)) : first;
      if (!range.matches() || last < first) {
        throw RefrainException.badInput(
            "--seeds %s: expected numbers or ranges upwards, such as 0..4 or 0,3,7", text);
      }
      if (last - first >= MOST) {
        throw RefrainException.badInput(
            "--seeds %s: are %s seeds, expected at most %s", text, last - first + 1, MOST);
      }
      for (int seed = first; seed <= last; seed++) {
        if (!seeds.add(seed)) {
          throw RefrainException.badInput("--seeds %s: seed %s stands there twice", text, seed);
        }
      }
    }
    return seeds;
  }

  /** Parts at commas, but for those inside of brackets, braces and quotes. */
  private static List<String> values(String text) {
    List<String> values = new ArrayList<>();
    int depth = 0;
    char quote = 0;
    int begin = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '{' || c == '[') {
        depth++;
      } else if (c == '}' || c == ']') {
        depth--;
      } else if (c == ',' && depth == 0) {
        values.add(text.substring(begin, i).strip());
        begin = i + 1;
      }
    }
    values.add(text.substring(begin).strip());
    return values;
  }
}
