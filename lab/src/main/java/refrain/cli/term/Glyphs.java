package refrain.cli.term;

import refrain.train.RunProgress.State;

/** The characters of the display: Unicode, or ASCII where the terminal's charset lacks them. */
enum Glyphs {
  UNICODE("█▉▊▋▌▍▎▏", '─', "▁▂▃▄▅▆▇█", "│└─", "…", "–", "·▸✓■✗", "∞"),
  ASCII("#", '.', "_.,-=+*#", "|+-", "~", "-", ".>+=x", "inf");

  /** A full bar cell first, then seven eighths down to one (ASCII: only the full one). */
  final String bar;

  final char barRest;
  final String spark;

  /** Vertical axis, corner, horizontal axis. */
  final String axes;

  final String ellipsis;
  final String unknown;
  private final String states;
  final String infinity;

  Glyphs(
      String bar,
      char barRest,
      String spark,
      String axes,
      String ellipsis,
      String unknown,
      String states,
      String infinity) {
    this.bar = bar;
    this.barRest = barRest;
    this.spark = spark;
    this.axes = axes;
    this.ellipsis = ellipsis;
    this.unknown = unknown;
    this.states = states;
    this.infinity = infinity;
  }

  char state(State state) {
    return states.charAt(state.ordinal());
  }

  /** A progress bar of {@code width} cells. */
  String progress(double fraction, int width) {
    StringBuilder b = new StringBuilder();
    int parts = bar.length();
    int filled = (int) Math.floor(Math.clamp(fraction, 0, 1) * width * parts + 1e-9);
    b.repeat(bar.charAt(0), filled / parts);
    if (filled % parts != 0) {
      b.append(bar.charAt(parts - filled % parts));
    }
    return b.repeat(barRest, width - b.length()).toString();
  }

  /** {@code text} in exactly {@code width} cells; controls, which could move the cursor, as "?". */
  String cell(String text, int width, boolean right) {
    String clean = clean(text);
    if (clean.length() > width) {
      return width == 0 ? "" : clean.substring(0, width - 1) + ellipsis;
    }
    String pad = " ".repeat(width - clean.length());
    return right ? pad + clean : clean + pad;
  }

  /** Without control characters and, in ASCII, without anything else. */
  String clean(String text) {
    StringBuilder b = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      b.append(Character.isISOControl(c) || (this == ASCII && c > 126) ? '?' : c);
    }
    return b.toString();
  }
}
