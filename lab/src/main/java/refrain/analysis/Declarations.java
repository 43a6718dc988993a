package refrain.analysis;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import refrain.model.HeadId;
import refrain.probe.Definition;
import refrain.probe.Definition.Better;

/**
 * The numbers and series that one part of an analysis gives, in the order in which they are
 * declared. A part keeps them in constants beside the code that computes them; there is no other
 * way to put a number into {@link Findings}, so none is without title, unit, formula and source.
 */
public final class Declarations {
  /** Ends the key that stands for the keys of all heads, such as ablation.member.L1H3. */
  static final String HEAD = ".HEAD";

  /** The same of layers, such as smear2.profile.L1. */
  static final String LAYER = ".LAYER";

  private final String source;
  private final List<Declared> all = new ArrayList<>();

  /**
   * @param source where they come from, paper and section, unless one says otherwise
   */
  public Declarations(String source) {
    this.source = source;
  }

  /** Whether a key stands for those of all heads or all layers. */
  static boolean isOfMany(String key) {
    return key.endsWith(HEAD) || key.endsWith(LAYER);
  }

  public List<Declared> all() {
    return Collections.unmodifiableList(all);
  }

  /** Begins the declaration of a number. */
  public Open<Quantity> number(String key, String title, String unit) {
    return new Open<>(key, title, unit, null, Quantity::new);
  }

  /** The same of a number without a unit. */
  public Open<Quantity> pure(String key, String title) {
    return number(key, title, "1");
  }

  public Open<Quantity> nats(String key, String title) {
    return number(key, title, "nats");
  }

  public Open<Quantity> steps(String key, String title) {
    return number(key, title, "steps");
  }

  public Open<Quantity> probability(String key, String title) {
    return number(key, title, "probability");
  }

  /** Declares the steps that other series are read at. */
  public SeriesQuantity axis(String key, String of) {
    return series(key, "steps " + of, "steps").is("steps " + of);
  }

  /** Begins the declaration of a series. */
  public Open<SeriesQuantity> series(String key, String title, String unit) {
    return new Open<>(key, title, unit, null, (of, none) -> new SeriesQuantity(of));
  }

  /**
   * What several numbers of one kind are of, such as methods.
   *
   * @param key that ends the key of one
   * @param words that end its title
   */
  public record Members<K>(List<K> all, Function<K, String> key, Function<K, String> words) {}

  /** What lacks its formula. */
  public final class Open<Q extends Declared> {
    private final String key;
    private final String title;
    private final String unit;
    private final @Nullable String error;
    private final BiFunction<Definition, @Nullable String, Q> make;

    private Open(
        String key,
        String title,
        String unit,
        @Nullable String error,
        BiFunction<Definition, @Nullable String, Q> make) {
      this.key = key;
      this.title = title;
      this.unit = unit;
      this.error = error;
      this.make = make;
    }

    /** Names the number that is the standard error of this one in each run. */
    public Open<Q> error(Quantity of) {
      return new Open<>(key, title, unit, of.key(), make);
    }

    /** Says exactly what is computed. */
    public Q is(String formula) {
      return is(formula, source);
    }

    /** The same with a source of its own. */
    public Q is(String formula, String ownSource) {
      Q declared = make(key, formula, ownSource);
      all.add(declared);
      return declared;
    }

    /** One for each of some members. */
    public <K> Family<K, Q> ofEach(Members<K> members, String formula) {
      return Family.of(
          members.all(),
          member ->
              new Open<>(
                      key + "." + members.key().apply(member),
                      title + ", " + members.words().apply(member),
                      unit,
                      null,
                      make)
                  .is(formula));
    }

    /** One for each head: that of head 1.4 has the key KEY.L1H4. */
    public Family<HeadId, Q> ofEachHead(String formula) {
      all.add(make(key + HEAD, formula, source));
      return head -> make(key + "." + head, formula, source);
    }

    /** One for each layer: that of layer 1 has the key KEY.L1. */
    public Family<Integer, Q> ofEachLayer(String formula) {
      all.add(make(key + LAYER, formula, source));
      return layer -> make(key + ".L" + layer, formula, source);
    }

    private Q make(String name, String formula, String from) {
      return make.apply(new Definition(name, title, unit, Better.NEITHER, formula, from), error);
    }
  }
}
