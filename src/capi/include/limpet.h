/* limpet.h: AWS Glue Schema Registry's records from C, and from whatever can call C.
 *
 *   limpet_registry_options options = {.size = sizeof options,
 *                                      .endpoint = limpet_of("http://127.0.0.1:8484")};
 *   limpet_registry* registry = NULL;
 *   limpet_error* error = NULL;
 *   if (limpet_registry_open(&options, &registry, &error) != LIMPET_OK) return report(error);
 *
 *   limpet_buffer json = {0};
 *   limpet_context context = {.size = sizeof context, .topic = limpet_of("orders")};
 *   if (limpet_decode_json(registry, &context, message, bytes, &json, &error) == LIMPET_OK) {
 *     fwrite(json.data, 1, json.size, stdout);
 *   }
 *   limpet_buffer_free(&json);
 *   limpet_registry_close(registry);
 *
 * Rules. Texts are a pointer and a length; they need no end mark, and those given to a call are
 * borrowed for that call. Structures begin with `size`, which the caller sets to sizeof of what it
 * was compiled with: a newer library sees which members there are, and zero means the default.
 * A function that fails answers a status; when `error` is not NULL, it also stores an error there,
 * to be freed with limpet_error_free(). Nothing throws across this boundary, and no function ends
 * the process. Handles that are made here are freed here; freeing NULL does nothing.
 *
 * Threads. A registry and a schema may be used by any number of threads at once. A buffer, an
 * error and a batch belong to one thread at a time.
 */
#ifndef LIMPET_H
#define LIMPET_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LIMPET_API __attribute__((visibility("default")))
#else
#define LIMPET_API
#endif

/* Grows when something is added; what is there stays. */
#define LIMPET_ABI_VERSION 2
/* Of the library that runs. */
LIMPET_API uint32_t limpet_abi_version(void);
/* "0.1.0"; lives as long as the program. */
LIMPET_API const char* limpet_version(void);

typedef struct limpet_text {
  const char* data;
  size_t size;
} limpet_text;

/* A text that ends with a zero byte. */
static inline limpet_text limpet_of(const char* text) {
  limpet_text out;
  out.data = text;
  out.size = text == NULL ? 0 : strlen(text);
  return out;
}

/* The numbers stay. */
typedef enum limpet_status {
  LIMPET_OK = 0,
  LIMPET_NOT_FRAMED = 1,            /* no framing that is accepted; an empty message */
  LIMPET_BAD_COMPRESSION = 2,       /* Glue: the second byte is neither 00 nor 05 */
  LIMPET_INFLATE = 3,               /* not a whole zlib stream */
  LIMPET_INFLATE_LIMIT = 4,         /* inflates to more than is allowed */
  LIMPET_TRUNCATED = 5,             /* ends within a value */
  LIMPET_MALFORMED = 6,             /* bytes that no writer makes */
  LIMPET_TYPE_MISMATCH = 7,         /* a value of another type than the schema has there */
  LIMPET_MISSING_FIELD = 8,         /* a field without value and without default */
  LIMPET_UNKNOWN_SCHEMA = 9,        /* the registry has no such version */
  LIMPET_SCHEMA_NOT_AVAILABLE = 10, /* the version's status is not AVAILABLE */
  LIMPET_INCOMPATIBLE = 11,         /* refused by the schema's compatibility mode */
  LIMPET_NOT_REGISTERED = 12,       /* unknown definition, and auto-registration is off */
  LIMPET_THROTTLED = 13,
  LIMPET_ACCESS_DENIED = 14,
  LIMPET_TRANSPORT = 15, /* no connection, or the server's fault */
  LIMPET_TIMEOUT = 16,
  LIMPET_CONFIG = 17,       /* an option that cannot be */
  LIMPET_UNSUPPORTED = 18,  /* known, and not done by this version */
  LIMPET_OUT_OF_RANGE = 20, /* a number that its type cannot hold */
  LIMPET_INVALID_UTF8 = 21,
  LIMPET_TOO_DEEP = 22,      /* values within each other beyond the limit */
  LIMPET_TOO_LARGE = 23,     /* more bytes, items or memory than the limit allows */
  LIMPET_UNKNOWN_FIELD = 24, /* a member that the schema does not have */
  LIMPET_BREAKS_SCHEMA = 25, /* JSON that its JSON Schema does not describe */
  LIMPET_BAD_SCHEMA = 26,    /* a definition that is none of its format */
  LIMPET_TOMBSTONE = 27,     /* a message without value where one is needed */
  LIMPET_INTERNAL = 28       /* our fault, or no memory */
} limpet_status;

/* "truncated"; lives as long as the program. */
LIMPET_API const char* limpet_status_name(limpet_status status);

