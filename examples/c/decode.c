/* Messages of a Kafka topic as JSON, from C: a line of hexadecimal digits in, a line of JSON out.
 *
 *   decode < messages.hex
 *
 * Where the registry is comes from AWS_ENDPOINT_URL_GLUE, AWS_REGION and the AWS keys. Build:
 *
 *   cc decode.c -o decode $(pkg-config --cflags --libs limpet)
 */
#include <limpet.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int report(limpet_error* error) {
  const limpet_text words = limpet_error_message(error);
  fprintf(stderr, "decode: %.*s\n", (int)words.size, words.data);
  limpet_error_free(error);
  return 1;
}

static size_t unhex(const char* line, unsigned char* to) {
  size_t size = 0;
  unsigned byte = 0;
  while (sscanf(line + 2 * size, "%2x", &byte) == 1) to[size++] = (unsigned char)byte;
  return size;
}

int main(void) {
  limpet_registry_options options = {.size = sizeof options};
  limpet_registry* registry = NULL;
  limpet_error* error = NULL;
  if (limpet_registry_open(&options, &registry, &error) != LIMPET_OK) return report(error);

  static char line[2 * 1024 * 1024];
  static unsigned char message[1024 * 1024];
  limpet_buffer json = {0};
  int status = 0;
  while (fgets(line, sizeof line, stdin) != NULL) {
    const size_t size = unhex(line, message);
    if (limpet_decode_json(registry, NULL, message, size, &json, &error) == LIMPET_OK) {
      printf("%.*s\n", (int)json.size, json.data);
    } else {
      status = report(error);
    }
  }
  limpet_buffer_free(&json);
  limpet_registry_close(registry);
  return status;
}
