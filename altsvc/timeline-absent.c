/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What --client or --origin asked for and the capture does not have: said with
 * a few of those that are there, so that a slip of the pen shows.
 */
#include <string.h>

#include "timeline-state.h"

static gboolean has_traffic(const AsvClientState *client) {
  return client->requests || client->advertisements;
}

/* "; it has A, B and C." */
static void append_names(GString *words, const GPtrArray *names) {
  guint shown = MIN(names->len, ASV_NAMES_SHOWN);
  for (guint i = 0; i < shown; i++) {
    const char *before = i == 0 ? "; it has " : i + 1 == names->len ? " and " : ", ";
    g_string_append_printf(words, "%s%s", before, (const char *)g_ptr_array_index(names, i));
  }
  if (shown < names->len) g_string_append_printf(words, " and %u more", names->len - shown);
  g_string_append_c(words, '.');
}

static gint compare_texts(gconstpointer a, gconstpointer b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The texts of all origins that the shown clients asked for, each once. */
static GPtrArray *origins_of(const GPtrArray *clients) {
  g_autoptr(GHashTable) texts = g_hash_table_new(g_str_hash, g_str_equal);
  GPtrArray *names = g_ptr_array_new();
  for (guint i = 0; i < clients->len; i++) {
    const AsvClientState *client = clients->pdata[i];
    if (!client->shown || !has_traffic(client)) continue;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, client->origins);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
      gpointer text = (gpointer)((const AsvOriginState *)value)->text;
      if (g_hash_table_add(texts, text)) g_ptr_array_add(names, text);
    }
  }
  g_ptr_array_sort(names, compare_texts);
  return names;
}

static gboolean contains(const GPtrArray *names, const char *name) {
  for (guint i = 0; i < names->len; i++)
    if (strcmp(g_ptr_array_index(names, i), name) == 0) return TRUE;
  return FALSE;
}

void asv_timeline_note_absent(AsvTimelineState *state, const GPtrArray *clients) {
  const AsvTimelineOptions *options = &state->options;
  if (!options->client && !options->origin) return;
  g_autoptr(GPtrArray) others = g_ptr_array_new();
  gboolean shown = FALSE;
  for (guint i = 0; i < clients->len; i++) {
    const AsvClientState *client = clients->pdata[i];
    if (!has_traffic(client)) continue;
    shown |= client->shown;
    g_ptr_array_add(others, (gpointer)client->name);
  }
  g_autoptr(GPtrArray) origins = origins_of(clients);
  g_autoptr(GString) words = g_string_new(NULL);
  if (options->client && !shown) {
    g_string_printf(words, "No client %s is in this capture", options->client);
    append_names(words, others);
  } else if (options->origin && !contains(origins, options->origin)) {
    g_string_printf(words, "No client%s asked for %s in this capture",
                    options->client ? " of that address" : "", options->origin);
    append_names(words, origins);
  } else {
    return;
  }
  state->timeline->absent = asv_timeline_intern_text(state, words->str);
}
