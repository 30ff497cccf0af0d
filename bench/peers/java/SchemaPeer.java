// Java's libraries on the documents of bench_schema: Avro 1.11.4, Everit's JSON Schema 1.14 and the
// parser of Square's Wire that AWS's serializer reads Protobuf with.
//
//   java SchemaPeer DOCUMENTS [SECONDS [ROUNDS]]
//
// A line of JSON for each: {"peer":"Avro Java 1.11.4","name":"AVRO parse","ns":…}. Names and units are
// those of bench_schema. Rounds are repeated until the median of the last ROUNDS has settled, so that
// what is timed was compiled by then. It is processor time of the whole process.

import com.squareup.wire.schema.Location;
import com.squareup.wire.schema.internal.parser.ProtoParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaNormalization;
import org.everit.json.schema.ValidationException;
import org.everit.json.schema.Validator;
import org.everit.json.schema.loader.SchemaLoader;
import org.json.JSONArray;
import org.json.JSONObject;

public final class SchemaPeer {
  private static final String AVRO = "Avro Java 1.11.4", EVERIT = "Everit 1.14.5";
  private static final String WIRE = "Wire 5.2.0";

  public static void main(String[] arguments) throws Exception {
    Path documents = Path.of(arguments[0]);
    PeerTiming.plan(arguments);
    avro(read(documents.resolve("order.avsc")), read(documents.resolve("order-next.avsc")));
    json(read(documents.resolve("order-next.json")));
    protobuf(read(documents.resolve("order-next.proto")));
    try (var files = Files.newDirectoryStream(documents, "*-values.json")) {
      List<Path> paths = new ArrayList<>();
      files.forEach(paths::add);
      paths.sort(null);
      for (Path path : paths) {
        String name = path.getFileName().toString().replace("-values.json", "");
        values(name, new JSONObject(read(path)));
      }
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static void avro(String first, String next) {
    Schema stored = new Schema.Parser().parse(first);
    Schema candidate = new Schema.Parser().parse(next);
    PeerTiming.time(AVRO, "AVRO parse", 1, () -> new Schema.Parser().parse(next));
    PeerTiming.time(AVRO, "AVRO identity", 1, () -> SchemaNormalization.toParsingForm(candidate));
    PeerTiming.time(AVRO, "AVRO pair", 1, () -> compatible(candidate, stored));
    PeerTiming.time(
        AVRO,
        "AVRO register",
        1,
        () -> {
          Schema parsed = new Schema.Parser().parse(next);
          PeerTiming.sink = SchemaNormalization.toParsingForm(parsed);
          return compatible(parsed, stored);
        });
  }

  private static boolean compatible(Schema reader, Schema writer) {
    var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
    if (result.getType() != SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE) {
      throw new IllegalStateException(result.getDescription());
    }
    return true;
  }

  private static void json(String next) {
    PeerTiming.time(EVERIT, "JSON parse", 1, () -> SchemaLoader.load(new JSONObject(next)));
  }

  private static void protobuf(String next) {
    Location location = Location.get("order.proto");
    PeerTiming.time(WIRE, "PROTOBUF parse", 1, () -> ProtoParser.Companion.parse(location, next));
  }

  private static void values(String name, JSONObject file) {
    org.everit.json.schema.Schema schema = SchemaLoader.load(file.getJSONObject("schema"));
    Validator first = Validator.builder().failEarly().build();
    Validator all = Validator.builder().build();
    JSONArray valid = file.getJSONArray("valid"), invalid = file.getJSONArray("invalid");
    PeerTiming.time(EVERIT, name + " valid", valid.length(), () -> verdicts(first, schema, valid, true));
    PeerTiming.time(EVERIT, name + " invalid", invalid.length(), () -> verdicts(first, schema, invalid, false));
    PeerTiming.time(EVERIT, name + " explained", invalid.length(), () -> verdicts(all, schema, invalid, false));
  }

  private static boolean verdicts(
      Validator validator, org.everit.json.schema.Schema schema, JSONArray values, boolean wanted) {
    for (Object value : values) {
      boolean valid = true;
      try {
        validator.performValidation(schema, value);
      } catch (ValidationException refused) {
        valid = false;
      }
      if (valid != wanted) throw new IllegalStateException("the verdict on " + value);
    }
    return wanted;
  }
}
