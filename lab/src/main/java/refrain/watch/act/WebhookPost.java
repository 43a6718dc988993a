package refrain.watch.act;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Posts an event, again where the network or the other side fails, and says whose it is: {@code
 * Refrain-Event} is the same each time, so that who gets it twice can tell; {@code
 * Refrain-Signature} is HMAC-SHA256 over the body, where a secret is known.
 */
final class WebhookPost {
  /** Environment variable with the secret; on a command line everybody could read it. */
  static final String SECRET = "REFRAIN_WEBHOOK_SECRET";

  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final int SERVER_ERRORS = 500;
  private static final int TOO_MANY = 429;

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(PATIENCE).version(HttpClient.Version.HTTP_1_1).build();
  private final @Nullable String secret;
  private final Duration[] waits;

  /**
   * A poster.
   *
   * @param secret null: nothing is signed
   * @param waits between two tries; one more than these are made
   */
  WebhookPost(@Nullable String secret, Duration... waits) {
    this.secret = secret == null || secret.isEmpty() ? null : secret;
    this.waits = waits.clone();
  }

  /** Empty, or why it was not delivered. */
  Optional<String> post(URI to, String event, String json) throws InterruptedException {
    String why = "";
    for (int i = 0; i <= waits.length; i++) {
      if (i > 0) {
        Thread.sleep(waits[i - 1]);
      }
      try {
        int status =
            client
                .send(request(to, event, json), HttpResponse.BodyHandlers.discarding())
                .statusCode();
        if (status / 100 == 2) {
          return Optional.empty();
        }
        why = "answered " + status;
        if (status < SERVER_ERRORS && status != TOO_MANY) {
          return Optional.of(why); // asked the same again it says the same
        }
      } catch (IOException e) {
        why = "not reached: " + e.getClass().getSimpleName();
      }
    }
    return Optional.of(why + ", " + (waits.length + 1) + " times");
  }

  private HttpRequest request(URI to, String event, String json) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(to)
            .timeout(PATIENCE)
            .header("Content-Type", "application/json")
            .header("Refrain-Event", event)
            .POST(HttpRequest.BodyPublishers.ofString(json));
    if (secret != null) {
      request.header("Refrain-Signature", "sha256=" + signature(secret, json));
    }
    return request.build();
  }

  private static String signature(String secret, String json) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(json.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }
}
