/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline of an origin: a row per event with time, packet and connection,
 * under it the message that made it happen. A bar in front of what stands under
 * an event says that the cache then holds an entry.
 */
#include "altsvc/limits.h"
#include "text.h"

#define INDENT 4
#define LABEL_MAX 12 /* of a connection; ours are shorter, an observation file may say anything */
#define MILLISECOND G_GINT64_CONSTANT(1000000)
#define PATH_COLUMNS 28 /* of a path without -v: with its method it stays on a line */

/* A table that is being written. */
typedef struct {
  AsvText *text;
  guint packet_end, connection_at, bar_at, words_at; /* columns; the time's is INDENT */
  guint alive;                                       /* entries the cache holds */
  gboolean full;                                     /* some requests may not be told */
} EventTable;

static char *packet_words(const AsvText *text, const AsvEvent *event) {
  guint file = asv_text_file_number(text, event->file);
  if (!event->packet) return g_strdup("");
  if (file) return g_strdup_printf("%u#%" G_GUINT64_FORMAT, file, event->packet);
  return g_strdup_printf("#%" G_GUINT64_FORMAT, event->packet);
}

static const char *event_word(const AsvEvent *event) {
  return event->kind == ASV_EVENT_CONTEXT ? "." : asv_event_kind_name(event->kind);
}

/* Columns as wide as their widest cell; connection labels are short by nature but bounded here. */
static EventTable table_measure(AsvText *text, const GPtrArray *events) {
  guint time = 5, packet = 6, connection = 6, word = 7, lines = 0;
  for (guint i = 0; i < events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(events, i);
    g_autofree char *when = asv_words_time(text, event->time);
    g_autofree char *where = packet_words(text, event);
    time = MAX(time, (guint)strlen(when));
    packet = MAX(packet, (guint)strlen(where));
    if (event->connection) connection = MAX(connection, (guint)strlen(event->connection));
    word = MAX(word, (guint)strlen(event_word(event)));
    lines += event->kind == ASV_EVENT_CONTEXT;
  }
  EventTable table = {.text = text, .full = lines >= ASV_ORIGIN_CONTEXT_MAX};
  table.packet_end = INDENT + time + 2 + packet;
  table.connection_at = table.packet_end + 2;
  table.bar_at = table.connection_at + MIN(connection, LABEL_MAX) + 2;
  table.words_at = table.bar_at + word + 2;
  return table;
}

static void put_heading(const EventTable *table) {
  AsvPage *page = &table->text->page;
  asv_page_pad(page, INDENT);
  asv_page_put(page, "TIME");
  asv_page_pad(page, table->packet_end - 6);
  asv_page_put(page, "PACKET");
  asv_page_pad(page, table->connection_at);
  asv_page_put(page, "CONN");
  asv_page_newline(page);
}

static void put_cells(const EventTable *table, const AsvEvent *event) {
  AsvPage *page = &table->text->page;
  g_autofree char *when = asv_words_time(table->text, event->time);
  g_autofree char *where = packet_words(table->text, event);
  asv_page_pad(page, INDENT);
  asv_page_put(page, when);
  asv_page_pad(page, table->packet_end - (guint)strlen(where));
  asv_page_put(page, where);
  asv_page_pad(page, table->connection_at);
  asv_page_put_octets(page, asv_span_sub(asv_span_text(event->connection), 0, LABEL_MAX));
  asv_page_pad(page, table->bar_at);
  if (event->kind == ASV_EVENT_CONTEXT)
    asv_page_put(page, ".");
  else
    asv_page_paint(page, ASV_PAINT_EVENT, event_word(event));
  asv_page_pad(page, table->words_at);
}

/* Where the message behind an event stands: behind the bar, or under the words when there is none.
 */
static guint message_column(const EventTable *table) {
  return table->alive ? table->bar_at + 3 : table->words_at;
}

/* Blanks up to column, with the bar when an entry is alive. */
static char *hang_new(const EventTable *table, guint column) {
  char *hang = g_strnfill(column, ' ');
  if (table->alive) hang[table->bar_at] = '|';
  return hang;
}

static void put_under(const EventTable *table, guint column, const char *words) {
  AsvPage *page = &table->text->page;
  g_autofree char *hang = hang_new(table, column);
  asv_page_put(page, hang);
  asv_page_wrap(page, hang, words);
  asv_page_newline(page);
}

