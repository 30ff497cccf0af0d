// The independent reader of the verdicts' oracle: org.apache.avro, asked over pipes (see ../peer.h).
//
// A question is a list of families; a family is a seed, schemas as texts, and for each writer and
// each reader what Limpet says of the pair. Values of each writer are made here, from the seed, and
// read with the reader's schema as GenericDatumReader does it. The answer counts, and lists what went
// wrong, at most MAX_FAILURES for one question.

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.Decoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.io.ResolvingDecoder;
import org.apache.avro.io.parsing.Symbol;

public final class AvroReader {
  private static final int MAX_FAILURES = 20;
  // What Limpet says of a pair.
  private static final int ASKED = 1, COMPATIBLE = 2, LENIENT = 4, TRY_ANYWAY = 8,
      OTHERWISE = 16;
  // What went wrong.
  private static final int UNREADABLE = 0, VERDICT = 1, PARSE = 2;

  public static void main(String[] arguments) throws Exception {
    var in = new DataInputStream(new BufferedInputStream(System.in, 1 << 20));
    var out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
    var reader = new AvroReader();
    while (true) {
      byte[] question;
      try {
        question = new byte[in.readInt()];
      } catch (EOFException end) {
        return;
      }
      in.readFully(question);
      byte[] answer = reader.answer(new DataInputStream(new ByteArrayInputStream(question)));
      out.writeInt(answer.length);
      out.write(answer);
      out.flush();
    }
  }

  // ---- one question ----

  private long read, values, excused, stricter, judged;
  private int failed;
  private final ByteArrayOutputStream failures = new ByteArrayOutputStream();

  private byte[] answer(DataInputStream question) throws Exception {
    read = values = excused = stricter = judged = 0;
    failed = 0;
    failures.reset();
    int least = question.readInt();
    int count = question.readInt();
    for (int family = 0; family < count; family++) family(family, least, question);
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    for (long number : new long[] {read, values, excused, stricter, judged}) out.writeLong(number);
    out.writeInt(Math.min(failed, MAX_FAILURES));
    out.write(failures.toByteArray());
    return bytes.toByteArray();
  }

  private void family(int family, int least, DataInputStream question) throws IOException {
    long seed = question.readLong();
    int members = question.readUnsignedByte();
    var schemas = new Schema[members];
    for (int i = 0; i < members; i++) {
      byte[] text = new byte[question.readInt()];
      question.readFully(text);
      try {
        schemas[i] = new Schema.Parser().parse(new String(text, StandardCharsets.UTF_8));
      } catch (RuntimeException | StackOverflowError refused) {
        fail(PARSE, family, i, i, refused);
      }
    }
    for (int writer = 0; writer < members; writer++) {
      byte[][] written = null;
      for (int reader = 0; reader < members; reader++) {
        int said = question.readUnsignedByte();
        if ((said & ASKED) == 0 || schemas[writer] == null || schemas[reader] == null) continue;
        if (written == null && (said & (COMPATIBLE | TRY_ANYWAY)) != 0) {
          written = write(schemas[writer], seed * 31 + writer, least);
        }
        pair(family, writer, reader, schemas[writer], schemas[reader], said, written);
      }
    }
  }

  private void pair(int family, int writer, int reader, Schema from, Schema to, int said,
      byte[][] written) throws IOException {
    Symbol root;
    try {
      // What GenericDatumReader.getResolver and ResolvingDecoder.resolve do.
      root = (Symbol) ResolvingDecoder.resolve(Schema.applyAliases(from, to), to);
    } catch (IOException | RuntimeException | StackOverflowError thrown) {
      if ((said & COMPATIBLE) == 0) return;
      // Avro Java does not end with a record that contains itself, which nobody can write.
      if (isFault(thrown)
          || (thrown instanceof StackOverflowError && (isEndless(from) || isEndless(to)))) {
        excused++;
      } else {
        fail(UNREADABLE, family, writer, reader, thrown);
      }
      return;
    }
    Boolean readable = verdict(root);
    if (readable == null) {
      excused++;
    } else if (readable != ((said & LENIENT) != 0) && (said & OTHERWISE) == 0) {
      fail((said & COMPATIBLE) != 0 ? UNREADABLE : VERDICT, family, writer, reader,
          "Avro Java's verdict: " + (readable ? "compatible" : "incompatible"));
      return;
    }
    if ((said & (COMPATIBLE | TRY_ANYWAY)) == 0) return;
    Throwable refused = null;
    for (byte[] value : written) {
      try {
        decoder = DecoderFactory.get().binaryDecoder(value, decoder);
        new OpenReader(from, to).read(open(root, decoder));
        if (!decoder.isEnd()) throw new IOException("bytes are left behind the value");
      } catch (IOException | RuntimeException | StackOverflowError thrown) {
        refused = thrown;
        break;
      }
    }
    if (refused != null && isFault(refused)) {
      excused++;
      return;
    }
    if ((said & COMPATIBLE) == 0) {
      judged++;
      if (refused == null && written.length > 0) stricter++;
      return;
    }
    read++;
    values += written.length;
    if (refused != null) fail(UNREADABLE, family, writer, reader, refused);
  }

