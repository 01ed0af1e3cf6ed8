/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was read and what was not: the head of a report, its COVERAGE, and why
 * there is nothing to tell. Nothing found is never said without its reason.
 */
#include "altsvc/limits.h"
#include "text.h"

#define LABEL_COLUMNS 24

static const char *reason_words(AsvUnreadableReason reason) {
  static const char *const words[ASV_UNREADABLES] = {
      [ASV_UNREADABLE_NO_SECRETS] = "no TLS secrets for it",
      [ASV_UNREADABLE_ECH_NO_SECRETS] = "no TLS secrets for it (Encrypted Client Hello)",
      [ASV_UNREADABLE_HANDSHAKE_NOT_CAPTURED] = "handshake not captured",
      [ASV_UNREADABLE_UNKNOWN_SUITE] = "cipher suite not known",
      [ASV_UNREADABLE_BYTES_LOST] = "bytes lost",
      [ASV_UNREADABLE_ONE_DIRECTION] = "one direction only",
      [ASV_UNREADABLE_HPACK_LOST] = "HPACK state lost",
      [ASV_UNREADABLE_QPACK_LOST] = "QPACK state lost",
      [ASV_UNREADABLE_DECRYPT_FAILED] = "decryption failed",
      [ASV_UNREADABLE_NOT_HTTP] = "not HTTP",
  };
  return words[reason];
}

guint asv_text_file_number(const AsvText *text, const char *file) {
  const GPtrArray *captures = text->timeline->captures;
  for (guint i = 0; file && captures->len > 1 && i < captures->len; i++) {
    const AsvCaptureReport *capture = g_ptr_array_index(captures, i);
    if (capture->file && g_str_equal(capture->file, file)) return i + 1;
  }
  return 0;
}

/* label, then words under each other behind it; a wide label has a line of its own. */
static void put_labelled(AsvText *text, const char *label, const char *words) {
  g_autofree char *hang = g_strnfill(LABEL_COLUMNS, ' ');
  asv_page_wrap(&text->page, hang, label);
  if (text->page.column + 2 > LABEL_COLUMNS) asv_page_newline(&text->page);
  asv_page_pad(&text->page, LABEL_COLUMNS);
  asv_page_wrap(&text->page, hang, words);
  asv_page_newline(&text->page);
}

static void put_capture(AsvText *text, const AsvCaptureReport *capture, guint number) {
  g_autofree char *base = capture->file ? g_path_get_basename(capture->file) : g_strdup("-");
  g_autofree char *label = number ? g_strdup_printf("%u#  %s", number, base) : g_strdup(base);
  g_autofree char *packets = asv_words_count(capture->packets, "packet");
  g_autoptr(GString) words = g_string_new(packets);
  if (capture->packets) {
    gint64 length = asv_words_between(capture->first, capture->last);
    gint64 milliseconds = length / 1000000 + (length % 1000000 >= 500000);
    g_autofree char *start = asv_words_start(text, capture->first);
    g_string_append_printf(words, ", %" G_GINT64_FORMAT ".%03d s, from %s", milliseconds / 1000,
                           (int)(MAX(milliseconds, 0) % 1000), start);
  }
  if (capture->has_dropped && capture->dropped)
    g_string_append_printf(words, "; %" G_GUINT64_FORMAT " dropped while capturing",
                           capture->dropped);
  if (!capture->complete) g_string_append(words, "; damaged or cut short");
  put_labelled(text, label, words->str);
}

static void append_transport(GString *words, const GPtrArray *connections, const char *name) {
  guint64 count = 0;
  for (guint i = 0; i < connections->len; i++) {
    const AsvConnectionReport *connection = g_ptr_array_index(connections, i);
    if (!connection->label || !g_str_has_prefix(connection->label, name)) continue;
    count += connection->label[strlen(name)] == ':';
  }
  if (count)
    g_string_append_printf(words, "%s%s %" G_GUINT64_FORMAT, words->len ? ", " : "", name, count);
}

/* "2 no TLS secrets for it, 1 bytes lost": each reason with its number of connections. */
static void append_missing(GString *words, const GPtrArray *unreadable) {
  guint counts[ASV_UNREADABLES] = {0};
  for (guint i = 0; i < unreadable->len; i++) {
    const AsvUnreadableReport *row = g_ptr_array_index(unreadable, i);
    counts[row->reason]++;
  }
  for (guint reason = 0; reason < ASV_UNREADABLES; reason++)
    if (counts[reason])
      g_string_append_printf(words, "; %u with %s", counts[reason],
                             reason_words((AsvUnreadableReason)reason));
}

static gboolean is_complete(const AsvTimeline *timeline) {
  for (guint i = 0; i < timeline->captures->len; i++) {
    const AsvCaptureReport *capture = g_ptr_array_index(timeline->captures, i);
    if (!capture->complete) return FALSE;
  }
  return timeline->coverage.unreadable->len == 0;
}

