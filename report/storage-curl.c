/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * curl's altsvc file: a line per entry, nine fields with a space between:
 * protocol, host and port of the origin, protocol, host and port of the
 * alternative, "YYYYMMDD HH:MM:SS" (UTC) in quotes, persist, priority. Lines
 * that begin with # are comments. h1 is what ALPN calls http/1.1.
 */
#include "altsvc/origin.h"
#include "report/timestamp.h"
#include "storage-formats.h"

/* The protocols by which curl names them, in its file. */
static const char *const protocols[] = {"h1", "h2", "h3"};

static gboolean is_protocol(AsvSpan word) {
  for (gsize i = 0; i < G_N_ELEMENTS(protocols); i++)
    if (asv_span_is(word, protocols[i])) return TRUE;
  return FALSE;
}

/* The next line without its end and the blanks around it. */
static AsvSpan next_line(AsvSpan *octets) {
  AsvSpan line = asv_storage_cut(octets, '\n');
  if (line.size && line.data[line.size - 1] == '\r') line.size--;
  return asv_span_trim(line);
}

static gboolean is_comment(AsvSpan line) {
  return !line.size || line.data[0] == '#';
}

gboolean asv_storage_is_curl(AsvSpan octets) {
  if (memchr(octets.data, 0, octets.size)) return FALSE;
  while (octets.size) {
    AsvSpan line = next_line(&octets);
    if (is_comment(line)) continue;
    return is_protocol(asv_storage_cut(&line, ' '));
  }
  return TRUE;
}

static gboolean are_digits(AsvSpan text) {
  for (gsize i = 0; i < text.size; i++)
    if (!g_ascii_isdigit(text.data[i])) return FALSE;
  return text.size > 0;
}

/* "20261120 11:25:46". A year that 64 bits of nanoseconds cannot hold is the last moment. */
static gboolean read_date(AsvSpan text, gint64 *time) {
  char written[] = "YYYY-MM-DDTHH:MM:SSZ";
  if (text.size != strlen("20261120 11:25:46") || !are_digits(asv_span_sub(text, 0, 8)) ||
      text.data[8] != ' ')
    return FALSE;
  memcpy(written, text.data, 4);
  memcpy(written + 5, text.data + 4, 2);
  memcpy(written + 8, text.data + 6, 2);
  memcpy(written + 11, text.data + 9, 8);
  if (asv_timestamp_parse(asv_span_text(written), time)) return TRUE;
  if (memcmp(written, "2262", 4) < 0) return FALSE;
  memcpy(written, "2000", 4);
  gboolean is_date = asv_timestamp_parse(asv_span_text(written), time);
  *time = G_MAXINT64;
  return is_date;
}

/* What is wrong with it, or NULL. */
static const char *read_line(AsvSpan line, AsvStoredParts *parts, char learned_over[3]) {
  guint64 persist = 0, priority = 0;
  AsvSpan learned = asv_storage_cut(&line, ' ');
  if (!is_protocol(learned)) return "does not begin with h1, h2 or h3";
  memcpy(learned_over, learned.data, 2);
  parts->rest.learned_over = learned_over;
  parts->host = asv_storage_cut(&line, ' ');
  if (!asv_span_decimal(asv_storage_cut(&line, ' '), &parts->port))
    return "the origin's port is no number";
  parts->protocol_id = asv_storage_cut(&line, ' ');
  if (asv_span_is(parts->protocol_id, "h1")) parts->protocol_id = asv_span_text("http/1.1");
  parts->other_host = asv_storage_cut(&line, ' ');
  if (!parts->host.size || !parts->other_host.size) return "a host is empty";
  if (!asv_span_decimal(asv_storage_cut(&line, ' '), &parts->other_port))
    return "the alternative's port is no number";
  if (asv_storage_cut(&line, '"').size) return "the date is not in quotes";
  if (!read_date(asv_storage_cut(&line, '"'), &parts->rest.expires))
    return "the date is not YYYYMMDD HH:MM:SS";
  line = asv_span_trim(line);
  if (!asv_span_decimal(asv_storage_cut(&line, ' '), &persist) ||
      !asv_span_decimal(line, &priority))
    return "does not end in two numbers";
  parts->rest.has_persist = TRUE;
  parts->rest.persist = persist != 0;
  return NULL;
}

gboolean asv_storage_read_curl(const AsvStorageReading *reading, AsvSpan octets) {
  for (guint number = 1; octets.size; number++) {
    AsvSpan line = next_line(&octets);
    if (is_comment(line)) continue;
    char place[32], learned_over[3] = "";
    AsvStoredParts parts = {0};
    g_snprintf(place, sizeof place, "line %u", number);
    const char *why = read_line(line, &parts, learned_over);
    if (why) return asv_storage_fault(reading, place, why);
    if (!asv_storage_add(reading, place, &parts)) return FALSE;
  }
  return TRUE;
}

/* ---- writing ---- */

static const char *protocol_of(const AsvStored *entry) {
  if (g_str_equal(entry->protocol_id, "http/1.1")) return "h1";
  return is_protocol(asv_span_text(entry->protocol_id)) ? entry->protocol_id : NULL;
}

void asv_storage_write_curl(FILE *out, const GPtrArray *entries) {
  fputs("# Alternatives as curl --alt-svc reads them. https://curl.se/docs/alt-svc.html\n", out);
  for (guint i = 0; i < entries->len; i++) {
    const AsvStored *entry = g_ptr_array_index(entries, i);
    const char *protocol = protocol_of(entry);
    AsvOrigin origin;
    char time[ASV_TIMESTAMP_SIZE];
    if (!protocol || asv_origin_parse(asv_span_text(entry->origin), &origin) ||
        origin.scheme != ASV_SCHEME_HTTPS || asv_host_problem(asv_span_text(entry->host)))
      continue;
    asv_timestamp_write(entry->expires, time);
    fprintf(out, "%s %.*s %u %s %s %u \"%.4s%.2s%.2s %.8s\" %d 0\n",
            entry->learned_over ? entry->learned_over : "h2", (int)origin.host.size,
            (const char *)origin.host.data, origin.port, protocol, entry->host, entry->port, time,
            time + 5, time + 8, time + 11, entry->persist ? 1 : 0);
  }
}
