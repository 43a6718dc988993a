package refrain.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import refrain.base.RefrainException;
import refrain.store.AtomicFiles;
import refrain.study.Study;

/**
 * Where figures are found: beside the study, {@code olsson.figures.yaml} beside {@code
 * olsson.yaml}, and a copy of that in the folder of its runs, so that a report is drawn again from
 * the folder alone. A study without such a file has {@link DefaultFigures}.
 */
public final class FiguresFile {
  private static final String COPY = "figures.yaml";

  private FiguresFile() {}

  /** The figures of a study that comes with the program; the default ones where it has no file. */
  public static Figures named(Study study) {
    String file = "studies/" + study.name() + ".figures.yaml";
    return FiguresReader.resource("/" + file)
        .map(text -> FiguresReader.parse(text, file))
        .orElseGet(() -> DefaultFigures.of(study));
  }

  /** The figures of an own study: {@code mine.figures.yaml} beside {@code mine.yaml}. */
  public static Figures beside(Path file, Study study) {
    String name = file.getFileName().toString().replaceFirst("\\.(yaml|yml|json)$", "");
    Path figures = file.resolveSibling(name + ".figures.yaml");
    return Files.exists(figures) ? read(figures) : DefaultFigures.of(study);
  }

  /**
   * The figures of a study's folder. A folder that was made before figures were kept there has
   * those of the program's study of its name.
   */
  public static Figures in(Path folder, Study study) {
    Path copy = folder.resolve(COPY);
    return Files.exists(copy) ? read(copy) : named(study);
  }

  /** Those that every study has. */
  public static Figures plain(Study study) {
    return DefaultFigures.of(study);
  }

  /** Keeps figures in a study's folder. */
  public static void keep(Figures figures, Path folder) {
    Path copy = folder.resolve(COPY);
    if (!figures.source().isEmpty()) {
      AtomicFiles.writeString(copy, figures.source());
      return;
    }
    try {
      Files.deleteIfExists(copy);
    } catch (IOException e) {
      throw RefrainException.disk(copy + ": cannot be removed", e);
    }
  }

  private static Figures read(Path file) {
    try {
      return FiguresReader.parse(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw RefrainException.disk(file + ": cannot be read", e);
    }
  }
}