typedef struct limpet_error limpet_error;
LIMPET_API limpet_status limpet_error_status(const limpet_error* error);
/* For people: what, where, what was expected. Lives as long as the error. */
LIMPET_API limpet_text limpet_error_message(const limpet_error* error);
/* "User.age"; empty when it concerns no one field. */
LIMPET_API limpet_text limpet_error_path(const limpet_error* error);
/* Byte of the message that was looked at. */
LIMPET_API uint64_t limpet_error_offset(const limpet_error* error);
/* Whether the same call may succeed later. */
LIMPET_API int limpet_error_retryable(const limpet_error* error);
LIMPET_API void limpet_error_free(limpet_error* error);

/* Bytes that the library made. Zero it first; each call appends nothing, it replaces. */
typedef struct limpet_buffer {
  char* data;
  size_t size;
} limpet_buffer;
LIMPET_API void limpet_buffer_free(limpet_buffer* buffer);

typedef enum limpet_format { LIMPET_AVRO = 0, LIMPET_JSON = 1, LIMPET_PROTOBUF = 2 } limpet_format;

/* ---- frames: no registry needed ----------------------------------------------------------------
 */

typedef enum limpet_framing {
  LIMPET_FRAMING_NONE = 0,
  LIMPET_FRAMING_GLUE = 1,
  LIMPET_FRAMING_CONFLUENT_ID = 2,
  LIMPET_FRAMING_CONFLUENT_GUID = 3,
  LIMPET_FRAMING_AVRO_SINGLE_OBJECT = 4
} limpet_framing;

typedef struct limpet_frame {
  size_t size;
  int32_t framing;      /* limpet_framing */
  int32_t zlib;         /* Glue: the body is compressed */
  uint8_t version[16];  /* Glue and Confluent GUID */
  int32_t id;           /* Confluent id */
  uint64_t fingerprint; /* Avro single object: CRC-64-AVRO */
  size_t body_offset;   /* where the payload begins */
} limpet_frame;

/* What the first bytes say; reads nothing else, asks nobody. NOT_FRAMED, BAD_COMPRESSION,
 * TRUNCATED. */
LIMPET_API limpet_status limpet_inspect(const void* message, size_t bytes, limpet_frame* frame);

/* ---- registry ----------------------------------------------------------------------------------
 */

typedef struct limpet_registry limpet_registry;
typedef struct limpet_schema limpet_schema;

typedef struct limpet_registry_options {
  size_t size;
  limpet_text endpoint;      /* URL; empty: AWS_ENDPOINT_URL_GLUE and so on, else this machine;
                                "aws": AWS itself */
  limpet_text region;        /* empty: AWS_REGION and so on */
  limpet_text profile;       /* of ~/.aws/config */
  limpet_text access_key_id; /* with secret_access_key; empty: looked for as the AWS tools do */
  limpet_text secret_access_key;
  limpet_text session_token;
  limpet_text ca_file;         /* PEM; empty: the system's authorities */
  limpet_text registry_name;   /* empty: default-registry */
  limpet_text compatibility;   /* of a schema that is created; empty: BACKWARD */
  int32_t unsigned_requests;   /* 1: send no signature */
  int32_t auto_register;       /* 1: register and create unknown schemas */
  uint32_t deadline_ms;        /* of one question; 0: 10,000 */
  uint32_t entries_max;        /* versions in memory; 0: 4,096 */
  uint64_t inflated_bytes_max; /* of one message; 0: 64 MiB */
} limpet_registry_options;

/* Asks nothing yet. CONFIG. */
LIMPET_API limpet_status limpet_registry_open(const limpet_registry_options* options,
                                              limpet_registry** registry, limpet_error** error);
/* Requires: no call on it runs. Schemas that it gave stay valid. */
LIMPET_API void limpet_registry_close(limpet_registry* registry);

/* ---- schemas -----------------------------------------------------------------------------------
 */

/* The version of that id: from memory, or asked for once. UNKNOWN_SCHEMA, ACCESS_DENIED, … */
LIMPET_API limpet_status limpet_schema_by_id(limpet_registry* registry, const uint8_t id[16],
                                             limpet_schema** schema, limpet_error** error);
/* The version of that definition in schema `name`; registered first when the options allow it.
 * NOT_REGISTERED, INCOMPATIBLE, MALFORMED (no definition), … */
LIMPET_API limpet_status limpet_schema_for(limpet_registry* registry, limpet_text name,
                                           limpet_format format, limpet_text definition,
                                           limpet_schema** schema, limpet_error** error);
LIMPET_API void limpet_schema_free(limpet_schema* schema);
LIMPET_API limpet_format limpet_schema_format(const limpet_schema* schema);
/* The 16 bytes of its version id. */
LIMPET_API const uint8_t* limpet_schema_id(const limpet_schema* schema);
LIMPET_API limpet_text limpet_schema_definition(const limpet_schema* schema);
LIMPET_API limpet_text limpet_schema_name(const limpet_schema* schema);

