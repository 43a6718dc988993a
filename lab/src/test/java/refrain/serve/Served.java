package refrain.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What tests of the server have in common. */
final class Served {
  /** A glossary of no words. */
  static final PageServer.Glossary NO_WORDS =
      new PageServer.Glossary() {
        @Override
        public List<Word> all() {
          return List.of();
        }

        @Override
        public List<Word> find(String word) {
          return List.of();
        }
      };

  private Served() {}

  /** Copies a folder with all in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path each : all.toList()) {
        Path target = to.resolve(from.relativize(each).toString());
        Files.createDirectories(target.getParent());
        Files.copy(each, target);
      }
    }
  }
}
