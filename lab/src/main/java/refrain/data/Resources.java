package refrain.data;

import java.io.IOException;
import java.io.InputStream;
import refrain.base.RefrainException;

/** Files that come with the program. */
final class Resources {
  private Resources() {}

  /** The bytes of a file on the class path; an error that says to build again where it is not. */
  static byte[] read(String path) {
    try (InputStream in = Resources.class.getResourceAsStream(path)) {
      if (in == null) {
        throw RefrainException.badFile(path + " is not on the class path; build again");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw RefrainException.disk(path + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
