/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Origins and connections as tables. */
#include "altsvc/limits.h"
#include "origins.h"
#include "table.h"
#include "text.h"

static char *number(guint64 value) {
  return g_strdup_printf("%" G_GUINT64_FORMAT, value);
}

/* A row of counts behind the origin or, indented, the kind of client. */
static void add_counts(AsvTable *table, char *name, const AsvOriginCounts *counts, char *median,
                       char *p95) {
  char *cells[] = {name,
                   number(counts->clients),
                   number(counts->learned),
                   number(counts->tried),
                   number(counts->used),
                   number(counts->failed),
                   median,
                   p95};
  asv_table_add(table, cells);
}

/* What all clients did, and under it what each kind did when there are several. */
static void put_summaries(AsvText *text) {
  static const char *const headings[] = {"ORIGIN", "CLIENTS", "LEARNED", "TRIED",
                                         "USED",   "FAILED",  "MEDIAN",  "95 %"};
  AsvTable table = asv_table_new(headings, G_N_ELEMENTS(headings), 0xfe);
  g_autoptr(GPtrArray) summaries = asv_origins_summarize(text->timeline);
  for (guint i = 0; i < summaries->len; i++) {
    const AsvOriginSummary *summary = g_ptr_array_index(summaries, i);
    gboolean used = summary->waits->len > 0;
    add_counts(&table, g_strdup(summary->origin), &summary->counts,
               used ? asv_words_duration(asv_origins_percentile(summary, 50)) : NULL,
               used ? asv_words_duration(asv_origins_percentile(summary, 95)) : NULL);
    for (guint j = 0; summary->kinds->len > 1 && j < summary->kinds->len; j++) {
      const AsvOriginKind *kind = g_ptr_array_index(summary->kinds, j);
      add_counts(&table, g_strdup_printf("- %s", kind->kind), &kind->counts, NULL, NULL);
    }
  }
  asv_table_write(&table, &text->page);
  asv_page_prose(&text->page, 0,
                 "Numbers are clients; MEDIAN and 95 % are the time from learning to first use.");
}

void asv_text_origins(AsvText *text) {
  static const char *const headings[] = {"CLIENT", "ORIGIN", "VERDICT", "REQUESTS", "ALT-SVC"};
  put_summaries(text);
  asv_page_newline(&text->page);
  AsvTable table = asv_table_new(headings, G_N_ELEMENTS(headings), 1 << 3 | 1 << 4);
  for (guint i = 0; i < text->timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(text->timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      char *cells[] = {g_strdup(client->client), g_strdup(origin->origin),
                       g_strdup(asv_outcome_name(origin->verdict)), number(origin->requests),
                       number(origin->advertisements)};
      asv_table_add(&table, cells);
    }
  }
  asv_table_write(&table, &text->page);
}

static char *origins_words(const AsvText *text, const AsvConnectionReport *connection) {
  GString *words = g_string_new(NULL);
  guint count = connection->origins ? connection->origins->len : 0;
  guint shown = text->options->verbosity < 1 ? MIN(count, ASV_TEXT_LIST_MAX) : count;
  for (guint i = 0; i < shown; i++)
    g_string_append_printf(words, "%s%s", i ? ", " : "",
                           (const char *)g_ptr_array_index(connection->origins, i));
  if (shown < count) g_string_append_printf(words, ", %u more", count - shown);
  if (!count && connection->sni) g_string_append_printf(words, "(SNI %s)", connection->sni);
  return g_string_free(words, FALSE);
}

static char *cell(const char *text) {
  return g_strdup(text ? text : "");
}

void asv_text_connections(AsvText *text) {
  static const char *const headings[] = {"CONN",   "OPENED", "CLOSED",   "ALPN",
                                         "CLIENT", "SERVER", "REQUESTS", "ORIGINS"};
  AsvTable table = asv_table_new(headings, G_N_ELEMENTS(headings), 1 << 1 | 1 << 2 | 1 << 6);
  for (guint i = 0; i < text->timeline->connections->len; i++) {
    const AsvConnectionReport *row = g_ptr_array_index(text->timeline->connections, i);
    char *cells[] = {cell(row->label),
                     asv_words_time(text, row->opened),
                     row->closed ? asv_words_time(text, row->closed) : g_strdup("open"),
                     cell(row->alpn),
                     cell(row->client),
                     cell(row->server),
                     number(row->requests),
                     origins_words(text, row)};
    asv_table_add(&table, cells);
  }
  asv_table_write(&table, &text->page);
}
