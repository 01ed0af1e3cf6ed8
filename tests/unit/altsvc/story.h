/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of the timeline as stories: one observation a line, and what the
 * timeline made of them as text. The packet number is the line's number.
 *
 *   TIME CONN VERB ARGUMENTS        TIME in seconds; CONN t0 t1 (tcp), q0 (quic), u0 (udp)
 *
 *   any verb: [packet=N] [client=A] [server=A:P] [id=WORD]   the identity, else CONN
 *
 *   open [mac=M]
 *
 *   tls [sni=N] [alpn=P] [offers=P,P] [names=N,N] [issuer=N] [resumed] [sealed] [early] [ech]
 *                                                            early: before any answer
 *
 *   get STREAM ORIGIN PATH [method=M] [used=A] [agent=U] [protocol=P] [proxy=F]
 *                                                            STREAM `-`: HTTP/1
 *
 *   answer STREAM ORIGIN STATUS [alt] [fields=N,N]           ORIGIN `-`: none
 *
 *   keep-alive STREAM ORIGIN [why=WORD]                      of a response
 *
 *   header STREAM ORIGIN STATUS [age=N] [trailer] [problem=WORD] [upper|connection-field] [first]
 *          : VALUE         lines with | between; upper: a name in upper case; first: before Alt-Svc
 *
 *   frame STREAM ORIGIN [origin=TEXT] [problem=WORD] [client] [long] [flags] : VALUE
 *
 *   lost REASON [client]                                     from the client
 *
 *   fail REASON [certificate] : DETAIL
 *
 *   close [REASON] [server]
 *
 *   address NAME TTL ADDRESS,ADDRESS                         a DNS answer
 *
 *   https NAME PRIORITY [target=N] [alpn=P,P] [port=N] [hints=A,A]
 */
#ifndef TESTS_UNIT_ALTSVC_STORY_H
#define TESTS_UNIT_ALTSVC_STORY_H

#include <stdlib.h>
#include <string.h>

#include "altsvc/finding.h"
#include "altsvc/timeline.h"

#define STORY_SECOND G_GINT64_CONSTANT(1000000000)

typedef struct {
  char **words;
  AsvSpan value;
  AsvConnectionRef ref;
  AsvObservation seen;
  AsvSpan names[8], others[8];
  char label[32];
} StoryLine;

static const char *story_key(const StoryLine *line, const char *key) {
  gsize size = strlen(key);
  for (char **word = line->words; *word; word++)
    if (strncmp(*word, key, size) == 0 && (*word)[size] == '=') return *word + size + 1;
  return NULL;
}

static gboolean story_has(const StoryLine *line, const char *word) {
  return g_strv_contains((const char *const *)line->words, word);
}

static AsvSpan story_span(const char *text) {
  return text ? asv_span_text(text) : asv_span(NULL, 0);
}

static gint64 story_time(const char *text) {
  return (gint64)(g_ascii_strtod(text, NULL) * 1e6 + 0.5) * 1000;
}

static void story_stream(const char *text, gboolean *has, guint64 *stream) {
  *has = *text != '-';
  *stream = *has ? g_ascii_strtoull(text, NULL, 10) : 0;
}

static AsvSpan story_origin(const char *text) {
  return strcmp(text, "-") == 0 ? asv_span(NULL, 0) : asv_span_text(text);
}

/* The parts of a list with commas; none of NULL. */
static AsvSpans story_list(const char *text, AsvSpan items[8]) {
  char **parts = g_strsplit(text ? text : "", ",", 8);
  gsize count = 0;
  for (; parts[count]; count++) items[count] = asv_span_text(g_intern_string(parts[count]));
  g_strfreev(parts);
  return (AsvSpans){.items = items, .count = count};
}

static void story_tls(StoryLine *line) {
  AsvHandshakeSeen *about = &line->seen.handshake;
  *about =
      (AsvHandshakeSeen){.sni = story_span(story_key(line, "sni")),
                         .alpn = story_span(story_key(line, "alpn")),
                         .alpn_offered = story_list(story_key(line, "offers"), line->others),
                         .tls_version = story_has(line, "early") ? NULL : "1.3",
                         .certificate_issuer = story_span(story_key(line, "issuer")),
                         .ech = story_has(line, "ech") ? ASV_ECH_ACCEPTED : ASV_ECH_NONE,
                         .certificate_names = story_list(story_key(line, "names"), line->names),
                         .resumed = story_has(line, "resumed"),
                         .secrets = !story_has(line, "sealed")};
}

