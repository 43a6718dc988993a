package refrain.browser;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import refrain.draw.Figure;

/** The pages and pictures to look at: those of the documents, and some that are made here. */
final class Pages {
  private static final Path DOCS = Path.of("..", "docs");

  private final Path folder;
  private final Map<String, Path> all = new LinkedHashMap<>();

  /**
   * Makes them.
   *
   * @param folder for those that are made
   */
  Pages(Path folder) throws IOException {
    this.folder = folder;
    documents();
    specimens();
    study();
    // More of them, such as a report of one's own: -Drefrain.pages=runs/olsson/report.html
    String more = System.getProperty("refrain.pages", "");
    Stream.of(more.split(File.pathSeparator))
        .filter(page -> !page.isEmpty())
        .forEach(page -> all.put(page, Path.of("..").resolve(page)));
  }

  /** By name. */
  Map<String, Path> all() {
    return all;
  }

  private void documents() throws IOException {
    try (Stream<Path> files = Files.walk(DOCS)) {
      files
          .filter(file -> file.toString().endsWith(".html") || file.toString().endsWith(".svg"))
          .sorted()
          .forEach(file -> all.put("docs/" + DOCS.relativize(file), file));
    }
  }

  private void specimens() throws IOException {
    Path page = folder.resolve("specimens.html");
    Files.writeString(page, Specimens.page().html());
    all.put("specimens", page);
    List<Figure> figures = Specimens.figures();
    for (int i = 0; i < figures.size(); i++) {
      Path picture = folder.resolve("specimen-" + i + ".svg");
      Files.writeString(picture, figures.get(i).svg());
      all.put("specimen '" + figures.get(i).title() + "', alone", picture);
    }
  }

  /** A study's page, and the pages of one of its runs: as trained, and measured on a prompt. */
  private void study() throws IOException {
    Path file = folder.resolve("look.yaml");
    try (InputStream in = Pages.class.getResourceAsStream("look.yaml")) {
      Files.write(file, Objects.requireNonNull(in).readAllBytes());
    }
    Program.run(folder, "study", "run", file.toString(), "--out", "look");
    all.put("a study's page", folder.resolve("look/report.html"));
    all.put("a study's picture", folder.resolve("look/phase-change.svg"));
    Program.run(folder, "train", "--preset", "tiny", "--set", "steps=60", "--out", "run");
    all.put("a run's page", folder.resolve("run/report.html"));
    Program.run(folder, "measure", "run", "--prompt", "ba de fi ba de", "--html", "prompt.html");
    all.put("a page of a prompt", folder.resolve("prompt.html"));
  }
}
