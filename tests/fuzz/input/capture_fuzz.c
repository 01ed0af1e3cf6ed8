/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole input on any octets: one file of any format and compression,
 * merged with itself, under a filter. Order and time must only grow.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/input/input.h"

static void on_secrets(void *self, AsvSpan key_log) {
  guint64 *sum = self;
  *sum += key_log.size ? key_log.data[key_log.size - 1] : 0u;
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  guint64 *sum = self;
  *sum += at->packet;
  g_assert_cmpint(file->complete, ==, error == NULL);
}

static void read_all(AsvInput *input, guint64 *sum) {
  AsvPacket packet;
  AsvPacketRef last = {.time = G_MININT64};
  g_autoptr(GError) error = NULL;
  while (asv_input_next(input, &packet, &error)) {
    g_assert_cmpuint(packet.at.order, ==, last.order + 1);
    g_assert_cmpint(packet.at.time, >=, last.time);
    last = packet.at;
    for (gsize i = 0; i < packet.data.size; i++) *sum += packet.data.data[i];
    if (last.order == 2) asv_input_read_ahead_secrets(input);
  }
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  guint64 sum = 0;
  int fd = memfd_create("capture", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
  char name[32];
  g_snprintf(name, sizeof name, "/proc/self/fd/%d", fd);

  AsvInputEvents events = {.self = &sum, .secrets = on_secrets, .file_end = on_file_end};
  AsvInput *input = asv_input_new(&events, "greater 20", 1000);
  for (int i = 0; i < 2; i++) {
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(asv_input_add(input, name, NULL, &error), ==, error == NULL);
  }
  read_all(input, &sum);
  asv_input_free(input);

  g_autoptr(GError) error = NULL;
  g_assert_cmpint(asv_input_key_log(name, &events, &error), ==, error == NULL);
  close(fd);
  return 0;
}
