package refrain.report;

import static refrain.report.Item.Name.CLAIM;
import static refrain.report.Item.Name.NUMBER;
import static refrain.report.Item.Name.SERIES;
import static refrain.report.Item.Name.VARIANT;
import static refrain.report.Item.Name.WORDS;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A piece of a study's page as its figures file says it: names of variants, quantities, series and
 * claims, and words; no number that was measured. What a file leaves out has the value of {@link
 * Default}, or is empty.
 *
 * <p>Words may hold numbers that are read when the page is drawn, see {@link Phrases}.
 */
public sealed interface Item {
  /** What a component of a record has where the file does not say it, written as YAML. */
  @Retention(RetentionPolicy.RUNTIME)
  @interface Default {
    String value();
  }

  /** What a text, or each of a list of texts, has to name; "" names nothing. */
  @Retention(RetentionPolicy.RUNTIME)
  @interface Is {
    Name value();
  }

  /** What is looked up before anything is run or drawn. */
  enum Name {
    VARIANT,
    CLAIM,
    /** A number of a run, a name that {@link refrain.analysis.Quantities} has. */
    NUMBER,
    /** A series of a run, or one of {@link RunCurve}. */
    SERIES,
    /** Words, perhaps with {@link Phrases}. */
    WORDS
  }

  /** Running text of one kind. */
  record Words(Kind kind, @Is(WORDS) String text) implements Item {
    /** How it is set. */
    enum Kind {
      HEADING,
      TEXT,
      NOTE,
      CODE
    }
  }

  /** A list of short statements. */
  record Bullets(@Is(WORDS) List<String> texts) implements Item {
    public Bullets {
      texts = List.copyOf(texts);
    }
  }

  /**
   * Items that stand only where there is something to show.
   *
   * @param when what has to be there
   * @param items shown then
   * @param otherwise shown else
   */
  record Group(When when, List<Item> items, List<Item> otherwise) implements Item {
    public Group {
      items = List.copyOf(items);
      otherwise = List.copyOf(otherwise);
    }
  }

  /**
   * A condition: one of the variants has a run that ended and has what is named.
   *
   * @param variants none: always
   * @param quantity a number; "" for none
   * @param series "" for none
   */
  record When(
      @Is(VARIANT) List<String> variants, @Is(NUMBER) String quantity, @Is(SERIES) String series) {}

  /**
   * Panels of curves on common axes. One panel without a title of its own is a chart alone.
   *
   * @param claims whose verdicts stand below
   * @param columns panels in a row, at most
   * @param marks vertical lines in each panel
   * @param levels horizontal lines in each panel
   */
  record Curves(
      @Is(WORDS) String title,
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      @Default("{title: steps}") AxisOf x,
      AxisOf y,
      @Default("3") int columns,
      List<Panel> panels,
      List<Mark> marks,
      List<LevelAt> levels)
      implements Item {}

  /**
   * An axis.
   *
   * @param from where it begins, null to take it from the data
   * @param to where it ends
   */
  record AxisOf(
      String title, String unit, boolean log, @Nullable Double from, @Nullable Double to) {}

  /**
   * One chart among several; left out where none of its curves has a run.
   *
   * @param heads for a panel a head of the first run that has some: what their numbers begin with,
   *     such as {@code ablation.member.}; {@code {head}} in the title and in the curves is the head
   * @param member what the title has more where the head's number is 1
   */
  record Panel(@Is(WORDS) String title, String heads, String member, List<Curve> curves) {}

