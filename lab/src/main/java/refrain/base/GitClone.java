package refrain.base;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A git clone, asked through the git that is installed. Whatever git cannot say is unknown, never
 * an error: a program that was unpacked from an archive works as one that was cloned.
 */
public final class GitClone {
  /** The folder that the program was built in, set by the launcher. */
  public static final String HOME_PROPERTY = "refrain.home";

  /** What the program is built from; changes elsewhere change nothing that it does. */
  private static final List<String> BUILT_FROM =
      List.of("lab/src/main", "studies", "refrain", "pom.xml", "lab/pom.xml");

  /** New files there are part of the next build, elsewhere (a study of one's own) they are not. */
  private static final String SOURCES = "lab/src/main";

  private static final int PATIENCE_SECONDS = 10;

  /** Looked up once: what runs was built before it was started. */
  private static final class Program {
    private static final @Nullable String COMMIT =
        ofProgram().flatMap(GitClone::commit).orElse(null);
  }

  private final Path root;

  private GitClone(Path root) {
    this.root = root;
  }

  /** The clone that the program was built in; empty where it was not, or there is no git. */
  public static Optional<GitClone> ofProgram() {
    return home().flatMap(GitClone::at);
  }

  /** The folder that the program was built in; empty where no launcher said it. */
  public static Optional<Path> home() {
    return Optional.ofNullable(System.getProperty(HOME_PROPERTY)).map(Path::of);
  }

  /** The clone whose top folder that is. */
  public static Optional<GitClone> at(Path root) {
    GitClone clone = new GitClone(root);
    // A copy inside of somebody else's clone is none of its own.
    return clone.ask("rev-parse", "--show-prefix").filter(String::isBlank).map(_ -> clone);
  }

  /**
   * The commit of the program that runs, 40 hexadecimal digits; null where what it was built from
   * is no commit as it is, or no clone.
   */
  public static @Nullable String programCommit() {
    return Program.COMMIT;
  }

  /** The commit that is checked out; empty where what the program is built from was changed. */
  public Optional<String> commit() {
    List<String> changes =
        new ArrayList<>(List.of("status", "--porcelain", "--untracked-files=no", "--"));
    changes.addAll(BUILT_FROM);
    boolean clean =
        ask(changes.toArray(String[]::new)).filter(String::isBlank).isPresent()
            && ask("ls-files", "--others", "--exclude-standard", "--", SOURCES)
                .filter(String::isBlank)
                .isPresent();
    return clean ? ask("rev-parse", "HEAD").map(String::strip) : Optional.empty();
  }

  /** Whether older commits are missing. */
  public boolean shallow() {
    return ask("rev-parse", "--is-shallow-repository")
        .filter(s -> s.strip().equals("true"))
        .isPresent();
  }

  /** The commits up to the one that is checked out that touched a file, the newest first. */
  public List<String> commitsOf(String path) {
    return ask("log", "--format=%H", "--", path).map(log -> log.lines().toList()).orElse(List.of());
  }

  /** A file as it was at a commit. */
  public Optional<String> show(String commit, String path) {
    return ask("show", commit + ":" + path);
  }

  /** Whether a commit is another one or comes before it. */
  public boolean isAncestor(String older, String newer) {
    return ask("merge-base", "--is-ancestor", older, newer).isPresent();
  }

  /** What git prints; empty where there is none or it fails. */
  private Optional<String> ask(String... words) {
    List<String> command = new ArrayList<>(List.of("git", "-C", root.toString()));
    command.addAll(List.of(words));
    ProcessBuilder builder = new ProcessBuilder(command);
    // Inside of a hook or another git's command these name its repository.
    builder.environment().keySet().removeIf(name -> name.startsWith("GIT_"));
    builder.environment().put("GIT_OPTIONAL_LOCKS", "0");
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process git = builder.start();
      git.getOutputStream().close();
      String said = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      boolean ended = git.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        git.destroyForcibly();
      }
      return ended && git.exitValue() == 0 ? Optional.of(said) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty(); // no git here
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