/* How long before its time an entry ended, or how long after learning it something happened. */
static void append_interval(GString *words, gint64 from, gint64 to, const char *what) {
  if (!from || !to || to <= from) return;
  g_autofree char *duration = asv_words_duration(asv_words_between(from, to));
  g_string_append_printf(words, ", %s %s", duration, what);
}

static void append_until(const AsvText *text, GString *words, gint64 expires) {
  if (!expires) return;
  g_autofree char *until = asv_words_until(text, expires);
  g_string_append_printf(words, ", until %s", until);
}

static void append_learned(const AsvText *text, GString *words, const AsvEvent *event) {
  if (event->alternative) {
    g_autofree char *life = asv_words_life(event->alternative->ma);
    g_string_append_printf(words, " for %s", life);
    if (event->alternative->has_age && event->alternative->age)
      g_string_append_printf(words, " less Age %" G_GUINT64_FORMAT " s", event->alternative->age);
  }
  if (event->count < 2) append_until(text, words, event->expires);
  if (event->alternative && event->alternative->persist)
    g_string_append(words, ", kept over network changes");
  if (event->alternative && !event->alternative->usable)
    g_string_append_printf(words, "; not usable: %s",
                           event->alternative->why ? event->alternative->why : "no reason known");
  if (event->count < 2) return;
  g_autofree char *last = asv_words_time(text, event->last_time);
  g_string_append_printf(words, "; said %u times up to %s (#%" G_GUINT64_FORMAT ")", event->count,
                         last, event->last_packet);
  gint64 later = asv_words_between(event->time, event->last_time);
  if (later >= 0 && event->expires <= G_MAXINT64 - later)
    append_until(text, words, event->expires + later);
}

/* "2 requests, both with Alt-Used: a.test"; else what else shows where the connection went. */
static void append_used(GString *words, const AsvEvent *event) {
  const AsvAlternativeSeen *to = event->alternative;
  if (event->requests) {
    g_autofree char *requests = asv_words_count(event->requests, "request");
    g_string_append_printf(words, ", %s", requests);
  }
  if (event->named) {
    if (event->named < event->requests)
      g_string_append_printf(words, ", %" G_GUINT64_FORMAT " of them", event->named);
    else if (event->requests > 1)
      g_string_append(words, event->requests == 2 ? ", both" : ", all");
    g_string_append_printf(words, "%s with Alt-Used: %s", event->requests == 1 ? "," : "",
                           event->alt_used);
  } else if (event->sni && to) {
    g_string_append_printf(words, " (SNI %s, port %" G_GUINT64_FORMAT ", ALPN %s)", event->sni,
                           to->port, to->protocol_id);
  }
}

/* ": no-answer, Initial repeated 4 times, 4 s after it began"; learned_time is the try's. */
static void append_failed(GString *words, const AsvEvent *event) {
  g_string_append_printf(words, ": %s",
                         event->detail ? event->detail : asv_words_reason(event->reason));
  /* That one shows when the connection is over, not when it failed. */
  if (event->reason && g_str_equal(event->reason, "alternative-certificate-mismatch"))
    g_string_append(words, "; no request came");
  else
    append_interval(words, event->learned_time, event->time, "after the try began");
}

static void append_ending(GString *words, const AsvEvent *event) {
  static const char *const causes[] = {
      [ASV_ENDED_NOT] = NULL,
      [ASV_ENDED_REPLACEMENT] = ", no longer named",
      [ASV_ENDED_CLEAR] = NULL,
      [ASV_ENDED_EXPIRY] = NULL,
      [ASV_ENDED_MISDIRECTED] = ", misdirected",
      [ASV_ENDED_NETWORK_CHANGE] = ", the network changed",
      [ASV_ENDED_EVICTION] = ", dropped",
  };
  if (event->ended_by < G_N_ELEMENTS(causes) && causes[event->ended_by])
    g_string_append(words, causes[event->ended_by]);
  if (event->kind == ASV_EVENT_EXPIRED && event->rfc)
    g_string_append(words, ", early: this client cuts the life of one that failed");
  else if (event->kind == ASV_EVENT_EXPIRED)
    append_interval(words, event->learned_time, event->time, "after learning it");
  else
    append_interval(words, event->time, event->expires, "early");
}

