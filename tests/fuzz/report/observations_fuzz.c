/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reader of observations: what it takes, written and read again, is written the same. */
#include "report/observations.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *written(const AsvObservation *observation, size_t *size) {
  char *text = NULL;
  FILE *out = open_memstream(&text, size);
  asv_observation_write_json(out, observation, FALSE);
  fclose(out);
  return text;
}

static void check_again(const AsvObservation *observation) {
  size_t once_size, twice_size;
  AsvObservation *copy = asv_observation_copy(observation);
  char *once = written(copy, &once_size);
  AsvObservationReader *reader = asv_observation_reader_new(fmemopen(once, once_size, "r"), "fuzz");
  const AsvObservation *back = asv_observation_reader_next(reader, NULL);
  g_assert(back);
  char *twice = written(back, &twice_size);
  g_assert(once_size == twice_size && memcmp(once, twice, once_size) == 0);
  asv_observation_reader_free(reader);
  asv_observation_free(copy);
  free(once);
  free(twice);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  if (size == 0) return 0;
  char *input = g_memdup2(data, size);
  AsvObservationReader *reader = asv_observation_reader_new(fmemopen(input, size, "r"), "fuzz");
  while (TRUE) {
    GError *error = NULL;
    const AsvObservation *observation = asv_observation_reader_next(reader, &error);
    if (observation) check_again(observation);
    if (!observation && !error) break;
    g_clear_error(&error);
  }
  asv_observation_reader_free(reader);
  g_free(input);
  return 0;
}