static void story_get(StoryLine *line) {
  AsvRequestSeen *about = &line->seen.request;
  *about = (AsvRequestSeen){
      .origin = story_origin(line->words[4]),
      .method = story_span(story_key(line, "method") ? story_key(line, "method") : "GET"),
      .path = asv_span_text(line->words[5]),
      .protocol = story_span(story_key(line, "protocol")),
      .alt_used = story_span(story_key(line, "used")),
      .user_agent = story_span(story_key(line, "agent")),
      .proxy_field = story_span(story_key(line, "proxy"))};
  story_stream(line->words[3], &about->has_stream, &about->stream);
}

static void story_answer(StoryLine *line) {
  AsvResponseSeen *about = &line->seen.response;
  *about =
      (AsvResponseSeen){.origin = story_origin(line->words[4]),
                        .status = (guint)atol(line->words[5]),
                        .alt_svc = story_has(line, "alt"),
                        .connection_fields = story_list(story_key(line, "fields"), line->names)};
  story_stream(line->words[3], &about->has_stream, &about->stream);
}

/* Several lines as the analyzer joins them. */
static void story_lines(StoryLine *line) {
  AsvAdvertisementSeen *about = &line->seen.advertisement;
  g_autofree char *text = asv_span_dup(line->value);
  char **parts = g_strsplit(text, " | ", 8);
  gsize count = g_strv_length(parts);
  if (count > 1) {
    g_autofree char *joined = g_strjoinv(", ", parts);
    about->value = asv_span_text(g_intern_string(joined));
    for (gsize i = 0; i < count; i++) line->names[i] = asv_span_text(g_intern_string(parts[i]));
    about->values = (AsvSpans){.items = line->names, .count = count};
  }
  g_strfreev(parts);
}

static void story_header(StoryLine *line) {
  AsvAdvertisementSeen *about = &line->seen.advertisement;
  *about = (AsvAdvertisementSeen){
      .origin = story_origin(line->words[4]),
      .status = (guint)atol(line->words[5]),
      .age = story_span(story_key(line, "age")),
      .trailer = story_has(line, "trailer"),
      .malformed = story_has(line, "upper")              ? ASV_MALFORMED_UPPER_CASE_NAME
                   : story_has(line, "connection-field") ? ASV_MALFORMED_CONNECTION_FIELD
                                                         : ASV_MALFORMED_NOT,
      .malformed_first = story_has(line, "first"),
      .origin_problem = story_key(line, "problem"),
      .from = ASV_FROM_SERVER,
      .value = line->value};
  story_stream(line->words[3], &about->has_stream, &about->stream);
  about->via = line->words[1][0] == 'q' ? ASV_VIA_HTTP3_HEADER
               : about->has_stream      ? ASV_VIA_HTTP2_HEADER
                                        : ASV_VIA_HTTP1_HEADER;
  story_lines(line);
}

static void story_frame(StoryLine *line) {
  AsvAdvertisementSeen *about = &line->seen.advertisement;
  *about =
      (AsvAdvertisementSeen){.via = ASV_VIA_ALTSVC_FRAME,
                             .origin = story_origin(line->words[4]),
                             .origin_problem = story_key(line, "problem"),
                             .frame_origin = story_span(story_key(line, "origin")),
                             .from = story_has(line, "client") ? ASV_FROM_CLIENT : ASV_FROM_SERVER,
                             .frame_too_long = story_has(line, "long"),
                             .frame_flags = story_has(line, "flags") ? 0xff : 0,
                             .value = line->value};
  story_stream(line->words[3], &about->has_stream, &about->stream);
}

static void story_keep_alive(StoryLine *line) {
  AsvKeepAliveSeen *about = &line->seen.keep_alive;
  *about = (AsvKeepAliveSeen){.origin = story_origin(line->words[4]),
                              .from = ASV_FROM_SERVER,
                              .why = story_key(line, "why"),
                              .effective = !story_key(line, "why")};
  story_stream(line->words[3], &about->has_stream, &about->stream);
}