  // The verdict of SchemaValidator's canRead; null where that fault stands in the way. Such pairs are
  // tried all the same.
  private static Boolean verdict(Symbol root) {
    try {
      return !Symbol.hasErrors(root);
    } catch (NullPointerException fault) {
      return null;
    }
  }

  // Faults of 1.11.4 with recursive records: it leaves holes in their symbols, even where a schema
  // reads its own data; and where the reader has aliases, it copies a part of such a writer, and the
  // next time it checks a default against a record of the copy that has no fields yet.
  private static boolean isFault(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    return thrown instanceof NullPointerException && message.startsWith("Cannot read field \"kind\"")
        || thrown instanceof AvroRuntimeException && message.equals("Schema fields not set yet");
  }

  private void fail(int kind, int family, int writer, int reader, Throwable thrown)
      throws IOException {
    fail(kind, family, writer, reader, thrown.getClass().getName() + ": " + thrown.getMessage());
  }

  private void fail(int kind, int family, int writer, int reader, String what) throws IOException {
    if (failed++ >= MAX_FAILURES) return;
    var out = new DataOutputStream(failures);
    out.writeByte(kind);
    out.writeInt(family);
    out.writeByte(writer);
    out.writeByte(reader);
    byte[] text = what.substring(0, Math.min(what.length(), 300)).getBytes(StandardCharsets.UTF_8);
    out.writeInt(text.length);
    out.write(text);
  }

  // ---- reading ----

  private BinaryDecoder decoder;

  // The symbols of a pair are made once and read with many times, as GenericDatumReader's own cache
  // has it; that cache is keyed on schemas and would hold on to each pair.
  private static final class OpenReader extends GenericDatumReader<Object> {
    OpenReader(Schema from, Schema to) {
      super(from, to);
    }

    Object read(ResolvingDecoder in) throws IOException {
      Object value = read(null, getExpected(), in);
      in.drain();
      return value;
    }
  }

  private static final MethodHandle RESOLVING_DECODER = resolvingDecoder();

  private static MethodHandle resolvingDecoder() {
    try {
      return MethodHandles.privateLookupIn(ResolvingDecoder.class, MethodHandles.lookup())
          .findConstructor(ResolvingDecoder.class,
              MethodType.methodType(void.class, Object.class, Decoder.class));
    } catch (ReflectiveOperationException missing) {
      throw new ExceptionInInitializerError(missing);
    }
  }

  private static ResolvingDecoder open(Symbol root, Decoder in) throws IOException {
    try {
      return (ResolvingDecoder) RESOLVING_DECODER.invokeExact((Object) root, in);
    } catch (IOException | RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException(thrown);
    }
  }

  // ---- records without a finite value ----

  private static boolean isEndless(Schema schema) {
    var records = new LinkedHashSet<Schema>();
    collect(schema, records);
    var finite = new HashSet<Schema>();
    while (finite.size() < records.size()) {
      int before = finite.size();
      for (Schema record : records) {
        if (record.getFields().stream().allMatch(field -> isFinite(field.schema(), finite))) {
          finite.add(record);
        }
      }
      if (finite.size() == before) return true;
    }
    return false;
  }

  private static void collect(Schema schema, Set<Schema> records) {
    switch (schema.getType()) {
      case ARRAY -> collect(schema.getElementType(), records);
      case MAP -> collect(schema.getValueType(), records);
      case UNION -> schema.getTypes().forEach(branch -> collect(branch, records));
      case RECORD -> {
        if (records.add(schema)) {
          schema.getFields().forEach(field -> collect(field.schema(), records));
        }
      }
      default -> { }
    }
  }

  private static boolean isFinite(Schema schema, Set<Schema> records) {
    return switch (schema.getType()) {
      case UNION -> schema.getTypes().stream().anyMatch(branch -> isFinite(branch, records));
      case RECORD -> records.contains(schema);
      default -> true;
    };
  }

  // ---- writing ----

  private static final int MAX_DEPTH = 40, MAX_PARTS = 400;
  private static final long[] LONGS = {
    0, -1, 1, 63, -65, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 53
  };
  private static final int[] INTS = {0, -1, 1, 64, Integer.MAX_VALUE, Integer.MIN_VALUE};
  private static final double[] DOUBLES = {
    0, -0.0, 1.5, Double.MAX_VALUE, Double.MIN_VALUE, Double.NaN, Double.POSITIVE_INFINITY
  };
  private static final String[] STRINGS = {"", "a", "é", "𝄞 and more\n", "x".repeat(300)};

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private BinaryEncoder encoder;
  private SplittableRandom random;
  private int turn, places, parts;

