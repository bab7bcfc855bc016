/*
 * libosip2 at the same messages: osip_message_parse and osip_message_to_str, whole.
 * In, by line: "<message> <times>". Out: nanoseconds of CPU time, or with times 0 the message it built.
 */
#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MOST 16

static char *text[MOST];
static size_t length[MOST];

static int load(const char *path, int number) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) return -1;
  text[number] = malloc(65536);
  length[number] = fread(text[number], 1, 65536, file);
  fclose(file);
  return 0;
}

static size_t job(int number, int show) {
  osip_message_t *message;
  char *out = NULL;
  size_t out_length = 0;
  if (osip_message_init(&message) != 0 || osip_message_parse(message, text[number], length[number]) != 0) {
    fprintf(stderr, "message %d was not parsed\n", number);
    exit(1);
  }
  /* Without this, what was received would be handed back as it is. */
  osip_message_force_update(message);
  if (osip_message_to_str(message, &out, &out_length) != 0) exit(1);
  if (show) {
    printf("%zu\n", out_length);
    fwrite(out, 1, out_length, stdout);
  }
  osip_free(out);
  osip_message_free(message);
  return out_length;
}

int main(int count, char **names) {
  int number, times;
  size_t total = 0;
  if (count - 1 > MOST) return 1;
  for (number = 1; number < count; number++)
    if (load(names[number], number - 1) != 0) return 1;
  parser_init();
  while (scanf("%d %d", &number, &times) == 2) {
    struct timespec before, after;
    if (number < 0 || number >= count - 1) return 1;
    if (times == 0) job(number, 1);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    for (int round = 0; round < times; round++) total += job(number, 0);
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    printf("%lld\n", (after.tv_sec - before.tv_sec) * 1000000000LL + (after.tv_nsec - before.tv_nsec));
    fflush(stdout);
  }
  return total == 1;
}