static void story_close(StoryLine *line) {
  line->seen.close =
      (AsvCloseSeen){.by = story_has(line, "server") ? ASV_FROM_SERVER : ASV_FROM_CLIENT,
                     .reason = story_has(line, "capture-ends") ? ASV_CLOSE_CAPTURE_ENDS
                               : story_has(line, "reset")      ? ASV_CLOSE_RESET
                               : story_has(line, "quic-close") ? ASV_CLOSE_QUIC
                                                               : ASV_CLOSE_FIN};
}

static void story_fail(StoryLine *line) {
  AsvFailureReason reason = 0;
  while (strcmp(asv_failure_reason_name(reason), line->words[3]) != 0) reason++;
  line->seen.failure = (AsvFailureSeen){.reason = reason,
                                        .detail = (const char *)line->value.data,
                                        .certificate_rejected = story_has(line, "certificate")};
}

static void story_lost(StoryLine *line) {
  AsvUnreadableReason reason = 0;
  while (strcmp(asv_unreadable_reason_name(reason), line->words[3]) != 0) reason++;
  line->seen.unreadable =
      (AsvUnreadableSeen){.reason = reason,
                          .from = story_has(line, "client") ? ASV_FROM_CLIENT : ASV_FROM_NOBODY,
                          .bytes = 100};
}

static void story_address(StoryLine *line) {
  line->seen.address_record =
      (AsvAddressRecordSeen){.name = asv_span_text(line->words[3]),
                             .ttl = g_ascii_strtoull(line->words[4], NULL, 10),
                             .addresses = story_list(line->words[5], line->names)};
}

static void story_https(StoryLine *line) {
  const char *port = story_key(line, "port");
  line->seen.https_record =
      (AsvHttpsRecordSeen){.name = asv_span_text(line->words[3]),
                           .ttl = 60,
                           .priority = g_ascii_strtoull(line->words[4], NULL, 10),
                           .target = story_span(story_key(line, "target")),
                           .alpn = story_list(story_key(line, "alpn"), line->names),
                           .has_port = port != NULL,
                           .port = port ? g_ascii_strtoull(port, NULL, 10) : 0,
                           .hints = story_list(story_key(line, "hints"), line->others)};
}

static void story_tell(AsvTimeline *timeline, StoryLine *line) {
  static const struct {
    const char *verb;
    AsvObservationKind kind;
    void (*fill)(StoryLine *line);
  } verbs[] = {{"tls", ASV_OBSERVATION_HANDSHAKE, story_tls},
               {"get", ASV_OBSERVATION_REQUEST, story_get},
               {"answer", ASV_OBSERVATION_RESPONSE, story_answer},
               {"header", ASV_OBSERVATION_ADVERTISEMENT, story_header},
               {"frame", ASV_OBSERVATION_ADVERTISEMENT, story_frame},
               {"keep-alive", ASV_OBSERVATION_KEEP_ALIVE, story_keep_alive},
               {"lost", ASV_OBSERVATION_UNREADABLE, story_lost},
               {"fail", ASV_OBSERVATION_FAILURE, story_fail},
               {"close", ASV_OBSERVATION_CLOSE, story_close},
               {"address", ASV_OBSERVATION_ADDRESS_RECORD, story_address},
               {"https", ASV_OBSERVATION_HTTPS_RECORD, story_https}};
  const char *label = line->words[1], *verb = line->words[2];
  gboolean quic = label[0] == 'q';
  g_snprintf(line->label, sizeof line->label, "%s:%s",
             quic            ? "quic"
             : *label == 'u' ? "udp"
                             : "tcp",
             label + 1);
  line->ref =
      (AsvConnectionRef){.label = line->label,
                         .id = g_str_hash(story_key(line, "id") ? story_key(line, "id") : label)};
  const char *client = story_key(line, "client"), *server = story_key(line, "server");
  line->ref.client = client ? client : "10.0.0.1";
  line->ref.server = server ? server : "192.0.2.1:443";
  line->seen.connection = &line->ref;
  line->seen.kind = ASV_OBSERVATION_CONNECTION;
  if (strcmp(verb, "open") == 0)
    line->seen.opened = (AsvConnectionSeen){.transport = quic ? "quic" : "tcp",
                                            .client_mac = story_key(line, "mac")};
  for (gsize i = 0; i < G_N_ELEMENTS(verbs); i++) {
    if (strcmp(verb, verbs[i].verb) != 0) continue;
    line->seen.kind = verbs[i].kind;
    verbs[i].fill(line);
  }
  asv_timeline_observe(timeline, &line->seen);
}

