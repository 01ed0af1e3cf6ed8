/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The readers of clients' storage. What they take is in no difference with
 * itself, and what is written of it as curl's file is read as it was written.
 */
#include "report/storage.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static char *written(const GPtrArray *entries, size_t *size) {
  char *text = NULL;
  FILE *out = open_memstream(&text, size);
  asv_storage_write_curl(out, entries);
  fclose(out);
  return text;
}

static void check_again(const GPtrArray *entries) {
  size_t once_size, twice_size;
  char *once = written(entries, &once_size);
  AsvStorage *storage = asv_storage_parse(asv_span(once, once_size), "fuzz", NULL);
  g_assert(storage);
  char *twice = written(storage->entries, &twice_size);
  g_assert(once_size == twice_size && memcmp(once, twice, once_size) == 0);
  asv_storage_free(storage);
  free(once);
  free(twice);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size) {
  GError *error = NULL;
  AsvStorage *storage = asv_storage_parse(asv_span(data, size), "fuzz", &error);
  if (!storage) {
    g_assert(error);
    g_error_free(error);
    return 0;
  }
  g_autoptr(GPtrArray) united = asv_stored_unite(storage->entries);
  g_autoptr(GArray) differences = asv_stored_compare(united, united);
  g_assert(differences->len == 0);
  check_again(united);
  asv_storage_free(storage);
  return 0;
}
