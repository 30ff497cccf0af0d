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
import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
  private static final int MOST_ROUNDS = 90;
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

  private static double seconds = 0.2;
  private static int rounds = 9;
  private static Object sink; // what the compiler must not leave out

  interface Operation {
    Object run();
  }

  public static void main(String[] arguments) throws Exception {
    Path documents = Path.of(arguments[0]);
    if (arguments.length > 1) seconds = Double.parseDouble(arguments[1]);
    if (arguments.length > 2) rounds = Integer.parseInt(arguments[2]);
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
    time(AVRO, "AVRO parse", 1, () -> new Schema.Parser().parse(next));
    time(AVRO, "AVRO identity", 1, () -> SchemaNormalization.toParsingForm(candidate));
    time(AVRO, "AVRO pair", 1, () -> compatible(candidate, stored));
    time(
        AVRO,
        "AVRO register",
        1,
        () -> {
          Schema parsed = new Schema.Parser().parse(next);
          sink = SchemaNormalization.toParsingForm(parsed);
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
    time(EVERIT, "JSON parse", 1, () -> SchemaLoader.load(new JSONObject(next)));
  }

  private static void protobuf(String next) {
    Location location = Location.get("order.proto");
    time(WIRE, "PROTOBUF parse", 1, () -> ProtoParser.Companion.parse(location, next));
  }

  private static void values(String name, JSONObject file) {
    org.everit.json.schema.Schema schema = SchemaLoader.load(file.getJSONObject("schema"));
    Validator first = Validator.builder().failEarly().build();
    Validator all = Validator.builder().build();
    JSONArray valid = file.getJSONArray("valid"), invalid = file.getJSONArray("invalid");
    time(EVERIT, name + " valid", valid.length(), () -> verdicts(first, schema, valid, true));
    time(EVERIT, name + " invalid", invalid.length(), () -> verdicts(first, schema, invalid, false));
    time(EVERIT, name + " explained", invalid.length(), () -> verdicts(all, schema, invalid, false));
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

  private static void time(String peer, String name, int units, Operation operation) {
    long count = 1;
    while (round(operation, count) < seconds) count *= 2;
    List<Double> took = new ArrayList<>();
    double before = Double.MAX_VALUE, median = Double.MAX_VALUE;
    while (took.size() < MOST_ROUNDS) {
      for (int i = 0; i < rounds; ++i) took.add(round(operation, count));
      before = median;
      median = medianOf(took.subList(took.size() - rounds, took.size()));
      if (Math.abs(median - before) < 0.03 * before) break;
    }
    System.out.printf(
        Locale.ROOT,
        "{\"peer\":\"%s\",\"name\":\"%s\",\"ns\":%.1f,\"operations\":%d}%n",
        peer, name, median / count / units * 1e9, count * took.size());
  }

  private static double round(Operation operation, long count) {
    long begun = PROCESS.getProcessCpuTime();
    for (long i = 0; i < count; ++i) sink = operation.run();
    return (PROCESS.getProcessCpuTime() - begun) * 1e-9;
  }

  private static double medianOf(List<Double> values) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