/* Tells a story; the timeline is not finished yet. */
static void story_run(AsvTimeline *timeline, const char *story) {
  char **lines = g_strsplit(story, "\n", -1);
  guint64 number = 0;
  for (char **text = lines; *text; text++) {
    if (!**text) continue;
    StoryLine line = {.value = asv_span(NULL, 0)};
    char *value = strstr(*text, " : ");
    if (value) {
      *value = 0;
      line.value = asv_span_text(value + 3);
    }
    line.words = g_strsplit(*text, " ", -1);
    line.seen.time = story_time(line.words[0]);
    line.seen.file = "story";
    line.seen.packet = ++number;
    if (story_key(&line, "packet"))
      line.seen.packet = g_ascii_strtoull(story_key(&line, "packet"), NULL, 10);
    story_tell(timeline, &line);
    g_strfreev(line.words);
  }
  g_strfreev(lines);
}

static void story_print_seconds(GString *out, const char *before, gint64 time) {
  if (time % STORY_SECOND)
    g_string_append_printf(out, "%s%.10g", before, (double)time / (double)STORY_SECOND);
  else
    g_string_append_printf(out, "%s%" G_GINT64_FORMAT, before, time / STORY_SECOND);
}

static void story_print_alternative(GString *out, const AsvAlternativeSeen *to) {
  g_string_append_printf(out, " %s=%s:", to->protocol_id, to->host);
  if (to->has_port) g_string_append_printf(out, "%" G_GUINT64_FORMAT, to->port);
  if (to->persist) g_string_append(out, " persist");
  if (!to->usable) g_string_append_printf(out, " (%s)", to->why);
}

static void story_print_event(GString *out, const AsvEvent *event) {
  story_print_seconds(out, "  ", event->time);
  if (event->packet) g_string_append_printf(out, " #%" G_GUINT64_FORMAT, event->packet);
  g_string_append_printf(out, " %s", asv_event_kind_name(event->kind));
  if (event->alternative) story_print_alternative(out, event->alternative);
  if (event->kind == ASV_EVENT_LEARNED || event->kind == ASV_EVENT_REFRESHED ||
      event->kind == ASV_EVENT_RESTORED || event->kind == ASV_EVENT_BROKEN)
    story_print_seconds(out, " until ", event->expires);
  if (event->has_entries) g_string_append_printf(out, " %u", event->entries);
  if (event->count > 1) {
    g_string_append_printf(out, " x%u", event->count);
    story_print_seconds(out, " last ", event->last_time);
    g_string_append_printf(out, " #%" G_GUINT64_FORMAT, event->last_packet);
  }
  if (event->reason) g_string_append_printf(out, " %s", event->reason);
  if (event->detail) g_string_append_printf(out, " (%s)", event->detail);
  if (event->rfc) g_string_append_printf(out, " ~ %s", event->rfc);
  if (event->evidence) g_string_append_printf(out, " by %s", event->evidence);
  if (event->ambiguous) g_string_append(out, " ambiguous");
  if (event->requests) g_string_append_printf(out, " requests %" G_GUINT64_FORMAT, event->requests);
  if (event->kind == ASV_EVENT_CONTEXT) {
    if (event->method)
      g_string_append_printf(out, " %s %s %u", event->method, event->path, event->status);
    if (*event->context) g_string_append_printf(out, " %s", event->context);
    if (event->of_use) g_string_append(out, " of use");
  }
  g_string_append_c(out, '\n');
}