/* " /index.html", shortened to what a line holds: a query that does not fit goes first. */
static void append_path(const AsvText *text, GString *words, const char *path) {
  if (!path || text->options->no_paths) return;
  gsize size = strlen(path), query = strcspn(path, "?");
  gboolean cut = text->options->verbosity < 1 && size > PATH_COLUMNS;
  gsize room = query < size && query < PATH_COLUMNS - 1 ? query + 1 : PATH_COLUMNS - 1;
  g_string_append_c(words, ' ');
  g_string_append_len(words, path, cut ? (gssize)room : (gssize)size);
  if (cut) g_string_append(words, "…");
}

/* ", 3 times up to #57": a line that stands for several requests alike. */
static void append_times(GString *words, const AsvEvent *event) {
  if (event->count < 2) return;
  g_string_append_printf(words, ", %u times up to #%" G_GUINT64_FORMAT, event->count,
                         event->last_packet);
}

static void append_context(const AsvText *text, GString *words, const AsvEvent *event) {
  if (event->method) {
    g_string_append(words, event->method);
    append_path(text, words, event->path);
    if (event->status) g_string_append_printf(words, "  %u", event->status);
    append_times(words, event);
    if (event->context && *event->context) g_string_append(words, ", ");
  }
  if (event->context) g_string_append(words, event->context);
}

/* " = 10.77.0.2, 57 ms after learning it; SNI b.test, as it must be; the server's handshake
 * complete after 2 ms (#219)". */
static void append_tried(GString *words, const AsvEvent *event) {
  if (event->server) {
    const char *colon = strrchr(event->server, ':');
    g_string_append_printf(words, " = %.*s",
                           (int)(colon ? colon - event->server : (gssize)strlen(event->server)),
                           event->server);
  }
  append_interval(words, event->learned_time, event->time, "after learning it");
  if (event->sni) g_string_append_printf(words, "; SNI %s, as it must be", event->sni);
  if (!event->answered_time) return;
  gint64 took = asv_words_between(event->time, event->answered_time);
  g_autofree char *time = asv_words_duration(MAX(took, MILLISECOND));
  g_string_append_printf(words, "; server's handshake complete %s %s (#%" G_GUINT64_FORMAT ")",
                         took < MILLISECOND ? "within" : "after", time, event->answered_packet);
}

/* What stands behind the event's word. */
static char *event_words(const AsvText *text, const AsvEvent *event) {
  GString *words = g_string_new(NULL);
  if (event->alternative) {
    g_autofree char *alternative = asv_words_alternative(event->alternative);
    g_string_append(words, alternative);
  }
  switch (event->kind) {
    case ASV_EVENT_LEARNED:
    case ASV_EVENT_REFRESHED:
      append_learned(text, words, event);
      break;
    case ASV_EVENT_CLEARED:
      g_string_append_printf(words, event->entries == 1 ? "%u entry" : "%u entries",
                             event->entries);
      break;
    case ASV_EVENT_RESTORED:
      g_string_append(words, " from before the capture");
      append_until(text, words, event->expires);
      break;
    case ASV_EVENT_IGNORED:
      g_string_append_printf(words, "%s%s", words->len ? ": " : "",
                             asv_words_is_clear_unread(event)
                                 ? "this client does not know a bare `clear`"
                                 : asv_words_reason(event->reason));
      break;
    case ASV_EVENT_VALIDATED:
      g_string_append(words, ", confirmed by this connection");
      break;
    case ASV_EVENT_BROKEN:
      g_string_append(words, ", which failed: not used");
      append_until(text, words, event->expires);
      break;
    case ASV_EVENT_UNBROKEN:
      g_string_append(words, ", no longer held to be broken");
      break;
    case ASV_EVENT_TRIED:
      append_tried(words, event);
      break;
    case ASV_EVENT_USED:
      append_used(words, event);
      break;
    case ASV_EVENT_FAILED:
      append_failed(words, event);
      break;
    case ASV_EVENT_CONTEXT:
      append_context(text, words, event);
      break;
    default:
      append_ending(words, event);
  }
  if (event->ambiguous) g_string_append(words, "; another entry fits as well");
  return g_string_free(words, FALSE);
}

static const char *via_version(AsvVia via) {
  static const char *const versions[] = {[ASV_VIA_HTTP1_HEADER] = "HTTP/1.1",
                                         [ASV_VIA_HTTP2_HEADER] = "HTTP/2",
                                         [ASV_VIA_HTTP3_HEADER] = "HTTP/3",
                                         [ASV_VIA_ALTSVC_FRAME] = "HTTP/2"};
  return versions[via];
}

