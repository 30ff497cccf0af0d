// Answers the question of avro_driver.cc's "pair" with org.apache.avro.SchemaCompatibility: one JSON
// line for each JSON line.
//
//   {"op":"pair","reader":TEXT,"writer":TEXT} → {"ok":true,"found":[["KIND","/location","message"],…]}

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

public final class PairPeer {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = JSON.createObjectNode();
      try {
        pair(JSON.readTree(line), answer);
        answer.put("ok", true);
      } catch (Exception | StackOverflowError error) {
        answer.removeAll();
        answer.put("ok", false).put("error", String.valueOf(error.getMessage()));
      }
      out.println(JSON.writeValueAsString(answer));
    }
    out.flush();
  }

  private static void pair(JsonNode request, ObjectNode answer) {
    Schema reader = new Schema.Parser().parse(request.get("reader").textValue());
    Schema writer = new Schema.Parser().parse(request.get("writer").textValue());
    ArrayNode found = answer.putArray("found");
    try {
      SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
          .getResult()
          .getIncompatibilities()
          .forEach(
              one ->
                  found.addArray()
                      .add(one.getType().name())
                      .add(one.getLocation())
                      .add(one.getMessage()));
    } catch (Exception thrown) {
      answer.put("thrown", String.valueOf(thrown.getMessage()));
    }
  }
}
