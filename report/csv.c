/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The report as CSV (RFC 4180, lines end with LF): a heading, then the lines of
 * NDJSON with a column for each key, so that the two cannot disagree. Members
 * of `alternative` have columns of their own; any other list or object is one
 * cell. Octets of the capture stand as in text, and no cell is a formula.
 */
#include <jansson.h>

#include "report/page.h"
#include "report/report.h"

static const char *const event_columns[] = {
    "client",     "origin",    "event",       "time",   "relative", "packet",      "file",
    "connection", "id",        "stream",      "via",    "value",    "protocol_id", "alpn",
    "host",       "port",      "ma",          "age",    "persist",  "usable",      "why",
    "expires",    "ended_by",  "reason",      "detail", "evidence", "ambiguous",   "entries",
    "count",      "last_time", "last_packet", "rfc",    "findings", NULL};
static const char *const cache_columns[] = {
    "client",   "origin",    "protocol_id",  "alpn",         "host",    "port",    "persist",
    "usable",   "rank",      "learned",      "packet",       "via",     "expires", "tried",
    "requests", "last_used", "broken_until", "learned_over", "expired", NULL};
static const char *const origin_columns[] = {"origin", "clients",  "learned", "tried",     "used",
                                             "failed", "verdicts", "kinds",   "first_use", NULL};
static const char *const connection_columns[] = {"connection", "id",      "client", "server",
                                                 "sni",        "alpn",    "opened", "closed",
                                                 "requests",   "origins", NULL};
static const char *const finding_columns[] = {
    "id",     "code",   "severity", "count",  "packets", "time", "connection", "stream",
    "client", "origin", "message",  "advice", "filter",  "spec", NULL};

typedef struct {
  FILE *out;
  const char *const *columns;
  GString *line; /* of NDJSON, not ended yet */
} Csv;

static void put_value(GString *cell, const json_t *value);

/* "name=value" of each member, with spaces between. */
static void put_object(GString *cell, json_t *object) {
  const char *key;
  json_t *value;
  gboolean first = TRUE;
  json_object_foreach(object, key, value) {
    g_string_append_printf(cell, "%s%s=", first ? "" : " ", key);
    put_value(cell, value);
    first = FALSE;
  }
}

static void put_list(GString *cell, const json_t *list) {
  for (gsize i = 0; i < json_array_size(list); i++) {
    const json_t *item = json_array_get(list, i);
    if (i) g_string_append(cell, json_is_object(item) ? "; " : " ");
    put_value(cell, item);
  }
}

static void put_value(GString *cell, const json_t *value) {
  char seconds[G_ASCII_DTOSTR_BUF_SIZE];
  if (json_is_string(value))
    asv_page_escape(cell, asv_span(json_string_value(value), json_string_length(value)));
  else if (json_is_integer(value))
    g_string_append_printf(cell, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
  else if (json_is_real(value))
    g_string_append(cell, g_ascii_formatd(seconds, sizeof seconds, "%.9f", json_real_value(value)));
  else if (json_is_boolean(value))
    g_string_append(cell, json_is_true(value) ? "true" : "false");
  else if (json_is_array(value))
    put_list(cell, value);
  else
    put_object(cell, (json_t *)(gpointer)value);
}

static void write_cell(FILE *out, const json_t *value) {
  g_autoptr(GString) cell = g_string_new(NULL);
  if (!value) return;
  put_value(cell, value);
  if (!json_is_number(value) && *cell->str && strchr("=+-@", *cell->str))
    g_string_prepend_c(cell, '\'');
  if (!strpbrk(cell->str, ",\" ")) {
    fputs(cell->str, out);
    return;
  }
  fputc('"', out);
  for (const char *at = cell->str; *at; at++) {
    if (*at == '"') fputc('"', out);
    fputc(*at, out);
  }
  fputc('"', out);
}

static void write_row(const Csv *csv) {
  json_t *object = json_loadb(csv->line->str, csv->line->len, JSON_ALLOW_NUL, NULL);
  g_assert(object);
  const json_t *alternative = json_object_get(object, "alternative");
  for (const char *const *column = csv->columns; *column; column++) {
    const json_t *value = json_object_get(object, *column);
    if (column != csv->columns) fputc(',', csv->out);
    write_cell(csv->out, value ? value : json_object_get(alternative, *column));
  }
  fputc('\n', csv->out);
  json_decref(object);
}

/* Takes NDJSON in pieces of any size. */
static ssize_t take(void *cookie, const char *text, size_t size) {
  Csv *csv = cookie;
  for (AsvReader in = asv_reader(asv_span(text, size)); asv_reader_left(&in);) {
    gsize left = asv_reader_left(&in);
    const guint8 *newline = memchr(in.at, '\n', left);
    AsvSpan part = asv_read_span(&in, newline ? (gsize)(newline - in.at) : left);
    g_string_append_len(csv->line, (const char *)part.data, (gssize)part.size);
    if (!newline) break;
    asv_read_u8(&in);
    write_row(csv);
    g_string_truncate(csv->line, 0);
  }
  return (ssize_t)size;
}

static const char *const *columns_of(AsvReportSubject subject) {
  switch (subject) {
    case ASV_REPORT_CACHE:
      return cache_columns;
    case ASV_REPORT_ORIGINS:
      return origin_columns;
    case ASV_REPORT_CONNECTIONS:
      return connection_columns;
    case ASV_REPORT_FINDINGS:
      return finding_columns;
    default:
      return event_columns;
  }
}

void asv_report_csv(FILE *out, const AsvTimeline *timeline, const AsvReportOptions *options) {
  Csv csv = {.out = out, .columns = columns_of(options->subject), .line = g_string_new(NULL)};
  for (const char *const *column = csv.columns; *column; column++)
    fprintf(out, "%s%s", column == csv.columns ? "" : ",", *column);
  fputc('\n', out);
  FILE *lines = fopencookie(&csv, "w", (cookie_io_functions_t){.write = take});
  g_assert(lines);
  asv_report_ndjson(lines, timeline, options);
  fclose(lines);
  g_string_free(csv.line, TRUE);
}
