/* avro-c on the records of bench_records.
 *
 *   avro_c DOCUMENTS [SECONDS [ROUNDS]]
 *
 * A line of JSON for each: {"peer":"avro-c","name":"user decode","ns":…}. Values and readers
 * are made once and used again. It is processor time. */
#include <avro.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds = 0.2;
static int rounds = 9;

static void fail(const char* what) {
  fprintf(stderr, "avro_c: %s: %s\n", what, avro_strerror());
  exit(1);
}

static char* text_of(const char* folder, const char* name) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = fopen(path, "rb");
  if (file == NULL) fail(path);
  char* text = calloc(1, 1 << 20);
  if (text == NULL || fread(text, 1, (1 << 20) - 1, file) == 0) fail(path);
  fclose(file);
  return text;
}

static avro_schema_t schema_of(const char* folder, const char* name) {
  avro_schema_t schema = NULL;
  char* text = text_of(folder, name);
  if (avro_schema_from_json_length(text, strlen(text), &schema)) fail(name);
  free(text);
  return schema;
}

static size_t payload_of(const char* folder, const char* key, char* to) {
  char* text = text_of(folder, "payloads.json");
  char wanted[64];
  snprintf(wanted, sizeof wanted, "\"%s\": \"", key);
  const char* at = strstr(text, wanted);
  if (at == NULL) fail(key);
  at += strlen(wanted);
  size_t size = 0;
  for (; at[0] != '"'; at += 2) {
    unsigned byte = 0;
    sscanf(at, "%2x", &byte);
    to[size++] = (char)byte;
  }
  free(text);
  return size;
}

struct work {
  char payload[4096];
  size_t size;
  avro_reader_t reader;
  avro_writer_t writer;
  avro_value_t value;
};

static void decode(struct work* work) {
  avro_reader_memory_set_source(work->reader, work->payload, (int64_t)work->size);
  if (avro_value_read(work->reader, &work->value)) fail("read");
}

static void encode(struct work* work) {
  avro_writer_reset(work->writer);
  if (avro_value_write(work->writer, &work->value)) fail("write");
}

static double used(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double round_of(void (*run)(struct work*), struct work* work, long count) {
  const double begun = used();
  for (long i = 0; i < count; ++i) run(work);
  return used() - begun;
}

static int by_size(const void* a, const void* b) {
  const double left = *(const double*)a, right = *(const double*)b;
  return (left > right) - (left < right);
}

static void timed(const char* name, void (*run)(struct work*), struct work* work) {
  long count = 1;
  while (round_of(run, work, count) < seconds) count *= 2;
  double took[101];
  for (int i = 0; i < rounds; ++i) took[i] = round_of(run, work, count);
  qsort(took, (size_t)rounds, sizeof took[0], by_size);
  printf("{\"peer\":\"avro-c\",\"name\":\"%s\",\"ns\":%.1f}\n", name,
         took[rounds / 2] / (double)count * 1e9);
  fflush(stdout);
}

static void measure(const char* folder, const char* name, const char* definition, const char* key,
                    int encodes) {
  struct work work;
  avro_schema_t schema = schema_of(folder, definition);
  avro_value_iface_t* plain = avro_generic_class_from_schema(schema);
  if (plain == NULL || avro_generic_value_new(plain, &work.value)) fail(name);
  work.size = payload_of(folder, key, work.payload);
  static char out[4096];
  work.reader = avro_reader_memory(work.payload, (int64_t)work.size);
  work.writer = avro_writer_memory(out, sizeof out);
  decode(&work);
  timed(name, encodes ? encode : decode, &work);
}

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  if (argc > 2) seconds = atof(argv[2]);
  if (argc > 3) rounds = atoi(argv[3]);
  if (rounds < 1 || rounds > 101) return 2;
  measure(argv[1], "user decode", "user.avsc", "user", 0);
  /* No "user resolve": avro-c does not fill in the defaults of a reader's fields. */
  measure(argv[1], "user encode", "user.avsc", "user", 1);
  measure(argv[1], "wide decode", "wide.avsc", "wide", 0);
  measure(argv[1], "wide encode", "wide.avsc", "wide", 1);
  return 0;
}
