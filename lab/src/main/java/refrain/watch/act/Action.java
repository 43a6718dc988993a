package refrain.watch.act;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import refrain.base.RefrainException;

/** A rung of a ladder. */
public sealed interface Action {
  /**
   * Posts the event as JSON.
   *
   * @param to http or https
   */
  record Webhook(URI to) implements Action {
    /** Checks the address. */
    public Webhook {
      RefrainException.require(
          to.getHost() != null && Set.of("http", "https").contains(to.getScheme()),
          "--action webhook: expected an address as https://HOST/PATH");
    }

    /** Addresses of webhooks are often secrets: the host alone is told. */
    @Override
    public String text() {
      return "webhook:" + to.getHost();
    }
  }

  /**
   * Makes a file, or renews its time.
   *
   * @param file that the training looks for
   */
  record Touch(Path file) implements Action {
    @Override
    public String text() {
      return "touch:" + file;
    }
  }

  /**
   * Runs a command of the shell.
   *
   * @param command with the event in {@code REFRAIN_EVENT}
   */
  record Exec(String command) implements Action {
    /** Checks that there is one. */
    public Exec {
      RefrainException.require(!command.isBlank(), "--action exec: expected a command");
    }

    @Override
    public String text() {
      return "exec:" + command;
    }
  }

  /**
   * Sends a signal.
   *
   * @param signal which
   */
  record Send(Signal signal) implements Action {
    @Override
    public String text() {
      return "signal:" + signal;
    }
  }

  /** Signals that a process can answer by saving itself; KILL and STOP it cannot. */
  enum Signal {
    USR1,
    USR2,
    HUP,
    INT,
    TERM
  }

  /** As in files and on the screen. */
  String text();

  /** Whether the training may stop by it; what only tells does not pause. */
  default boolean pauses() {
    return !(this instanceof Webhook);
  }

  /**
   * Parses {@code webhook:URL}, {@code touch:FILE}, {@code exec:COMMAND} or {@code signal:NAME}.
   *
   * @throws RefrainException of kind BAD_INPUT where it is none of them
   */
  static Action parse(String text) {
    int colon = text.indexOf(':');
    String kind = colon < 0 ? text : text.substring(0, colon);
    String what = colon < 0 ? "" : text.substring(colon + 1);
    if (colon < 0 || what.isBlank()) {
      throw unknown(text);
    }
    return switch (kind) {
      case "webhook" -> webhook(what);
      case "touch" -> touch(what);
      case "exec" -> new Exec(what);
      case "signal" -> new Send(signal(what));
      default -> throw unknown(text);
    };
  }

  private static RefrainException unknown(String text) {
    return RefrainException.badInput(
        "--action %s: expected log, webhook:URL, touch:FILE, exec:COMMAND or signal:NAME", text);
  }

  private static Webhook webhook(String text) {
    try {
      return new Webhook(new URI(text));
    } catch (URISyntaxException e) {
      throw RefrainException.badInput(
          "--action webhook: expected an address as https://HOST/PATH, found one with '"
              + e.getReason()
              + "'",
          e);
    }
  }

  private static Touch touch(String text) {
    try {
      return new Touch(Path.of(text));
    } catch (InvalidPathException e) {
      throw RefrainException.badInput("--action touch: not a file: " + e.getReason(), e);
    }
  }

  private static Signal signal(String text) {
    String name = text.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
    return Arrays.stream(Signal.values())
        .filter(signal -> signal.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            RefrainException.badInput(
                "--action signal:%s: expected one of %s, which a process can answer by saving"
                    + " itself",
                text,
                Arrays.stream(Signal.values())
                    .map(Signal::name)
                    .collect(Collectors.joining(", "))));
  }
}
