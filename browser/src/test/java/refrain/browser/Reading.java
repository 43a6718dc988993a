package refrain.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a {@link Reader} of the page. Browser, runs and server are made once for all of them.
 */
final class Reading implements BeforeAllCallback, AfterEachCallback, ParameterResolver {
  private static final Namespace OURS = Namespace.create(Reading.class);

  /** What all tests share. */
  record Stage(Chromium chromium, Path folder, Lab lab, Server server) implements AutoCloseable {
    static Stage set() {
      Chromium chromium = Chromium.start();
      try {
        Path folder = Files.createTempDirectory("refrain-page");
        Lab lab = Lab.in(Files.createDirectories(folder.resolve("runs")));
        return new Stage(chromium, folder, lab, Server.over(lab.folder()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() throws IOException {
      chromium.close();
      server.close();
      Lab.delete(folder);
    }
  }

  /** Here and not where a parameter is wanted: what is thrown here may leave tests out. */
  @Override
  public void beforeAll(ExtensionContext context) {
    stage(context);
  }

  private static Stage stage(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(OURS)
        .computeIfAbsent(Stage.class, _ -> Stage.set(), Stage.class);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Reader.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(OURS)
        .computeIfAbsent(Reader.class, _ -> new Reader(stage(context)), Reader.class);
  }

  /** What the page complained of fails the test, unless the test has failed already. */
  @Override
  public void afterEach(ExtensionContext context) {
    Reader reader = context.getStore(OURS).remove(Reader.class, Reader.class);
    if (reader != null) {
      reader.close(context.getExecutionException().isEmpty());
    }
  }
}