static void story_print_row(GString *out, const AsvCacheRow *row) {
  g_string_append_printf(out, "  %u.", row->rank);
  story_print_alternative(out, &row->alternative);
  story_print_seconds(out, " until ", row->expires);
  if (row->learned_over) g_string_append_printf(out, " over %s", row->learned_over);
  if (row->broken_until) story_print_seconds(out, " broken until ", row->broken_until);
  if (row->expired) g_string_append(out, " expired");
  if (row->tried) g_string_append(out, " tried");
  if (row->requests) g_string_append_printf(out, " requests %" G_GUINT64_FORMAT, row->requests);
  g_string_append_c(out, '\n');
}

/* What a verdict rests on, and the request that an alternative was used for first. */
static void story_print_because(GString *out, const AsvTimeline *timeline,
                                const AsvOriginReport *origin) {
  for (guint i = 0; origin->because && i < origin->because->len; i++) {
    const AsvFinding *finding =
        timeline->findings->pdata[g_array_index(origin->because, guint, i) - 1];
    g_string_append_printf(out, "  because %s\n", finding->code);
  }
}

static void story_print_first(GString *out, const AsvEvent *event) {
  if (event->kind != ASV_EVENT_USED) return;
  g_string_append_printf(out, "    first %s %s %u #%" G_GUINT64_FORMAT, event->method, event->path,
                         event->status, event->answer_packet);
  if (event->named)
    g_string_append_printf(out, ", Alt-Used: %s x%" G_GUINT64_FORMAT, event->alt_used,
                           event->named);
  g_string_append_c(out, '\n');
}

/* What is told of clients: `client`, `origin verdict`, events, cache rows, then `code xCOUNT`. */
static char *story_print(const AsvTimeline *timeline, gboolean context) {
  GString *out = g_string_new(NULL);
  for (guint i = 0; i < timeline->clients->len; i++) {
    const AsvClientReport *client = timeline->clients->pdata[i];
    if (timeline->clients->len > 1) g_string_append_printf(out, "%s\n", client->client);
    for (guint j = 0; j < client->origins->len; j++) {
      const AsvOriginReport *origin = client->origins->pdata[j];
      g_string_append_printf(out, "%s %s\n", origin->origin, asv_outcome_name(origin->verdict));
      if (context) story_print_because(out, timeline, origin);
      for (guint k = 0; k < origin->events->len; k++) {
        const AsvEvent *event = origin->events->pdata[k];
        if (context || event->kind != ASV_EVENT_CONTEXT) story_print_event(out, event);
        if (context) story_print_first(out, event);
      }
      for (guint k = 0; k < origin->cache->len; k++) story_print_row(out, origin->cache->pdata[k]);
    }
    if (client->unplaced->len) g_string_append(out, "unplaced\n");
    for (guint j = 0; j < client->unplaced->len; j++)
      story_print_event(out, client->unplaced->pdata[j]);
  }
  for (guint i = 0; i < timeline->findings->len; i++) {
    const AsvFinding *finding = timeline->findings->pdata[i];
    if (g_str_has_prefix(finding->code, "advertised-sometimes")) continue;
    g_string_append_printf(out, "%s", finding->code);
    if (finding->count > 1) g_string_append_printf(out, " x%" G_GUINT64_FORMAT, finding->count);
    g_string_append_c(out, '\n');
  }
  return g_string_free(out, FALSE);
}

/* Tells a story to a timeline of its own and returns what that says. */
static char *story_told(const char *story, const AsvTimelineOptions *options, gboolean context) {
  AsvTimeline *timeline = asv_timeline_new(options);
  story_run(timeline, story);
  asv_timeline_finish(timeline);
  char *told = story_print(timeline, context);
  asv_timeline_free(timeline);
  return told;
}

typedef struct {
  const char *name, *story, *expected;
} Story;

static void story_compare(const Story *story, const AsvTimelineOptions *options, gboolean context) {
  g_autofree char *told = story_told(story->story, options, context);
  if (g_strcmp0(told, story->expected) != 0)
    g_printerr("---- told by %s\n%s---- expected\n%s----\n", story->name, told, story->expected);
  g_assert_cmpstr(told, ==, story->expected);
}

/* A GTestDataFunc for a Story: default options, no context lines. */
static inline void story_check(gconstpointer story) {
  AsvTimelineOptions options = {0};
  story_compare(story, &options, FALSE);
}

#endif