/* ---- records -----------------------------------------------------------------------------------
 */

typedef struct limpet_header {
  limpet_text name;
  const void* value;
  size_t value_size;
} limpet_header;

typedef struct limpet_context {
  size_t size;
  limpet_text topic;
  int32_t is_key;
  const limpet_header* headers; /* of the Kafka record: where Confluent's ids may stand */
  size_t header_count;
} limpet_context;

/* One message as JSON, whatever its framing and format: {"name":"John Doe","age":6}.
 * TOMBSTONE (a message whose data is NULL), and every status of a record. */
LIMPET_API limpet_status limpet_decode_json(limpet_registry* registry,
                                            const limpet_context* context, const void* message,
                                            size_t bytes, limpet_buffer* json,
                                            limpet_error** error);

/* One message, taken out of its frame and inflated, not decoded: for decoders of one's own.
 * `schema` (may be NULL) is what it was written with; `message_name` of a Protobuf message (may be
 * NULL) lives as long as that schema. */
LIMPET_API limpet_status limpet_unframe(limpet_registry* registry, const limpet_context* context,
                                        const void* message, size_t bytes, limpet_buffer* payload,
                                        limpet_schema** schema, limpet_text* message_name,
                                        limpet_error** error);

typedef struct limpet_encode_options {
  size_t size;
  int32_t zlib;             /* 1: compress */
  limpet_text message_name; /* Protobuf: full name; empty: the file's first message */
} limpet_encode_options;

/* A record given as JSON, in the Glue frame. Refused with the place when it does not fit its
 * schema. `options` may be NULL. */
LIMPET_API limpet_status limpet_encode_json(limpet_registry* registry, const limpet_schema* schema,
                                            const limpet_encode_options* options, limpet_text json,
                                            limpet_buffer* message, limpet_error** error);

/* A payload that is already encoded, in the Glue frame; it is not looked at. */
LIMPET_API limpet_status limpet_frame_payload(limpet_registry* registry,
                                              const limpet_schema* schema,
                                              const limpet_encode_options* options,
                                              const void* payload, size_t bytes,
                                              limpet_buffer* message, limpet_error** error);

/* ---- batches: many messages as columns ----------------------------------------------------------
 */

/* The Arrow C data interface (https://arrow.apache.org/docs/format/CDataInterface.html). */
struct ArrowSchema;
struct ArrowArray;

typedef struct limpet_batch limpet_batch;

/* Since version 2 of this interface. */
typedef struct limpet_batch_options {
  size_t size;
  limpet_text message_name;  /* Protobuf: full name; empty: the file's first message */
  const limpet_text* fields; /* the columns that are wanted: "id", "address.city"; none: all */
  size_t field_count;
  uint64_t rows_max;     /* of one batch; 0: 1,048,576 */
  uint64_t bytes_max;    /* of one batch; 0: 256 MiB */
  int32_t enum_numbers;  /* Protobuf: 1: enums become their numbers */
  int32_t micros;        /* Protobuf: 1: times in microseconds instead of nanoseconds */
  int32_t validate_json; /* 1: check JSON against the schema it was written with */
} limpet_batch_options;

/* `reader`: the schema of the columns, of any format; messages of other versions are read as it.
 * CONFIG: it has no columns (a type that holds itself), or an option names what it has not. */
LIMPET_API limpet_status limpet_batch_open(limpet_registry* registry, const limpet_schema* reader,
                                           limpet_batch** batch, limpet_error** error);
/* The same with options, which may be NULL. Since version 2. */
LIMPET_API limpet_status limpet_batch_open_with(limpet_registry* registry,
                                                const limpet_schema* reader,
                                                const limpet_batch_options* options,
                                                limpet_batch** batch, limpet_error** error);
/* Add one message. When it fails, the batch is as it was: nothing of a bad record stays.
 * TOO_LARGE with limpet_error_retryable(): the batch is full; finish it, then push this again.
 * TOMBSTONE (a message whose data is NULL), INCOMPATIBLE (another format, another Protobuf message,
 * schemas that do not resolve), and every status of a record. */
LIMPET_API limpet_status limpet_batch_push(limpet_batch* batch, const limpet_context* context,
                                           const void* message, size_t bytes, limpet_error** error);
LIMPET_API size_t limpet_batch_rows(const limpet_batch* batch);
/* Hand over what was pushed, and begin anew. The receiver calls both release functions. */
LIMPET_API limpet_status limpet_batch_finish(limpet_batch* batch, struct ArrowSchema* schema,
                                             struct ArrowArray* array, limpet_error** error);
LIMPET_API void limpet_batch_close(limpet_batch* batch);

#ifdef __cplusplus
}
#endif

#endif /* LIMPET_H */
