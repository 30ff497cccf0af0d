// Runs AWS's own serializer and deserializer, unmodified: one JSON line for each JSON line.
//
//   {"op":"write", ..., "schema":S, "record":R}   {"ok":true,"bytes":HEX}
//   {"op":"read", ..., "bytes":HEX}               {"ok":true,"record":R,"type":CLASS}
//   either, refused                               {"ok":false,"errors":[MESSAGE, CAUSE'S, ...]}
//
// Both have "topic", "access_key", "secret_key" and "config": the properties a user would set,
// dataFormat among them. Each line gets a new serializer or deserializer, so that nothing is known
// from the line before but what the registry keeps. How S and R are spelled depends on the format:
//
//   AVRO      S is the schema's text, R the record in Avro's JSON encoding
//   JSON      S is the schema's text, R the document's text
//   PROTOBUF  S is a FileDescriptorSet of protoc in base64 whose last file defines "message";
//             R is the message in protobuf's text format

import com.amazonaws.services.schemaregistry.deserializers.GlueSchemaRegistryKafkaDeserializer;
import com.amazonaws.services.schemaregistry.serializers.GlueSchemaRegistryKafkaSerializer;
import com.amazonaws.services.schemaregistry.serializers.json.JsonDataWithSchema;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

public final class SerializerPeer {
  private static final ObjectMapper JSON = new ObjectMapper();

  interface Answering {
    void answer(JsonNode request, ObjectNode answer) throws Exception;
  }

  public static void main(String[] arguments) throws Exception {
    serve(SerializerPeer::answer);
  }

  static void serve(Answering peer) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = JSON.createObjectNode();
      try {
        peer.answer(JSON.readTree(line), answer);
        answer.put("ok", true);
      } catch (Exception | LinkageError error) {
        answer.removeAll();
        ArrayNode errors = answer.put("ok", false).putArray("errors");
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
          errors.add(String.valueOf(cause.getMessage()));
        }
      }
      out.println(JSON.writeValueAsString(answer));
    }
  }

  private static void answer(JsonNode request, ObjectNode answer) throws Exception {
    Map<String, Object> config = config(request);
    String topic = request.get("topic").asText();
    switch (request.get("op").asText()) {
      case "write" -> {
        Object record = record(request, (String) config.get("dataFormat"));
        try (var serializer = new GlueSchemaRegistryKafkaSerializer(credentials(request), config)) {
          serializer.configure(config, false);
          answer.put("bytes", HexFormat.of().formatHex(serializer.serialize(topic, record)));
        }
      }
      case "read" -> {
        byte[] bytes = HexFormat.of().parseHex(request.get("bytes").asText());
        try (var deserializer =
            new GlueSchemaRegistryKafkaDeserializer(credentials(request), config)) {
          deserializer.configure(config, false);
          Object record = deserializer.deserialize(topic, bytes);
          answer.put("record", text(record)).put("type", record.getClass().getSimpleName());
        }
      }
      default -> throw new IllegalArgumentException("no such op");
    }
  }

  static Map<String, Object> config(JsonNode request) {
    return JSON.convertValue(
        request.get("config"), new TypeReference<HashMap<String, Object>>() {});
  }

  static AwsCredentialsProvider credentials(JsonNode request) {
    return StaticCredentialsProvider.create(
        AwsBasicCredentials.create(
            request.get("access_key").asText(), request.get("secret_key").asText()));
  }

  static Object record(JsonNode request, String format) throws Exception {
    String schema = request.get("schema").asText();
    String record = request.get("record").asText();
    switch (format) {
      case "AVRO":
        Schema parsed = new Schema.Parser().parse(schema);
        return new GenericDatumReader<GenericRecord>(parsed)
            .read(null, DecoderFactory.get().jsonDecoder(parsed, record));
      case "JSON":
        return JsonDataWithSchema.builder(schema, record).build();
      case "PROTOBUF":
        Descriptor type = messageType(schema, request.get("message").asText());
        DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        TextFormat.merge(record, builder);
        return builder.build();
      default:
        throw new IllegalArgumentException("no such format");
    }
  }

  private static Descriptor messageType(String set, String name) throws Exception {
    Map<String, FileDescriptor> files = new HashMap<>();
    FileDescriptor last = null;
    for (FileDescriptorProto file :
        FileDescriptorSet.parseFrom(Base64.getDecoder().decode(set)).getFileList()) {
      last =
          FileDescriptor.buildFrom(
              file,
              file.getDependencyList().stream().map(files::get).toArray(FileDescriptor[]::new));
      files.put(file.getName(), last);
    }
    return last.findMessageTypeByName(name);
  }

  static String text(Object record) {
    if (record instanceof JsonDataWithSchema document) return document.getPayload();
    if (record instanceof Message message) return TextFormat.printer().printToString(message);
    return record.toString(); // Avro's JSON encoding, but for unions
  }
}
