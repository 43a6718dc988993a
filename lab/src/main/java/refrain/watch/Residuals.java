package refrain.watch;

/**
 * What the detector at its middle half-life is told of a series, for other methods to be tried on
 * the same: observations less their tangent, freed of correlation, in units of their scale.
 */
public final class Residuals {
  private static final double UNCLIPPED = 1e6;

  private final Direction direction;
  private final Transform transform;
  private final Lens lens =
      new Lens(DetectorSettings.DEFAULT.halfLives().get(1), DetectorSettings.DEFAULT.correlation());

  /** Begins. */
  public Residuals(Direction direction, Transform transform) {
    this.direction = direction;
    this.transform = transform;
  }

  /** Of the next observation, better upwards; NaN while there is no scale. */
  public double add(double step, double value) {
    double y = direction.sign() * transform.apply(value);
    boolean says = lens.add(Math.log(step + Detector.T0), y, Detector.MATERIAL, UNCLIPPED);
    return says ? lens.x() : Double.NaN;
  }
}
