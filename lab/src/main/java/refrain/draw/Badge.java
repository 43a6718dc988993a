package refrain.draw;

import java.util.Locale;

/** The outcome of a claim as a word and a shape, so that it reads without colour. */
public enum Badge {
  HOLDS(Look.HOLDS),
  UNDECIDED(Look.UNDECIDED),
  PAPER_REFUTED(Look.FAILS),
  BELOW_OUR_BAR(Look.FAILS),
  OUR_GUESS_REFUTED(Look.FAILS),
  CONTROL_FAILED(Look.FAILS),
  NO_VALUE(Look.UNDECIDED),
  AGREES(Look.HOLDS),
  DIFFERS(Look.FAILS),
  OPEN(Look.UNDECIDED);

  /** Shape and colour. */
  enum Look {
    HOLDS("M4.5 8.3L7 10.8L11.5 5.6"),
    FAILS("M5.3 5.3L10.7 10.7M10.7 5.3L5.3 10.7"),
    UNDECIDED("M4.8 8H11.2");

    private final String sign;

    Look(String sign) {
      this.sign = sign;
    }
  }

  private final Look look;

  Badge(Look look) {
    this.look = look;
  }

  Look look() {
    return look;
  }

  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /**
   * @param detail written after the word, for example "(n = 3)"; "" for nothing
   */
  void write(Markup m, String detail) {
    m.open("span", "class", "badge " + look.name().toLowerCase(Locale.ROOT));
    m.open("svg", "viewBox", "0 0 16 16", "width", "16", "height", "16", "aria-hidden", "true");
    switch (look) {
      case HOLDS -> m.leaf("circle", "cx", "8", "cy", "8", "r", "7", "class", "solid");
      case FAILS -> m.leaf("path", "d", "M5 1H11L15 5V11L11 15H5L1 11V5Z", "class", "solid");
      case UNDECIDED -> m.leaf("circle", "cx", "8", "cy", "8", "r", "6.3", "class", "open");
    }
    m.leaf("path", "d", look.sign, "class", "sign").close();
    m.text(word()).close();
    if (!detail.isEmpty()) {
      m.text(" " + detail);
    }
  }
}
