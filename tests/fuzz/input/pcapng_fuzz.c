/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The pcapng reader on any octets, read from a memory file: secrets are looked
 * for ahead after the first packet, and must be the same, in the same number,
 * as those of a reader that does not look ahead.
 */
#include "analyzer/input/pcapng.h"

#include <sys/mman.h>
#include <unistd.h>

typedef struct {
  guint64 secrets; /* octets */
  guint64 packets, sum;
} Seen;

static void on_secrets(void *self, AsvSpan key_log) {
  Seen *seen = self;
  seen->secrets += key_log.size;
}

static Seen read_all(const char *name, gboolean look_ahead) {
  Seen seen = {0};
  AsvPcapngEvents events = {.self = &seen, .secrets = on_secrets};
  AsvStream *stream = asv_stream_open(name, NULL);
  AsvPcapng *pcapng = asv_pcapng_new(stream, &events, NULL);
  AsvRecord record;
  g_autoptr(GError) error = NULL;
  while (pcapng && asv_pcapng_next(pcapng, &record, &error)) {
    g_assert_cmpuint(record.number, >, seen.packets);
    seen.packets = record.number;
    for (gsize i = 0; i < record.data.size; i++) seen.sum += record.data.data[i];
    if (look_ahead) asv_pcapng_read_ahead(pcapng);
    look_ahead = FALSE;
  }
  asv_pcapng_free(pcapng);
  asv_stream_free(stream);
  return seen;
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  int fd = memfd_create("capture", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
  char name[32];
  g_snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  Seen plain = read_all(name, FALSE), ahead = read_all(name, TRUE);
  g_assert_cmpuint(plain.packets, ==, ahead.packets);
  g_assert_cmpuint(plain.sum, ==, ahead.sum);
  g_assert_cmpuint(plain.secrets, <=, ahead.secrets);
  close(fd);
  return 0;
}