static void put_read(AsvText *text) {
  const AsvTimeline *timeline = text->timeline;
  const AsvCoverage *coverage = &timeline->coverage;
  g_autoptr(GString) transports = g_string_new(NULL);
  append_transport(transports, timeline->connections, "tcp");
  append_transport(transports, timeline->connections, "quic");
  append_transport(transports, timeline->connections, "udp");
  append_transport(transports, timeline->connections, "pdu");
  g_autofree char *connections = asv_words_count(coverage->connections, "connection");
  g_autoptr(GString) words = g_string_new(NULL);
  if (coverage->decrypted)
    g_string_append_printf(words, "%" G_GUINT64_FORMAT " of %s decrypted", coverage->decrypted,
                           connections);
  else
    g_string_append(words, coverage->connections ? connections : "no connections");
  if (transports->len) g_string_append_printf(words, " (%s)", transports->str);
  append_missing(words, coverage->unreadable);
  put_labelled(text, is_complete(timeline) ? "Read in full" : "Read in part", words->str);
}

static gboolean has_models(const AsvTimeline *timeline) {
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    if (!g_str_equal(client->model, "rfc7838")) return TRUE;
  }
  return FALSE;
}

static void put_rules(AsvText *text) {
  static const char *const clocks[] = {[ASV_TIME_RELATIVE] = "seconds since the first packet",
                                       [ASV_TIME_LOCAL] = "local",
                                       [ASV_TIME_UTC] = "UTC",
                                       [ASV_TIME_EPOCH] = "seconds since 1970"};
  const char *model = text->options->model;
  g_autoptr(GString) words = g_string_new("RFC 7838");
  if (g_str_equal(model, "auto") && has_models(text->timeline))
    g_string_assign(words, "each client's own, by its User-Agent; ~ says what RFC 7838 asks for");
  else if (!g_str_equal(model, "auto") && !g_str_equal(model, "rfc7838"))
    g_string_printf(words, "those of %s; ~ says what RFC 7838 asks for", model);
  if (words->len > 8 || text->timeline->absent) {
    if (!text->timeline->absent) put_labelled(text, "Rules", words->str);
    put_labelled(text, "Times", clocks[text->options->time_style]);
    return;
  }
  g_string_append_printf(words, "          Times: %s", clocks[text->options->time_style]);
  put_labelled(text, "Rules", words->str);
}

void asv_text_header(AsvText *text) {
  const GPtrArray *captures = text->timeline->captures;
  for (guint i = 0; i < captures->len; i++)
    put_capture(text, g_ptr_array_index(captures, i), captures->len > 1 ? i + 1 : 0);
  put_read(text);
  put_rules(text);
}

static void put_unreadable(AsvText *text, const AsvUnreadableReport *row) {
  g_autoptr(GString) words = g_string_new(row->connection ? row->connection : "?");
  if (row->client && row->server)
    g_string_append_printf(words, "  %s to %s", row->client, row->server);
  if (row->sni) g_string_append_printf(words, " (%s)", row->sni);
  g_string_append_printf(words, ": %s", reason_words(row->reason));
  if (row->from != ASV_FROM_NOBODY)
    g_string_append_printf(words, ", from the %s", asv_from_name(row->from));
  if (row->packet) g_string_append_printf(words, ", from #%" G_GUINT64_FORMAT " on", row->packet);
  if (row->bytes) {
    g_autofree char *octets = asv_words_count(row->bytes, "octet");
    g_string_append_printf(words, ", %s unread", octets);
  }
  asv_page_prose(&text->page, 2, words->str);
}

static char *counts_words(const AsvCoverage *coverage) {
  g_autofree char *connections = asv_words_count(coverage->connections, "connection");
  g_autofree char *requests = asv_words_count(coverage->requests, "request");
  g_autofree char *responses = asv_words_count(coverage->responses, "response");
  g_autofree char *advertisements = asv_words_count(coverage->advertisements, "advertisement");
  return g_strdup_printf("%s, %s, %s, %s", connections, requests, responses, advertisements);
}

/* The connections that the timeline tells of: they went to an alternative. */
static void add_tried(const AsvTimeline *timeline, GHashTable *ids) {
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      for (guint k = 0; k < origin->events->len; k++) {
        AsvEvent *event = g_ptr_array_index(origin->events, k);
        if (event->kind == ASV_EVENT_TRIED) g_hash_table_add(ids, &event->id);
      }
    }
  }
}

/* Connections that were read and carried nothing: a client opens some in reserve. */
static void put_reserves(AsvText *text) {
  const AsvTimeline *timeline = text->timeline;
  g_autoptr(GHashTable) told = g_hash_table_new(g_int64_hash, g_int64_equal);
  for (guint i = 0; i < timeline->coverage.unreadable->len; i++) {
    AsvUnreadableReport *row = g_ptr_array_index(timeline->coverage.unreadable, i);
    g_hash_table_add(told, &row->id);
  }
  add_tried(timeline, told);
  g_autoptr(GString) words = g_string_new(NULL);
  guint count = 0;
  for (guint i = 0; i < timeline->connections->len; i++) {
    const AsvConnectionReport *row = g_ptr_array_index(timeline->connections, i);
    if (row->requests || !row->label || !row->tls_version || !row->alpn ||
        !g_str_has_prefix(row->label, "tcp:") || g_hash_table_contains(told, &row->id))
      continue;
    if (count++ < ASV_TEXT_LIST_MAX)
      g_string_append_printf(words, "%s%s", count > 1 ? ", " : "", row->label);
  }
  if (!count) return;
  if (count > ASV_TEXT_LIST_MAX)
    g_string_append_printf(words, " and %u more", count - ASV_TEXT_LIST_MAX);
  g_string_append(words, " carried no request: opened in reserve, or given up.");
  asv_page_prose(&text->page, 2, words->str);
}

