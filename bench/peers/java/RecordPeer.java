// Avro Java on the records of bench_records.
//
//   java RecordPeer DOCUMENTS [SECONDS [ROUNDS]]
//
// A line of JSON for each, as SchemaPeer's. Datum readers and writers, decoders and encoders are made
// once; each read makes a new GenericRecord, as AWS's deserializer does.

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.json.JSONObject;

public final class RecordPeer {
  private static final String PEER = "Avro Java 1.11.4";

  public static void main(String[] arguments) throws Exception {
    Path documents = Path.of(arguments[0]);
    PeerTiming.plan(arguments);
    JSONObject payloads = new JSONObject(Files.readString(documents.resolve("payloads.json")));
    Schema user = parse(documents.resolve("user.avsc"));
    Schema next = parse(documents.resolve("user-next.avsc"));
    Schema wide = parse(documents.resolve("wide.avsc"));
    read("user decode", user, user, payloads.getString("user"));
    read("user resolve", user, next, payloads.getString("user"));
    write("user encode", user, payloads.getString("user"));
    read("wide decode", wide, wide, payloads.getString("wide"));
    write("wide encode", wide, payloads.getString("wide"));
  }

  private static Schema parse(Path path) throws IOException {
    return new Schema.Parser().parse(Files.readString(path));
  }

  private static void read(String name, Schema writer, Schema reader, String hex) {
    byte[] bytes = bytesOf(hex);
    GenericDatumReader<GenericRecord> datums = new GenericDatumReader<>(writer, reader);
    BinaryDecoder[] decoder = {null};
    PeerTiming.time(
        PEER,
        name,
        1,
        () -> {
          try {
            decoder[0] = DecoderFactory.get().binaryDecoder(bytes, decoder[0]);
            return datums.read(null, decoder[0]);
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        });
  }

  private static void write(String name, Schema schema, String hex) throws IOException {
    byte[] bytes = bytesOf(hex);
    GenericRecord record =
        new GenericDatumReader<GenericRecord>(schema)
            .read(null, DecoderFactory.get().binaryDecoder(bytes, null));
    GenericDatumWriter<GenericRecord> datums = new GenericDatumWriter<>(schema);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
    PeerTiming.time(
        PEER,
        name,
        1,
        () -> {
          try {
            out.reset();
            datums.write(record, encoder);
            return out.toByteArray();
          } catch (IOException error) {
            throw new UncheckedIOException(error);
          }
        });
  }

  private static byte[] bytesOf(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; ++i) {
      bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }
}
