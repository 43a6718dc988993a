package refrain.draw.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Finds labels a place in a plot: beside what is drawn there, not on it. */
final class Places {
  /** A label's or a mark's box, pixels. */
  record Box(double left, double top, double right, double bottom) {
    boolean touches(Box o) {
      return left < o.right && o.left < right && top < o.bottom && o.top < bottom;
    }

    boolean within(Box o) {
      return left >= o.left && right <= o.right && top >= o.top && bottom <= o.bottom;
    }
  }

  private final Box room;
  private final List<Box> taken = new ArrayList<>();
  private final List<Box> crossed = new ArrayList<>();

  /**
   * @param room where labels may stand
   */
  Places(Box room) {
    this.room = room;
  }

  /** A mark that a label would hide. */
  void mark(double x, double y, double r) {
    taken.add(new Box(x - r - 1, y - r - 1, x + r + 1, y + r + 1));
  }

  /**
   * A point of a line, which a label with a rim of paper may cross where there is no better place.
   */
  void crossing(double x, double y) {
    crossed.add(new Box(x - 1, y - 1, x + 1, y + 1));
  }

  /** Takes the best of some places, the first of those that are as good. */
  Box take(List<Box> candidates) {
    Box best = candidates.stream().min(Comparator.comparingInt(this::cost)).orElseThrow();
    taken.add(best);
    return best;
  }

  private int cost(Box box) {
    int hidden = (int) taken.stream().filter(box::touches).count();
    int lines = (int) crossed.stream().filter(box::touches).count();
    return (box.within(room) ? 0 : 1_000_000) + 1_000 * hidden + Math.min(999, lines);
  }
}