static void append_request(const AsvText *text, GString *words, const AsvEvent *event) {
  if (!event->method) {
    g_string_append(words, " to a request that was not captured");
    return;
  }
  g_string_append_printf(words, " to %s", event->method);
  append_path(text, words, event->path);
}

/* The message behind the event: "by the header of the 200 to GET /x  (HTTP/2)". */
static char *message_words(const AsvText *text, const AsvEvent *event) {
  GString *words = g_string_new(NULL);
  if (event->has_via && event->via == ASV_VIA_ALTSVC_FRAME) {
    g_string_append_printf(words, "by an ALTSVC frame on stream %" G_GUINT64_FORMAT, event->stream);
    if (event->origin_written) g_string_append_printf(words, ", origin %s", event->origin_written);
  } else if (event->status) {
    g_string_append_printf(words, "by the %s%u", event->has_via ? "header of the " : "",
                           event->status);
    append_request(text, words, event);
    if (event->has_via) g_string_append_printf(words, "  (%s)", via_version(event->via));
  } else if (event->has_via) {
    g_string_append_printf(words, "by a header  (%s)", via_version(event->via));
  }
  return g_string_free(words, FALSE);
}

/* The value whole and unbroken, so that it can be copied; at the left when it is wide. */
static void put_value(const EventTable *table, const AsvEvent *event) {
  AsvText *text = table->text;
  gboolean frame = event->has_via && event->via == ASV_VIA_ALTSVC_FRAME;
  const char *name = frame ? "" : "Alt-Svc: ";
  AsvSpan value = asv_span(event->value, event->value_size);
  gboolean cut = text->options->verbosity < 1 && value.size > ASV_TEXT_VALUE_MAX;
  if (cut) value.size = ASV_TEXT_VALUE_MAX;
  g_autofree char *hang = hang_new(table, message_column(table));
  asv_page_put(&text->page, hang);
  g_autoptr(GString) escaped = g_string_new(NULL);
  guint columns = asv_page_escape(escaped, value);
  if (text->page.column + strlen(name) + columns > text->page.width) {
    asv_page_put(&text->page, frame ? "value:" : "Alt-Svc:");
    asv_page_newline(&text->page);
    asv_page_pad(&text->page, INDENT);
  } else {
    asv_page_put(&text->page, name);
  }
  asv_page_put_octets(&text->page, value);
  if (cut) asv_page_put(&text->page, "…");
  asv_page_newline(&text->page);
  if (!cut) return;
  g_autofree char *rest =
      g_strdup_printf("%" G_GSIZE_FORMAT " octets in all; -v shows them", event->value_size);
  put_under(table, message_column(table), rest);
}

static void put_message(const EventTable *table, const AsvEvent *event) {
  g_autofree char *words = message_words(table->text, event);
  if (*words) put_under(table, message_column(table), words);
  gboolean frame = event->has_via && event->via == ASV_VIA_ALTSVC_FRAME;
  if (event->value && (event->value_size || !frame)) put_value(table, event);
}

/* "GET /x  404  (#46)", the status in a column of its own. */
static void put_request(const EventTable *table, const AsvEvent *event, guint64 answer,
                        guint width) {
  const AsvText *text = table->text;
  g_autoptr(GString) words = g_string_new(event->method);
  append_path(text, words, event->path);
  glong columns = g_utf8_strlen(words->str, -1);
  if (event->status) {
    for (glong i = columns; i < (glong)width; i++) g_string_append_c(words, ' ');
    g_string_append_printf(words, "  %u", event->status);
  }
  if (answer) g_string_append_printf(words, "  (#%" G_GUINT64_FORMAT ")", answer);
  if (event->kind == ASV_EVENT_CONTEXT) {
    append_times(words, event);
    if (event->context && *event->context) g_string_append_printf(words, ", %s", event->context);
  }
  put_under(table, table->words_at, words->str);
}

