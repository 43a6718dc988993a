package refrain.serve.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A request that is refused, with its status and a sentence for whoever asked. */
public final class HttpFault extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  public HttpFault(int status, String format, @Nullable Object... found) {
    super(String.format(Locale.ROOT, format, found));
    this.status = status;
  }

  public int status() {
    return status;
  }
}