  /**
   * A curve: of one variant's runs over training, or of two numbers over several variants.
   *
   * @param label "" for the first variant's name
   * @param variants one, or those over which two numbers are drawn
   * @param x horizontal positions: a series, or a number of each run of several variants; "" for
   *     the index of a point, from 0, or for the steps of a run's own curve
   * @param y a series, a {@link RunCurve}, or a number
   * @param slot which {@link refrain.draw.Style}; -1: the variant's where each curve of the panel
   *     is of another one, else its place in the panel
   * @param align a number that is taken from {@code x} in each run; a run without it is left out
   * @param heads draws {@code y}, in which {@code {head}} is the head, for every head whose number
   *     of this beginning is 1 or not, as {@code member} says
   */
  record Curve(
      @Is(WORDS) String label,
      @Is(VARIANT) List<String> variants,
      String x,
      String y,
      @Default("-1") int slot,
      @Default("SEEDS") Draw draw,
      @Is(NUMBER) String align,
      String heads,
      boolean member) {
    /** What stands for the head. */
    static final String HEAD = "{head}";

    /** The curve of one head in a panel of that head. */
    Curve of(String head) {
      return new Curve(label, variants, x, y.replace(HEAD, head), slot, draw, align, "", false);
    }

    boolean overVariants() {
      return variants.size() > 1;
    }

    String labelled() {
      return label.isEmpty() ? variants.getFirst() : label;
    }
  }

  /** How the runs of a variant become lines. */
  enum Draw {
    /** A thin line a seed; over variants also the mean. */
    SEEDS,
    /** The mean over seeds with the band of its 95 % intervals; over variants the mean alone. */
    MEAN,
    /** The first seed that has it. */
    FIRST
  }

  /**
   * A vertical line at a number of each run in the panel.
   *
   * @param at the number; "" where {@code value} says it
   * @param low lower end of its interval, shaded; "" for none
   * @param first of the first run alone
   * @param falling only in runs in which this number is below 0; "" in all
   * @param by how far below at least, in its unit
   */
  record Mark(
      @Is(NUMBER) String at,
      @Is(NUMBER) String low,
      @Is(NUMBER) String high,
      String label,
      boolean first,
      @Is(NUMBER) String falling,
      @Default("0.0") double by,
      @Nullable Double value) {}

  /**
   * A line to compare with: a number that means something by itself, the bar of a claim (both ends
   * of a bar that is a range), or the mean of a variant's number.
   *
   * @param control take the bar of the claim's control
   */
  record LevelAt(
      @Is(WORDS) String label,
      @Nullable Double at,
      @Is(CLAIM) String claim,
      boolean control,
      @Is(VARIANT) String variant,
      @Is(NUMBER) String quantity) {}

  /** Numbers of runs, a row each: mean, interval and single runs; or a claim's estimate. */
  record Dots(
      @Is(WORDS) String title,
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      AxisOf axis,
      List<Row> rows,
      List<LevelAt> levels)
      implements Item {}

  /**
   * A row of dots; left out where the variant has no run that ended.
   *
   * @param label "" for the variant or the claim
   * @param slot -1: the variant's, or by the claim's verdict
   * @param minus another number of the same run that is taken off; "" for none
   * @param claim in place of variant and quantity: the claim's estimate with its interval
   */
  record Row(
      @Is(WORDS) String label,
      @Default("-1") int slot,
      @Is(VARIANT) String variant,
      @Is(NUMBER) String quantity,
      @Is(NUMBER) String minus,
      @Default("INTERVAL") Reach reach,
      @Is(CLAIM) String claim) {}

  /** What the bar of a row of dots spans. */
  enum Reach {
    /** The 95 % interval of the mean, as a claim about it would have. */
    INTERVAL,
    /** From the least to the largest run. */
    RANGE
  }

  /**
   * The runs of a claim about two quantities, a mark each, with the line that its statistic fits.
   *
   * @param claim whose test is drawn
   * @param control draw the test of its control
   * @param equal label of the line on which both are the same; "" for none
   */
  record Scatter(
      @Is(WORDS) String title,
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      @Is(CLAIM) String claim,
      boolean control,
      String equal)
      implements Item {}

  /**
   * One number of a head against another, a mark a head of each run.
   *
   * @param groups of heads, a shape each
   */
  record HeadMarks(
      @Is(WORDS) String title,
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      @Is(VARIANT) List<String> variants,
      AxisOf x,
      AxisOf y,
      List<HeadGroup> groups)
      implements Item {}

