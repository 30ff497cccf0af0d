// Answers the questions of avro_driver.cc with org.apache.avro: one JSON line for each JSON line.
//
//   {"op":"parse","schema":TEXT}              the parser, Schema.toString, canonical form, fingerprints
//   {"op":"assemble","texts":[TEXT,…]}        the same of the last text, one parser for all of them
//   {"op":"read","reader":TEXT,"writer":TEXT} SchemaValidator and SchemaCompatibility
//   {"op":"datum","schema":TEXT,"data":TEXT}  JsonDecoder, by way of GenericDatumReader
//   {"op":"payloads","writer":TEXT,"reader":TEXT,"payloads":[HEX,…]}
//                                             GenericDatumReader, and GenericDatumWriter of what it read
//   {"op":"letters"}                          java.lang.Character over the Basic Multilingual Plane

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.IntPredicate;
import org.apache.avro.AvroTypeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.SchemaValidationException;
import org.apache.avro.SchemaValidatorBuilder;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;

public final class AvroPeer {
  private static final ObjectMapper JSON = new ObjectMapper();

  public static void main(String[] arguments) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = JSON.createObjectNode();
      try {
        answer(JSON.readTree(line), answer);
        answer.put("ok", true);
      } catch (Exception | StackOverflowError error) {
        answer.removeAll();
        answer.put("ok", false).put("error", String.valueOf(error.getMessage()));
        answer.put("class", error.getClass().getSimpleName());
      }
      out.println(JSON.writeValueAsString(answer));
    }
    out.flush();
  }

  private static void answer(JsonNode request, ObjectNode answer) throws Exception {
    switch (request.get("op").textValue()) {
      case "parse" -> describe(new Schema.Parser().parse(request.get("schema").textValue()), answer);
      case "assemble" -> assemble(request, answer);
      case "read" -> read(request, answer);
      case "datum" -> datum(request, answer);
      case "payloads" -> payloads(request, answer);
      case "letters" -> {
        ranges(answer.putArray("letters"), c -> Character.isLetter((char) c));
        ranges(answer.putArray("digits"), c -> Character.isDigit((char) c));
      }
      default -> throw new IllegalArgumentException("unknown op");
    }
  }

  private static void assemble(JsonNode request, ObjectNode answer) throws Exception {
    Schema.Parser parser = new Schema.Parser();
    Schema schema = null;
    for (JsonNode text : request.get("texts")) schema = parser.parse(text.textValue());
    describe(schema, answer);
  }

  private static void describe(Schema schema, ObjectNode answer) throws Exception {
    answer.put("text", schema.toString());
    answer.put("canonical", SchemaNormalization.toParsingForm(schema));
    answer.put("crc64", Long.toString(SchemaNormalization.parsingFingerprint64(schema)));
    answer.put("md5", hex(SchemaNormalization.parsingFingerprint("MD5", schema)));
    answer.put("sha256", hex(SchemaNormalization.parsingFingerprint("SHA-256", schema)));
  }

  private static void read(JsonNode request, ObjectNode answer) {
    Schema reader = new Schema.Parser().parse(request.get("reader").textValue());
    Schema writer = new Schema.Parser().parse(request.get("writer").textValue());
    try {
      new SchemaValidatorBuilder().canReadStrategy().validateAll().validate(reader, List.of(writer));
      answer.put("can_read", true);
    } catch (SchemaValidationException refused) {
      answer.put("can_read", false);
    } catch (Exception | StackOverflowError thrown) {
      answer.put("can_read", false);
      answer.put("thrown", thrown.getClass().getSimpleName() + ": " + thrown.getMessage());
    }
    try {
      var verdict = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
      answer.put("pair_check", verdict.getCompatibility().name().equals("COMPATIBLE"));
      ArrayNode kinds = answer.putArray("pair_kinds");
      verdict.getIncompatibilities().forEach(found -> kinds.add(found.getType().name()));
    } catch (Exception | StackOverflowError thrown) {
      answer.put("pair_check", false).put("pair_thrown", String.valueOf(thrown.getMessage()));
    }
  }

  private static void datum(JsonNode request, ObjectNode answer) throws Exception {
    // In an array, because the decoder looks at the end of a record only when it goes on behind it.
    Schema schema =
        Schema.createArray(new Schema.Parser().parse(request.get("schema").textValue()));
    String data = "[" + request.get("data").textValue() + "]";
    try {
      new GenericDatumReader<Object>(schema)
          .read(null, DecoderFactory.get().jsonDecoder(schema, data));
      answer.put("valid", true);
    } catch (AvroTypeException | IOException refused) {
      answer.put("valid", false).put("why", String.valueOf(refused.getMessage()));
    }
  }

  private static void payloads(JsonNode request, ObjectNode answer) throws Exception {
    Schema writer = new Schema.Parser().parse(request.get("writer").textValue());
    Schema reader = new Schema.Parser().parse(request.get("reader").textValue());
    ArrayNode read = answer.putArray("read");
    for (JsonNode payload : request.get("payloads")) {
      // Maps in the order of their bytes.
      var datumReader =
          new GenericDatumReader<Object>(writer, reader) {
            @Override
            protected Object newMap(Object old, int size) {
              return new LinkedHashMap<Object, Object>();
            }
          };
      try {
        byte[] bytes = bytes(payload.textValue());
        var decoder = DecoderFactory.get().binaryDecoder(bytes, null);
        Object value = datumReader.read(null, decoder);
        if (!decoder.isEnd()) throw new IOException("bytes are left behind the value");
        var out = new ByteArrayOutputStream();
        var encoder = EncoderFactory.get().directBinaryEncoder(out, null);
        try {
          new GenericDatumWriter<Object>(reader).write(value, encoder);
          read.add(hex(out.toByteArray()));
        } catch (Exception | StackOverflowError unwritten) {
          read.add("written again: " + unwritten);
        }
      } catch (Exception | StackOverflowError refused) {
        read.addNull();
        answer.put("why", String.valueOf(refused));
      }
    }
  }

  private static byte[] bytes(String hex) {
    byte[] out = new byte[hex.length() / 2];
    for (int i = 0; i < out.length; i++) {
      out[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return out;
  }

  private static void ranges(ArrayNode out, IntPredicate member) {
    for (int c = 0; c <= 0xffff; c++) {
      if (!member.test(c)) continue;
      int first = c;
      while (c < 0xffff && member.test(c + 1)) c++;
      out.addArray().add(first).add(c);
    }
  }

  private static String hex(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte b : bytes) text.append(String.format("%02x", b));
    return text.toString();
  }
}
