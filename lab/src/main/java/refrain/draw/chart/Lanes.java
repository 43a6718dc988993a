package refrain.draw.chart;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import refrain.draw.Pen;
import refrain.draw.Type.Weight;

/**
 * Labels of vertical lines, in lanes above a plot: each beside the top of its line, over no other
 * label and crossed by no line where that can be had.
 */
final class Lanes {
  private static final double GAP = 4;

  /**
   * A line and its label.
   *
   * @param index which of the lines
   * @param x of the line
   * @param start of the label
   * @param width of the label, 0 for none
   * @param lane 0 is next to the plot; the line reaches up to it
   */
  record Place(int index, double x, double start, double width, int lane) {
    private boolean overlaps(Place other) {
      return width > 0
          && other.width > 0
          && lane == other.lane
          && start < other.start + other.width + GAP
          && other.start < start + width + GAP;
    }

    /** Whether the line runs through the other's label. */
    private boolean crosses(Place other) {
      return other.width > 0
          && lane >= other.lane
          && x > other.start - GAP
          && x < other.start + other.width + GAP
          && (index != other.index || x > other.start && x < other.start + other.width);
    }
  }

  private Lanes() {}

  /**
   * Places labels over a plot that is {@code room} wide, in the order of the lines.
   *
   * @param xs where the lines stand, from 0
   * @param labels "" for none
   */
  static List<Place> of(List<Double> xs, List<String> labels, double room) {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < xs.size(); i++) {
      order.add(i);
    }
    // From the right, where a label has no later line beside it that would have to pass.
    order.sort(Comparator.comparingDouble((Integer i) -> -xs.get(i)).thenComparing(i -> i));
    List<Place> placed = new ArrayList<>();
    for (int i : order) {
      double width = labels.get(i).isEmpty() ? 0 : Weight.PLAIN.width(labels.get(i), Pen.TICK);
      placed.add(best(i, xs.get(i), width, room, placed));
    }
    placed.sort(Comparator.comparingInt(Place::index));
    return placed;
  }

  private static Place best(int index, double x, double width, double room, List<Place> placed) {
    if (width == 0) {
      return new Place(index, x, x, 0, 0);
    }
    double right = Math.clamp(x + GAP, 0, Math.max(0, room - width));
    double left = Math.max(0, x - GAP - width);
    Place best = null;
    int fewest = Integer.MAX_VALUE;
    for (int lane = 0; lane <= placed.size(); lane++) {
      for (double start : new double[] {right, left}) {
        Place place = new Place(index, x, start, width, lane);
        if (placed.stream().anyMatch(place::overlaps)) {
          continue;
        }
        int crossed = place.crosses(place) ? 1 : 0;
        for (Place other : placed) {
          crossed += (place.crosses(other) ? 1 : 0) + (other.crosses(place) ? 1 : 0);
        }
        if (crossed < fewest) {
          fewest = crossed;
          best = place;
        }
      }
    }
    // One lane more than there are labels is always free.
    return best == null ? new Place(index, x, right, width, placed.size()) : best;
  }
}
