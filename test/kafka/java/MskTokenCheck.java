import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.UnsupportedCallbackException;
import javax.security.auth.login.AppConfigurationEntry;
import org.apache.kafka.common.security.auth.AuthenticateCallbackHandler;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerToken;
import org.apache.kafka.common.security.oauthbearer.OAuthBearerValidatorCallback;

/**
 * Checks what brokers of Amazon MSK check of a token: a URL of kafka-cluster:Connect that was signed
 * with a known key (AWS Signature Version 4, written here anew), for one region, and not expired.
 */
public class MskTokenCheck implements AuthenticateCallbackHandler {
  private static final String KEY_ID = "AKIDEXAMPLE";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  private static final String REGION = "eu-west-1";
  private static final String HOST = "kafka." + REGION + ".amazonaws.com";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Override
  public void configure(
      Map<String, ?> settings, String mechanism, List<AppConfigurationEntry> entries) {}

  @Override
  public void close() {}

  @Override
  public void handle(Callback[] callbacks) throws UnsupportedCallbackException {
    for (Callback callback : callbacks) {
      if (!(callback instanceof OAuthBearerValidatorCallback check)) {
        throw new UnsupportedCallbackException(callback);
      }
      try {
        long end = expiry(check.tokenValue());
        check.token(new Token(check.tokenValue(), end));
      } catch (Exception refused) {
        check.error("Access denied", null, null);
        System.err.println("refused a token: " + refused);
      }
    }
  }

  /** The end of a good token; throws otherwise. */
  private static long expiry(String token) throws Exception {
    String url = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    URI uri = URI.create(url);
    require(uri.getScheme().equals("https") && uri.getHost().equals(HOST), "host");
    require(uri.getPath().equals("/"), "path");
    Map<String, String> parameters = new TreeMap<>(); // sorted, and still encoded
    for (String pair : uri.getRawQuery().split("&")) {
      String[] halves = pair.split("=", 2);
      require(parameters.put(halves[0], halves[1]) == null, "a parameter twice");
    }
    String signature = parameters.remove("X-Amz-Signature");
    require(parameters.remove("User-Agent") != null, "user agent");
    require(decoded(parameters, "Action").equals("kafka-cluster:Connect"), "action");
    require(decoded(parameters, "X-Amz-Algorithm").equals("AWS4-HMAC-SHA256"), "algorithm");
    require(decoded(parameters, "X-Amz-SignedHeaders").equals("host"), "headers");
    String date = decoded(parameters, "X-Amz-Date");
    String scope = date.substring(0, 8) + "/" + REGION + "/kafka-cluster/aws4_request";
    require(decoded(parameters, "X-Amz-Credential").equals(KEY_ID + "/" + scope), "credential");
    require(decoded(parameters, "X-Amz-Expires").equals("900"), "expires");

    StringBuilder query = new StringBuilder();
    parameters.forEach((name, value) ->
        query.append(query.length() == 0 ? "" : "&").append(name).append('=').append(value));
    String request =
        "GET\n/\n" + query + "\nhost:" + HOST + "\n\nhost\n" + HexFormat.of().formatHex(sha256(""));
    String text = "AWS4-HMAC-SHA256\n" + date + "\n" + scope + "\n"
        + HexFormat.of().formatHex(sha256(request));
    byte[] key = ("AWS4" + SECRET).getBytes(StandardCharsets.UTF_8);
    for (String part : scope.split("/")) {
      key = hmac(key, part);
    }
    require(HexFormat.of().formatHex(hmac(key, text)).equals(signature), "signature");
    Instant made = Instant.from(TIME.parse(date));
    require(!made.isAfter(Instant.now().plusSeconds(300)), "made in the future");
    Instant end = made.plusSeconds(900);
    require(end.isAfter(Instant.now()), "expired");
    return end.toEpochMilli();
  }

  private static String decoded(Map<String, String> parameters, String name) {
    return URLDecoder.decode(parameters.getOrDefault(name, ""), StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String what) {
    if (!holds) throw new IllegalArgumentException(what);
  }

  private static byte[] sha256(String text) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] hmac(byte[] key, String text) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
  }

  private record Token(String value, long end) implements OAuthBearerToken {
    @Override
    public Set<String> scope() {
      return Set.of();
    }

    @Override
    public long lifetimeMs() {
      return end;
    }

    @Override
    public String principalName() {
      return KEY_ID;
    }

    @Override
    public Long startTimeMs() {
      return null;
    }
  }
}
