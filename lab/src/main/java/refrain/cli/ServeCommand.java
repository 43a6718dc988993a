package refrain.cli;

import java.io.Console;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import refrain.base.GitClone;
import refrain.base.RefrainException;
import refrain.serve.PageServer;
import refrain.serve.Program;
import refrain.serve.Word;
import refrain.serve.http.Guard;

/** {@code refrain serve}: the runs of a folder on a page in the browser. */
@Command(
    name = "serve",
    description = {
      "Show the runs in a folder on a page in the browser, also while they are trained.",
      "The address that is printed holds the key to the page: whoever has it sees the runs. Ctrl-C"
          + " ends it, and no run with it."
    })
final class ServeCommand extends Subcommand {
  private static final Path RUNS = Path.of("runs");
  private static final int PORT = 8765;
  private static final String LOOPBACK = "127.0.0.1";

  /** For tools that open the page by themselves and have to know its token before. */
  private static final String TOKEN = "REFRAIN_SERVE_TOKEN";

  /** Options of java that two processes cannot share. */
  private static final Pattern FOR_THIS_PROCESS =
      Pattern.compile("-agentlib:|-agentpath:|-javaagent:|-Xrun|-XX:AOT|-Dcom.sun.management");

  @Parameters(
      arity = "0..1",
      paramLabel = "DIR|MODEL",
      description =
          "A folder of runs and of pretrained models, or a run's own; or a model on disk: a folder of"
              + " Hugging Face's, a GGUF file. By default runs.")
  private Path folder = RUNS;

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Listen here; 0: at any port that is free. By default " + PORT + ".")
  private int port = PORT;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description =
          "Listen at an address that other machines reach, such as 0.0.0.0; by default only this"
              + " machine does.")
  private @Nullable String host;

  @Option(names = "--no-open", description = "Open no browser.")
  private boolean closed;

  @Option(
      names = "--read-only",
      description = "Only show: the page starts, stops and forks no runs.")
  private boolean readOnly;

  @Option(names = "--until-ready", hidden = true)
  private boolean untilReady;

  @Override
  public void run() {
    if (port < 0 || port > 65_535) {
      throw RefrainException.badInput("--port is %s, expected 0 to 65535", port);
    }
    if (!Files.isDirectory(folder)
        && !folder.equals(RUNS)
        && !Pretrained.isMeant(folder.toString())) { // that one is made by the first run
      throw RefrainException.badInput(
          "%s: no such folder and no model; expected a folder that holds runs, such as ./refrain train"
              + " makes, or a model on disk",
          folder);
    }
    String token = Optional.ofNullable(System.getenv(TOKEN)).orElseGet(Guard::newToken);
    String at = host == null ? LOOPBACK : host;
    try (PageServer server =
        PageServer.open(
            folder,
            new PageServer.Door(at, port, token, names(at)),
            glossary(),
            readOnly ? null : program(),
            failure -> Failures.report(failure, line().getErr()))) {
      if (!isLoopback(at)) {
        warn(
            "other machines reach this page at "
                + at
                + "; who has the address below sees the runs"
                + (readOnly ? "" : " and starts some (not with --read-only)")
                + ", and so does who listens on the network, for nothing is encrypted");
      }
      String address = "http://" + shown(at) + ":" + server.port() + "/#token=" + token;
      print("%s", address);
      out().flush();
      Console console = System.console();
      if (untilReady) {
        server.ask(); // what the first page asks: the build records the classes that it loads
        return;
      }
      if (!closed && console != null && console.isTerminal()) {
        Browser.open(address);
      }
      new CountDownLatch(1).await(); // until Ctrl-C ends the process
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The launcher that started this program, or else java with what it was started with. */
  private static Program program() {
    List<String> secrets = List.of(TOKEN);
    String home = System.getProperty(GitClone.HOME_PROPERTY);
    Path script = home == null ? null : Path.of(home, "refrain").toAbsolutePath();
    if (script != null && Files.isExecutable(script)) {
      return new Program(List.of(script.toString()), secrets);
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(option -> !FOR_THIS_PROCESS.matcher(option).lookingAt())
        .forEach(line::add);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), Main.class.getName()));
    return new Program(line, secrets);
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // refused where it is bound
    }
  }

  /** An address that a browser can open: of all of the machine's, its own. */
  private static String shown(String at) {
    try {
      InetAddress address = InetAddress.getByName(at);
      return address.isAnyLocalAddress() ? LOOPBACK : bracketed(at);
    } catch (UnknownHostException e) {
      return at;
    }
  }

  private static String bracketed(String name) {
    return name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name;
  }

  /** The names under which a browser may ask: the one it listens at, or all of the machine's. */
  private static Set<String> names(String at) {
    Set<String> names = new LinkedHashSet<>(Set.of(bracketed(at)));
    try {
      if (InetAddress.getByName(at).isAnyLocalAddress()) {
        names.add(InetAddress.getLocalHost().getHostName());
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .forEach(address -> names.add(bracketed(plain(address))));
      }
    } catch (UnknownHostException | SocketException e) {
      return names; // those of the loopback are known anyway
    }
    return names;
  }

  private static String plain(InetAddress address) {
    String name = address.getHostAddress();
    return address instanceof Inet6Address ? name.replaceFirst("%.*", "") : name;
  }

  private static PageServer.Glossary glossary() {
    return new PageServer.Glossary() {
      @Override
      public List<Word> all() {
        return Glossary.load().words();
      }

      @Override
      public List<Word> find(String word) {
        return Glossary.load().words(word);
      }
    };
  }
}
