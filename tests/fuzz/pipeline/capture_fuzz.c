/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A whole capture, as the program reads it. Whatever its octets are,
 * observations come in packet order, and a connection's behind its opening.
 */
#include <sys/mman.h>
#include <unistd.h>

#include "analyzer/pipeline.h"

typedef struct {
  AsvKeys *keys;
  AsvInput *input;
  AsvPipeline *pipeline;
  guint64 last;    /* packet of the newest observation */
  GHashTable *ids; /* of the connections that were opened */
} Run;

static void observe(void *self, const AsvObservation *seen) {
  Run *run = self;
  g_assert_cmpuint(seen->packet, >=, run->last);
  g_assert_nonnull(seen->file);
  run->last = seen->packet;
  if (!seen->connection) return;
  if (seen->kind == ASV_OBSERVATION_CONNECTION)
    g_hash_table_add(run->ids, g_memdup2(&seen->connection->id, sizeof seen->connection->id));
  else
    g_assert_true(g_hash_table_contains(run->ids, &seen->connection->id));
}

static void on_secrets(void *self, AsvSpan key_log) {
  asv_keys_load(((Run *)self)->keys, key_log);
}

static void on_file_end(void *self, const AsvPacketRef *at, const AsvInputFile *file,
                        const GError *error) {
  g_assert_cmpint(file->complete, ==, error == NULL);
  asv_pipeline_file_end(((Run *)self)->pipeline, at, file);
}

static void more_secrets(void *self) {
  asv_input_read_ahead_secrets(((Run *)self)->input);
}

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size);

int LLVMFuzzerTestOneInput(const guint8 *data, size_t size) {
  Run run = {.keys = asv_keys_new(),
             .ids = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL)};
  AsvInputEvents events = {.self = &run, .secrets = on_secrets, .file_end = on_file_end};
  AsvObserver observer = {.self = &run, .observe = observe};
  AsvPacket packet;
  char name[32];
  int fd = memfd_create("capture", MFD_CLOEXEC);
  g_assert_cmpint(write(fd, data, size), ==, (gssize)size);
  g_snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  asv_keys_set_more(run.keys, more_secrets, &run);
  run.input = asv_input_new(&events, NULL, 0);
  run.pipeline = asv_pipeline_new(run.keys, &observer);
  if (asv_input_add(run.input, name, NULL, NULL)) {
    while (asv_input_next(run.input, &packet, NULL))
      asv_pipeline_packet(run.pipeline, run.input, &packet);
    asv_pipeline_finish(run.pipeline);
  }
  asv_pipeline_free(run.pipeline);
  asv_input_free(run.input);
  asv_keys_free(run.keys);
  g_hash_table_unref(run.ids);
  close(fd);
  return 0;
}