/* Where alternatives are is known from DNS; without it, from what else fits. */
static void put_no_dns(AsvText *text) {
  const AsvTimeline *timeline = text->timeline;
  if (timeline->coverage.dns) return;
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = g_ptr_array_index(timeline->clients, i);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = g_ptr_array_index(client->origins, j);
      for (guint k = 0; k < origin->events->len; k++) {
        const AsvEvent *event = g_ptr_array_index(origin->events, k);
        if (event->kind != ASV_EVENT_TRIED) continue;
        asv_page_prose(&text->page, 2,
                       "No DNS in this capture: addresses of alternatives are inferred from SNI, "
                       "port and ALPN, and an HTTPS record cannot be ruled out as another reason "
                       "to go there.");
        return;
      }
    }
  }
}

static void put_damaged(AsvText *text) {
  for (guint i = 0; i < text->timeline->captures->len; i++) {
    const AsvCaptureReport *capture = g_ptr_array_index(text->timeline->captures, i);
    if (capture->complete) continue;
    g_autofree char *words =
        g_strdup_printf("%s is damaged or cut short behind packet %" G_GUINT64_FORMAT ".",
                        capture->file ? capture->file : "-", capture->packets);
    asv_page_prose(&text->page, 2, words);
  }
}

void asv_text_coverage(AsvText *text) {
  const AsvCoverage *coverage = &text->timeline->coverage;
  g_autofree char *counts = counts_words(coverage);
  asv_page_put(&text->page, "COVERAGE  ");
  asv_page_wrap(&text->page, "  ", counts);
  asv_page_wrap(&text->page, "  ",
                is_complete(text->timeline) ? "; nothing lost." : "; not all could be read:");
  asv_page_newline(&text->page);
  guint shown = coverage->unreadable->len;
  if (text->options->verbosity < 1) shown = MIN(shown, ASV_TEXT_UNREADABLE_SHOWN);
  for (guint i = 0; i < shown; i++)
    put_unreadable(text, g_ptr_array_index(coverage->unreadable, i));
  if (shown < coverage->unreadable->len) {
    g_autofree char *more =
        g_strdup_printf("and %u more; -v shows them", coverage->unreadable->len - shown);
    asv_page_prose(&text->page, 2, more);
  }
  if (text->options->subject == ASV_REPORT_TIMELINE) {
    put_reserves(text);
    put_no_dns(text);
  }
  if (coverage->not_kept) {
    g_autofree char *words =
        g_strdup_printf("%" G_GUINT64_FORMAT " facts were left out, because a limit was reached.",
                        coverage->not_kept);
    asv_page_prose(&text->page, 2, words);
  }
  put_damaged(text);
}

static gboolean lacks_secrets(const AsvCoverage *coverage) {
  for (guint i = 0; i < coverage->unreadable->len; i++) {
    const AsvUnreadableReport *row = g_ptr_array_index(coverage->unreadable, i);
    if (row->reason == ASV_UNREADABLE_NO_SECRETS || row->reason == ASV_UNREADABLE_ECH_NO_SECRETS)
      return TRUE;
  }
  return FALSE;
}

static guint64 packets_read(const AsvTimeline *timeline) {
  guint64 packets = 0;
  for (guint i = 0; i < timeline->captures->len; i++) {
    const AsvCaptureReport *capture = g_ptr_array_index(timeline->captures, i);
    packets += capture->packets;
  }
  return packets;
}

static const char *why_nothing(const AsvTimeline *timeline) {
  const AsvCoverage *coverage = &timeline->coverage;
  if (timeline->options.client || timeline->options.origin)
    return "Only the client or origin that was asked for is shown.";
  if (coverage->connections == 0 && packets_read(timeline) == 0)
    return "There are no packets to read.";
  if (coverage->connections == 0) return "There is no TCP or QUIC connection in these packets.";
  if (lacks_secrets(coverage))
    return "Encrypted connections could not be read: their TLS secrets are missing. A key log "
           "(-k FILE) or secrets inside the capture would open them.";
  if (coverage->unreadable->len) return "Some connections could not be read; COVERAGE says why.";
  if (coverage->responses == 0) return "No HTTP response was seen.";
  return "The responses that were seen carry none, and no ALTSVC frame came.";
}

void asv_text_nothing(AsvText *text) {
  g_autofree char *words = g_strdup_printf("No Alt-Svc was seen. %s", why_nothing(text->timeline));
  asv_page_prose(&text->page, 0, words);
}
