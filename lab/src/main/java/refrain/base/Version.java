package refrain.base;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** The version of this program, as the build wrote it; runs record it. */
public final class Version {
  private static final String RESOURCE = "version.properties";

  private Version() {}

  /** The version in the pom, such as {@code 0.1.0-SNAPSHOT}. */
  public static String refrain() {
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the build left out refrain/base/" + RESOURCE);
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read refrain/base/" + RESOURCE, e);
    }
  }

  /** The version of the running Java, such as {@code 25.0.3+9-LTS}. */
  public static String java() {
    return Runtime.version().toString();
  }
}
