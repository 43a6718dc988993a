package refrain.data;

import refrain.base.RefrainException;

/** Checks of the records that describe data; each message names the field, its range and value. */
final class Require {
  private Require() {}

  static void between(String spec, String field, long low, long high, long found) {
    if (found < low || found > high) {
      throw fail(spec, field, "an integer from " + low + " to " + high, found);
    }
  }

  static void between(String spec, String field, double low, double high, double found) {
    if (!(found >= low && found <= high)) {
      throw fail(spec, field, "a number from " + low + " to " + high, found);
    }
  }

  static void contextAtLeast(String spec, int least, int found, String why) {
    if (found < least) {
      throw RefrainException.badInput(
          spec + ": context must be at least " + least + " (" + why + "), found " + found);
    }
  }

  static void contextAtMost(String spec, int most, int found, String why) {
    if (found > most) {
      throw RefrainException.badInput(
          spec + ": context must be at most " + most + " (" + why + "), found " + found);
    }
  }

  private static RefrainException fail(String spec, String field, String expected, Object found) {
    return RefrainException.badInput(
        "data " + spec + ": " + field + " must be " + expected + ", found " + found);
  }
}
