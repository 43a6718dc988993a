package refrain.analysis.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import refrain.base.Names;
import refrain.base.RefrainException;
import refrain.probe.MeasureKind;

/**
 * Which measures are asked for. Loss by index and the ICL score are always taken.
 *
 * @param kinds those that probes know
 * @param verdict whether heads get a verdict
 * @param effect whether each head is removed
 */
public record Asked(Set<MeasureKind> kinds, boolean verdict, boolean effect) {
  private static final String VERDICT = "verdict";
  private static final String EFFECT = "effect";

  /** The head table: what is shown where nothing else is asked for. */
  public static final Asked HEADS =
      new Asked(
          EnumSet.of(MeasureKind.PREFIX_MATCHING, MeasureKind.COPYING, MeasureKind.PREVIOUS_TOKEN),
          true,
          true);

  /** The same without what takes a pass a head. */
  public static final Asked QUICK = new Asked(HEADS.kinds, true, false);

  /** The names that can be asked for. */
  public static List<String> names() {
    List<String> names =
        new ArrayList<>(Arrays.stream(MeasureKind.values()).map(Asked::name).toList());
    names.addAll(List.of(VERDICT, EFFECT));
    return names;
  }

  private static String name(MeasureKind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * By names.
   *
   * @throws RefrainException when one is unknown; the message lists the valid ones
   */
  public static Asked of(List<String> names) {
    EnumSet<MeasureKind> kinds = EnumSet.noneOf(MeasureKind.class);
    boolean verdict = false;
    boolean effect = false;
    for (String asked : names) {
      String name = asked.strip().toLowerCase(Locale.ROOT).replace('_', '-');
      verdict |= name.equals(VERDICT);
      effect |= name.equals(EFFECT);
      List<MeasureKind> named =
          Stream.of(MeasureKind.values()).filter(kind -> name(kind).equals(name)).toList();
      kinds.addAll(named);
      if (named.isEmpty() && !name.equals(VERDICT) && !name.equals(EFFECT)) {
        throw RefrainException.badInput(
            "no measure '%s'; there are %s", asked.strip(), Names.list(names()));
      }
    }
    if (kinds.contains(MeasureKind.QK_TRACE)) {
      kinds.add(MeasureKind.PREVIOUS_TOKEN); // by which it weighs heads
    }
    return new Asked(kinds, verdict, effect);
  }
}