/* The requests over an alternative, the first one in the event itself. */
static void put_requests(const EventTable *table, const AsvEvent *event) {
  gboolean all = table->text->options->verbosity > 0;
  guint width = 0, shown = 0;
  for (const AsvEvent *at = event; at; at = at->next) {
    if (!at->method) continue;
    g_autoptr(GString) words = g_string_new(at->method);
    append_path(table->text, words, at->path);
    width = MAX(width, (guint)g_utf8_strlen(words->str, -1));
  }
  guint64 told = 0;
  const AsvEvent *at = event;
  for (; at && (all || shown < ASV_TEXT_CONTEXT_RUN); at = at->next) {
    if (at->method) put_request(table, at, at == event ? at->answer_packet : at->packet, width);
    told += at->count;
    shown++;
  }
  if (event->requests <= told + event->later) return;
  g_autofree char *more =
      g_strdup_printf("and %" G_GUINT64_FORMAT " more%s", event->requests - told - event->later,
                      at || table->full ? "" : ", not answered");
  put_under(table, table->words_at, more);
}

static void count_entries(EventTable *table, const AsvEvent *event) {
  switch (event->kind) {
    case ASV_EVENT_LEARNED:
    case ASV_EVENT_RESTORED:
      table->alive++;
      break;
    case ASV_EVENT_CLEARED:
      table->alive -= MIN(table->alive, event->entries);
      break;
    case ASV_EVENT_REPLACED:
    case ASV_EVENT_EXPIRED:
    case ASV_EVENT_REMOVED:
    case ASV_EVENT_FORGOTTEN:
    case ASV_EVENT_EVICTED:
      if (table->alive) table->alive--;
      break;
    default:
      break;
  }
}

static gboolean same_message(const AsvEvent *a, const AsvEvent *b) {
  return b && a->packet && a->packet == b->packet && a->id == b->id && a->stream == b->stream &&
         a->has_via && b->has_via && a->value_size == b->value_size &&
         asv_span_equal(asv_span(a->value, a->value_size), asv_span(b->value, b->value_size));
}

/* What the RFC asks for where the client does something else. */
static void put_rfc(const EventTable *table, const AsvEvent *event) {
  if (!event->rfc) return;
  g_autofree char *words = g_strdup_printf("~ RFC 7838: %s", event->rfc);
  put_under(table, table->words_at, words);
}

static void put_event(EventTable *table, const AsvEvent *event, const AsvEvent *next) {
  AsvPage *page = &table->text->page;
  count_entries(table, event);
  g_autofree char *words = event_words(table->text, event);
  g_autofree char *hang = hang_new(table, table->words_at);
  put_cells(table, event);
  asv_page_wrap(page, hang, words);
  asv_page_newline(page);
  put_rfc(table, event);
  if (event->kind == ASV_EVENT_USED)
    put_requests(table, event);
  else if (event->kind != ASV_EVENT_CONTEXT && !same_message(event, next))
    put_message(table, event);
}

/* How many context lines from i on are one run. */
static guint context_run(const GPtrArray *events, guint i) {
  guint run = 0;
  for (; i + run < events->len; run++) {
    const AsvEvent *event = g_ptr_array_index(events, i + run);
    if (event->kind != ASV_EVENT_CONTEXT || event->of_use) break;
  }
  return run;
}

void asv_text_events(AsvText *text, const GPtrArray *events) {
  EventTable table = table_measure(text, events);
  guint shown = 0; /* context lines of the run that is being written */
  put_heading(&table);
  for (guint i = 0; i < events->len; i++) {
    const AsvEvent *event = g_ptr_array_index(events, i);
    if (event->of_use) continue;
    shown = event->kind == ASV_EVENT_CONTEXT ? shown + 1 : 0;
    gboolean enough = text->options->verbosity < 1 && shown > ASV_TEXT_CONTEXT_RUN;
    guint left = enough ? context_run(events, i) : 0;
    if (left > 1) {
      g_autofree char *more = g_strdup_printf(".  %u more of these; -v shows them", left);
      put_under(&(EventTable){.text = text}, table.bar_at, more);
      i += left - 1;
      continue;
    }
    put_event(&table, event, i + 1 < events->len ? g_ptr_array_index(events, i + 1) : NULL);
  }
}

void asv_text_event_line(AsvText *text, const AsvEvent *event) {
  g_autofree char *when = asv_words_time(text, event->time);
  g_autofree char *where = packet_words(text, event);
  g_autofree char *words = event_words(text, event);
  g_autofree char *line =
      g_strdup_printf("%s %s%s%s %s  %s", when, where, *where ? " " : "",
                      event->connection ? event->connection : "", event_word(event), words);
  asv_page_prose(&text->page, 2, line);
}
