// Calls AWS Glue with the AWS SDK for Java v2, unmodified: one JSON line for each JSON line.
//
//   {"op":"GetRegistry", "input":{...}, ...}     {"ok":true,"output":{...}}
//   {..., "pages":true}                          {"ok":true,"outputs":[{...}, ...]}
//   either, refused                              {"ok":false,"errors":[MESSAGE],"exception":CLASS,
//                                                 "code":CODE,"status":STATUS,"request_id":ID}
//
// Each line has "endpoint", "region", "access_key" and "secret_key", and may have "headers", more
// headers to send. Members are named as in the API. "pages" takes the SDK's paginator.

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.glue.GlueClient;
import software.amazon.awssdk.utils.builder.Buildable;

public final class GlueSdkPeer {
  private static final String MODEL = "software.amazon.awssdk.services.glue.model.";
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = JSON.createObjectNode();
      JsonNode request = JSON.readTree(line);
      try (GlueClient glue = client(request)) {
        answer(glue, request, answer.put("ok", true));
      } catch (AwsServiceException error) {
        answer = refusal(error);
        answer.put("code", error.awsErrorDetails().errorCode());
        answer.put("status", error.statusCode()).put("request_id", error.requestId());
        answer.withArray("errors").set(0, error.awsErrorDetails().errorMessage());
      } catch (Exception | LinkageError error) {
        answer = refusal(error);
      }
      out.println(JSON.writeValueAsString(answer));
    }
  }

  private static ObjectNode refusal(Throwable error) {
    ObjectNode answer = JSON.createObjectNode().put("ok", false);
    answer.putArray("errors").add(String.valueOf(error.getMessage()));
    return answer.put("exception", error.getClass().getSimpleName());
  }

  private static GlueClient client(JsonNode request) {
    return GlueClient.builder()
        .endpointOverride(URI.create(request.get("endpoint").asText()))
        .region(Region.of(request.get("region").asText()))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    request.get("access_key").asText(), request.get("secret_key").asText())))
        .httpClientBuilder(ApacheHttpClient.builder())
        .overrideConfiguration(
            settings ->
                request
                    .path("headers")
                    .fields()
                    .forEachRemaining(
                        header -> settings.putHeader(header.getKey(), header.getValue().asText())))
        .build();
  }

  private static void answer(GlueClient glue, JsonNode request, ObjectNode answer)
      throws Exception {
    String operation = request.get("op").asText();
    boolean pages = request.path("pages").asBoolean();
    Object builder =
        Class.forName(MODEL + operation + "Request").getMethod("builder").invoke(null);
    Object input = built((SdkPojo) builder, request.get("input"));
    String method = operation.substring(0, 1).toLowerCase() + operation.substring(1);
    Object output;
    try {
      output =
          GlueClient.class
              .getMethod(pages ? method + "Paginator" : method, input.getClass())
              .invoke(glue, input);
    } catch (InvocationTargetException error) {
      throw (Exception) error.getCause();
    }
    if (!pages) {
      answer.set("output", json(output));
      return;
    }
    ArrayNode outputs = answer.putArray("outputs");
    for (Object page : (Iterable<?>) output) outputs.add(json(page));
  }

  // ---- JSON to the SDK's objects, by what the SDK itself says of their members -------------------

  private static Object built(SdkPojo builder, JsonNode members) {
    Set<String> unknown = new HashSet<>();
    members.fieldNames().forEachRemaining(unknown::add);
    for (SdkField<?> field : builder.sdkFields()) {
      if (unknown.remove(field.locationName())) {
        field.set(builder, value(field, members.get(field.locationName())));
      }
    }
    if (!unknown.isEmpty()) throw new IllegalArgumentException("no such members: " + unknown);
    return ((Buildable) builder).build();
  }

  private static Object value(SdkField<?> field, JsonNode json) {
    switch (field.marshallingType().getKnownType()) {
      case STRING:
        return json.asText();
      case BOOLEAN:
        return json.asBoolean();
      case INTEGER:
        return json.asInt();
      case LONG:
        return json.asLong();
      case SDK_POJO:
        return built(((Supplier<SdkPojo>) field.constructor()).get(), json);
      case LIST:
        SdkField<?> item = field.getTrait(ListTrait.class).memberFieldInfo();
        List<Object> items = new ArrayList<>();
        for (JsonNode each : json) items.add(value(item, each));
        return items;
      case MAP:
        SdkField<?> entry = field.getTrait(MapTrait.class).valueFieldInfo();
        Map<String, Object> entries = new HashMap<>();
        json.fields().forEachRemaining(e -> entries.put(e.getKey(), value(entry, e.getValue())));
        return entries;
      default:
        throw new IllegalArgumentException("no such type: " + field.marshallingType());
    }
  }

  // ---- and back; what the service did not send is left out -----------------------------------------

  private static JsonNode json(Object value) {
    if (value instanceof SdkPojo structure) {
      ObjectNode members = JSON.createObjectNode();
      for (SdkField<?> field : structure.sdkFields()) {
        Object member = field.getValueOrDefault(structure);
        if (member == null
            || member instanceof SdkAutoConstructList
            || member instanceof SdkAutoConstructMap) continue;
        members.set(field.locationName(), json(member));
      }
      return members;
    }
    if (value instanceof List<?> list) {
      ArrayNode items = JSON.createArrayNode();
      for (Object item : list) items.add(json(item));
      return items;
    }
    if (value instanceof Map<?, ?> map) {
      ObjectNode entries = JSON.createObjectNode();
      map.forEach((key, entry) -> entries.set((String) key, json(entry)));
      return entries;
    }
    return JSON.valueToTree(value);
  }
}
