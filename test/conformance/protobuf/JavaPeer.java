// What AWS's Java serializer and protobuf-java make of schemas and messages: one JSON line for each
// JSON line (bytes are hexadecimal).
//
//   {"op":"print","file":HEX}        a FileDescriptorProto, as the serializer registers it:
//                                    {"ok":true,"text":TEXT}
//   {"op":"read","schema":TEXT}      a registered schema, as the deserializer reads it:
//                                    {"ok":true,"file":HEX,"messages":[NAME, ...]} by index
//   {"op":"rewrite","schema":TEXT,"message":NAME,"bytes":HEX}      NAME within the package
//                                    a message, read and written: {"ok":true,"bytes":HEX}
//
// What is refused gives {"ok":false,"error":MESSAGE}.

import com.amazonaws.services.schemaregistry.deserializers.protobuf.ProtobufSchemaParser;
import com.amazonaws.services.schemaregistry.serializers.protobuf.MessageIndexFinder;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

public final class JavaPeer {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HexFormat HEX = HexFormat.of();
  private static final Map<String, FileDescriptor> READ = new HashMap<>();

  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = JSON.createObjectNode().put("ok", true);
      try {
        answer(JSON.readTree(line), answer);
      } catch (Exception error) {
        answer.removeAll().put("ok", false).put("error", String.valueOf(error));
      }
      out.println(JSON.writeValueAsString(answer));
    }
  }

  private static void answer(JsonNode request, ObjectNode answer) throws Exception {
    switch (request.get("op").asText()) {
      case "print" -> {
        byte[] file = HEX.parseHex(request.get("file").asText());
        answer.put(
            "text",
            com.amazonaws.services.schemaregistry.utils.ProtobufSchemaParser
                .getProtobufSchemaStringFromFileDescriptorProto(
                    FileDescriptorProto.parseFrom(file)));
      }
      case "read" -> {
        FileDescriptor file = read(request.get("schema").asText());
        answer.put("file", HEX.formatHex(file.toProto().toByteArray()));
        ArrayNode messages = answer.putArray("messages");
        Map<Integer, Descriptor> byIndex =
            new TreeMap<>(new MessageIndexFinder().getAll(file).inverse());
        byIndex.values().forEach(message -> messages.add(message.getFullName()));
      }
      case "rewrite" -> {
        FileDescriptor file = read(request.get("schema").asText());
        Descriptor type = file.findMessageTypeByName(request.get("message").asText());
        byte[] bytes = HEX.parseHex(request.get("bytes").asText());
        answer.put("bytes", HEX.formatHex(DynamicMessage.parseFrom(type, bytes).toByteArray()));
      }
      default -> throw new IllegalArgumentException("no such op");
    }
  }

  private static FileDescriptor read(String schema) throws Exception {
    FileDescriptor known = READ.get(schema);
    if (known == null) {
      known = ProtobufSchemaParser.parse(schema, "schema.proto");
      READ.put(schema, known);
    }
    return known;
  }
}
