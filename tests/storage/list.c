/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Prints what a client's storage holds, for storage.py: a line of tab-separated key=value each. */
#include "report/storage.h"

static void put_text(const char *key, const char *value) {
  if (value) g_print("\t%s=%s", key, value);
}

static void put_entry(const AsvStored *entry) {
  g_print("entry\torigin=%s\tprotocol_id=%s\thost=%s\tport=%u\texpires=%" G_GINT64_FORMAT,
          entry->origin, entry->protocol_id, entry->host, entry->port, entry->expires);
  if (entry->has_persist) put_text("persist", entry->persist ? "True" : "False");
  if (entry->has_validated) put_text("validated", entry->validated ? "True" : "False");
  put_text("learned_over", entry->learned_over);
  put_text("partition", entry->partition);
  g_print("\n");
}

static void put_mark(const AsvStoredMark *mark) {
  g_print("mark\tprotocol=%s\thost=%s\tport=%u\tbroken_until=%" G_GINT64_FORMAT
          "\tbroken_count=%u\n",
          mark->protocol_id, mark->host, mark->port, mark->until / 1000000000, mark->count);
}

int main(int argc, char **argv) {
  g_autoptr(GError) error = NULL;
  AsvStorage *storage = argc == 2 ? asv_storage_read(argv[1], &error) : NULL;
  if (!storage) {
    g_printerr("%s\n", error ? error->message : "usage: storage_list FILE");
    return 1;
  }
  for (guint i = 0; i < storage->entries->len; i++)
    put_entry(g_ptr_array_index(storage->entries, i));
  for (guint i = 0; i < storage->marks->len; i++) put_mark(g_ptr_array_index(storage->marks, i));
  asv_storage_free(storage);
  return 0;
}
