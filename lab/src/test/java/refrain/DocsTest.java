package refrain;

import static org.assertj.core.api.Assertions.assertThat;
import static refrain.Repository.ROOT;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import refrain.cli.Main;

/** What the documents name has to exist: files, classes, commands, options. */
class DocsTest {
  private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([A-Z][A-Za-z]*(?:\\.[A-Z][A-Za-z]*)*)`");
  private static final Pattern TWO_HUMPS = Pattern.compile("[A-Z][a-z]+[A-Z][A-Za-z]*");
  private static final Pattern COMMAND = Pattern.compile("(?:\\./|`)refrain( [^`\n#]*)");

  @Test
  void everyRelativeLinkLeadsToAFile() {
    List<String> broken = new ArrayList<>();
    for (Path file : documents()) {
      for (MatchResult link : matches(LINK, file)) {
        String target = link.group(2).replaceFirst("#.*", "");
        if (!target.matches("(https?:|mailto:).*|") && !Files.exists(beside(file, target))) {
          broken.add(ROOT.relativize(file) + ": " + link.group(2));
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void everyLinkedClassIsTheOneOfItsFile() {
    List<String> wrong = new ArrayList<>();
    for (Path file : documents()) {
      for (MatchResult link : matches(LINK, file)) {
        List<String> names = List.of(link.group(1).replace("`", "").split("\\."));
        if (!link.group(2).endsWith(".java")) {
          continue;
        }
        Path source = beside(file, link.group(2));
        boolean found =
            source.getFileName().toString().equals(names.getFirst() + ".java")
                && Files.exists(source)
                && names.stream().allMatch(name -> declares(source, name));
        if (!found) {
          wrong.add(ROOT.relativize(file) + ": " + link.group());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyClassThatIsNamedExists() {
    Set<String> classes = classes();
    List<String> unknown = new ArrayList<>();
    for (Path file : documents()) {
      for (MatchResult code : matches(CODE, file)) {
        String name = code.group(1).replaceFirst("\\..*", "");
        if (TWO_HUMPS.matcher(name).matches() && !classes.contains(name)) {
          unknown.add(ROOT.relativize(file) + ": " + name);
        }
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void everyCommandAndOptionExists() {
    List<String> unknown = new ArrayList<>();
    int commands = 0;
    for (Path file : documents()) {
      for (MatchResult found : matches(COMMAND, file)) {
        commands++;
        if (!exists(found.group(1).strip())) {
          unknown.add(ROOT.relativize(file) + ": refrain" + found.group(1));
        }
      }
    }
    assertThat(unknown).isEmpty();
    assertThat(commands).isGreaterThan(5);
  }

  @Test
  void decisionsAreNumberedInSequence() {
    List<String> files =
        Repository.files(ROOT.resolve("docs/decisions"))
            .map(file -> file.getFileName().toString())
            .sorted()
            .toList();
    assertThat(files.stream().map(name -> name.substring(0, 4)))
        .containsExactlyElementsOf(
            IntStream.rangeClosed(1, files.size()).mapToObj("%04d"::formatted).toList());
    for (String name : files) {
      assertThat(Repository.text(ROOT.resolve("docs/decisions").resolve(name)))
          .as(name)
          .startsWith("# " + Integer.parseInt(name.substring(0, 4)) + ". ");
    }
  }

  /** Follows the words of a command line as far as they are commands, then looks at its options. */
  private static boolean exists(String words) {
    CommandLine command = Main.commandLine(words.split("\\s+"));
    boolean first = true;
    for (String word : words.split("\\s+")) {
      CommandLine next = command.getSubcommands().get(word);
      if (next != null) {
        command = next;
      } else if (word.startsWith("--")) {
        if (command.getCommandSpec().findOption(word.replaceFirst("=.*", "")) == null) {
          return false;
        }
      } else if (first && word.matches("[a-z]+")) {
        return false;
      }
      first = false;
    }
    return true;
  }

  private static boolean declares(Path source, String name) {
    return Pattern.compile("\\b(class|record|interface|enum) " + name + "\\b")
        .matcher(Repository.text(source))
        .find();
  }

  private static Path beside(Path file, String target) {
    return file.resolveSibling(target).normalize();
  }

  private static List<MatchResult> matches(Pattern pattern, Path file) {
    return pattern.matcher(Repository.text(file)).results().toList();
  }

  private static List<Path> documents() {
    return Stream.concat(
            Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md").map(ROOT::resolve),
            Repository.files(ROOT.resolve("docs")))
        .filter(file -> file.toString().endsWith(".md"))
        .toList();
  }

  private static Set<String> classes() {
    return Stream.of("lab/src", "bench/src", "browser/src")
        .flatMap(folder -> Repository.files(ROOT.resolve(folder)))
        .map(file -> file.getFileName().toString())
        .filter(name -> name.endsWith(".java"))
        .map(name -> name.substring(0, name.length() - ".java".length()))
        .collect(Collectors.toSet());
  }
}