  /**
   * Heads that look alike. Names of numbers end in {@code .HEAD}, which stands for the head.
   *
   * @param x horizontal position of a head
   * @param y vertical position of a head
   * @param where the number by which a head belongs here
   * @param equals its value there
   */
  record HeadGroup(
      @Is(WORDS) String label,
      @Default("0") int slot,
      @Is(NUMBER) String x,
      @Is(NUMBER) String y,
      @Is(NUMBER) String where,
      @Default("1.0") double equals) {}

  /**
   * A table of numbers of runs.
   *
   * @param first heading of the first column
   * @param needs rows whose variant has no such number are left out; "" for none
   * @param least with fewer rows there is nothing to compare, and no table
   */
  record Grid(
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      @Default("variant") String first,
      List<Column> columns,
      List<Line> rows,
      @Is(NUMBER) String needs,
      @Default("1") int least)
      implements Item {}

  /**
   * A column.
   *
   * @param quantity its number; {@code {key}} stands for what the row has under {@code key}
   * @param low lower end of {@link Form#DATE}'s interval
   * @param per what a number is divided by, for its unit
   * @param log10 whether the decimal logarithm is shown
   * @param heads what the numbers of heads begin with, for {@link Form#HEADS}
   */
  record Column(
      String name,
      String unit,
      String quantity,
      String low,
      String high,
      @Default("MEAN") Form form,
      @Default("2") int decimals,
      @Default("1.0") double per,
      boolean log10,
      String heads) {
    List<String> numbers(Line row) {
      List<String> all = new ArrayList<>(List.of(quantity, low, high));
      all.removeIf(String::isEmpty);
      all.replaceAll(row::filled);
      return all;
    }
  }

  /** How the runs of a row become a cell. */
  enum Form {
    /** The mean of the runs that have a number. */
    MEAN,
    /** The mean with its 95 % interval. */
    INTERVAL,
    /** Least to largest. */
    RANGE,
    /** The mean, and least to largest in brackets. */
    MEAN_RANGE,
    /** How many runs have a 1, of how many. */
    COUNT,
    /** How many runs have a number. */
    RUNS,
    /** Each value with the number of runs that have it. */
    EACH,
    /** One run's number with its interval. */
    DATE,
    /** The names of the heads whose number is 1, or of their layer where it is all of it. */
    HEADS
  }

  /**
   * Rows of a table; left out where the variant has no run that ended.
   *
   * @param label "" for the variant
   * @param seeds a row a seed, named by its number, in place of one row of all
   * @param keys what columns' quantities are completed with
   */
  record Line(
      @Is(WORDS) String label,
      @Is(VARIANT) String variant,
      boolean seeds,
      Map<String, String> keys) {
    String filled(String quantity) {
      String result = quantity;
      for (Map.Entry<String, String> key : keys.entrySet()) {
        result = result.replace("{" + key.getKey() + "}", key.getValue());
      }
      return result;
    }
  }

  /**
   * Ways of first seeds through a plane.
   *
   * @param components a series of the first way's run with the axes' shares of the variance; "" for
   *     none
   * @param stops named points of the ways that have steps: the snapshot nearest to a number
   */
  record Paths(
      @Is(WORDS) String title,
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      AxisOf x,
      AxisOf y,
      @Is(SERIES) String components,
      List<Way> ways,
      List<Stop> stops)
      implements Item {}

  /**
   * @param steps the steps of its points; "" for one without stops
   */
  record Way(
      @Is(WORDS) String label,
      @Default("0") int slot,
      @Is(VARIANT) String variant,
      @Is(SERIES) String x,
      @Is(SERIES) String y,
      @Is(SERIES) String steps) {}

  /** A named point: the snapshot nearest to a step. */
  record Stop(@Is(NUMBER) String quantity, String label) {}

  /**
   * The attention of the best prefix-matching head of each variant's first seed.
   *
   * @param most patterns at most
   */
  record Patterns(
      @Is(WORDS) String caption,
      @Is(CLAIM) List<String> claims,
      @Is(VARIANT) List<String> variants,
      @Default("6") int most)
      implements Item {}
}