  private static final class NoValue extends RuntimeException {
    NoValue() {
      super(null, null, false, false);
    }
  }

  // As many values as the widest choice has ways, so that each is gone once where it stands first.
  private byte[][] write(Schema schema, long seed, int least) throws IOException {
    random = new SplittableRandom(seed);
    int count = Math.max(least, Math.min(12, widest(schema, 0)));
    List<byte[]> written = new ArrayList<>(count);
    for (turn = 0; turn < count; turn++) {
      bytes.reset();
      encoder = EncoderFactory.get().directBinaryEncoder(bytes, encoder);
      places = parts = 0;
      try {
        write(schema, 0);
        encoder.flush();
        written.add(bytes.toByteArray());
      } catch (NoValue endless) {
        if (turn > 2 && written.isEmpty()) break;
      }
    }
    return written.toArray(new byte[0][]);
  }

  private static int widest(Schema schema, int depth) {
    if (depth > 4) return 1;
    int most = 1;
    switch (schema.getType()) {
      case UNION:
        most = schema.getTypes().size();
        for (Schema branch : schema.getTypes()) most = Math.max(most, widest(branch, depth + 1));
        return most;
      case ENUM:
        return schema.getEnumSymbols().size();
      case ARRAY:
        return widest(schema.getElementType(), depth + 1);
      case MAP:
        return widest(schema.getValueType(), depth + 1);
      case RECORD:
        for (var field : schema.getFields()) most = Math.max(most, widest(field.schema(), depth + 1));
        return most;
      default:
        return 1;
    }
  }

  // Goes through all of them in turn, later by chance.
  private int pick(int count) {
    return turn < count ? (turn + places++) % count : random.nextInt(count);
  }

  private void write(Schema schema, int depth) throws IOException {
    if (depth > MAX_DEPTH) throw new NoValue();
    boolean more = ++parts < MAX_PARTS && depth < 7;
    switch (schema.getType()) {
      case NULL -> encoder.writeNull();
      case BOOLEAN -> encoder.writeBoolean(random.nextInt(2) == 0);
      case INT -> encoder.writeInt(INTS[random.nextInt(INTS.length)]);
      case LONG -> encoder.writeLong(LONGS[random.nextInt(LONGS.length)]);
      case FLOAT -> encoder.writeFloat((float) DOUBLES[random.nextInt(DOUBLES.length)]);
      case DOUBLE -> encoder.writeDouble(DOUBLES[random.nextInt(DOUBLES.length)]);
      case STRING -> encoder.writeString(STRINGS[random.nextInt(STRINGS.length)]);
      case BYTES -> encoder.writeBytes(octets(random.nextInt(5)));
      case FIXED -> encoder.writeFixed(octets(schema.getFixedSize()));
      case ENUM -> {
        if (schema.getEnumSymbols().isEmpty()) throw new NoValue();
        encoder.writeEnum(pick(schema.getEnumSymbols().size()));
      }
      case ARRAY -> {
        int count = count(more, schema.getElementType());
        encoder.writeArrayStart();
        encoder.setItemCount(count);
        for (int i = 0; i < count; i++) {
          encoder.startItem();
          write(schema.getElementType(), depth + 1);
        }
        encoder.writeArrayEnd();
      }
      case MAP -> {
        int count = count(more, schema.getValueType());
        encoder.writeMapStart();
        encoder.setItemCount(count);
        for (int i = 0; i < count; i++) {
          encoder.startItem();
          encoder.writeString("k" + i);
          write(schema.getValueType(), depth + 1);
        }
        encoder.writeMapEnd();
      }
      case UNION -> {
        int branch = branch(schema, more);
        encoder.writeIndex(branch);
        write(schema.getTypes().get(branch), depth + 1);
      }
      case RECORD -> {
        for (var field : schema.getFields()) write(field.schema(), depth + 1);
      }
    }
  }

  private int count(boolean more, Schema element) {
    if (!more) return 0;
    return random.nextInt(50) == 0 && !isDeep(element) ? 200 : random.nextInt(4);
  }

  // Towards the end something that ends.
  private int branch(Schema union, boolean more) {
    int count = union.getTypes().size();
    if (count == 0) throw new NoValue();
    if (!more) {
      for (int i = 0; i < count; i++) {
        if (!isDeep(union.getTypes().get(i))) return i;
      }
      return random.nextInt(count);
    }
    return pick(count);
  }

  private static boolean isDeep(Schema schema) {
    return switch (schema.getType()) {
      case RECORD, ARRAY, MAP, UNION -> true;
      case ENUM -> schema.getEnumSymbols().isEmpty();
      default -> false;
    };
  }

  private byte[] octets(int count) {
    byte[] out = new byte[count];
    for (int i = 0; i < count; i++) out[i] = (byte) random.nextInt(256);
    return out;
  }
}
