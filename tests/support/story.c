/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds timelines without the code that derives them from observations. */
#include "story.h"

static gpointer keep(AsvStory *story, gpointer memory) {
  g_ptr_array_add(story->owned, memory);
  return memory;
}

static GPtrArray *list(AsvStory *story) {
  GPtrArray *made = g_ptr_array_new();
  g_ptr_array_add(story->lists, made);
  return made;
}

static GArray *array(AsvStory *story, guint size) {
  GArray *made = g_array_new(FALSE, FALSE, size);
  g_ptr_array_add(story->arrays, made);
  return made;
}

AsvStory *asv_story_new(void) {
  AsvStory *story = g_new0(AsvStory, 1);
  story->owned = g_ptr_array_new_with_free_func(g_free);
  story->lists = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
  story->arrays = g_ptr_array_new_with_free_func((GDestroyNotify)g_array_unref);
  AsvTimeline *timeline = &story->timeline;
  timeline->first = ASV_STORY_START;
  timeline->last = timeline->at = ASV_STORY_START + 3316 * ASV_STORY_MS;
  timeline->captures = list(story);
  timeline->clients = list(story);
  timeline->connections = list(story);
  timeline->findings = list(story);
  timeline->coverage.unreadable = list(story);
  AsvCaptureReport *capture = keep(story, g_new0(AsvCaptureReport, 1));
  capture->file = asv_story_text(story, "captures/x.pcapng");
  capture->format = asv_story_text(story, "pcapng");
  capture->packets = 100;
  capture->bytes = 12345;
  capture->first = timeline->first;
  capture->last = timeline->last;
  capture->complete = TRUE;
  g_ptr_array_add(timeline->captures, capture);
  return story;
}

void asv_story_free(AsvStory *story) {
  g_ptr_array_unref(story->lists);
  g_ptr_array_unref(story->arrays);
  g_ptr_array_unref(story->owned);
  g_free(story);
}

char *asv_story_octets(AsvStory *story, const char *octets, gsize size) {
  return keep(story, asv_span_dup(asv_span(octets, size)));
}

char *asv_story_text(AsvStory *story, const char *text) {
  return asv_story_octets(story, text, strlen(text));
}

GArray *asv_story_ids(AsvStory *story, const guint *ids) {
  GArray *made = array(story, sizeof(guint));
  for (; *ids; ids++) g_array_append_val(made, *ids);
  return made;
}

AsvClientReport *asv_story_client(AsvStory *story, const char *client, const char *user_agent) {
  AsvClientReport *made = keep(story, g_new0(AsvClientReport, 1));
  made->client = asv_story_text(story, client);
  made->user_agents = list(story);
  made->model = "rfc7838";
  made->model_reason = "every client so far";
  made->origins = list(story);
  made->unplaced = list(story);
  if (user_agent) g_ptr_array_add(made->user_agents, asv_story_text(story, user_agent));
  g_ptr_array_add(story->timeline.clients, made);
  return made;
}

AsvOriginReport *asv_story_origin(AsvStory *story, AsvClientReport *client, const char *origin,
                                  AsvOutcome verdict) {
  AsvOriginReport *made = keep(story, g_new0(AsvOriginReport, 1));
  made->origin = asv_story_text(story, origin);
  made->verdict = verdict;
  made->events = list(story);
  made->cache = list(story);
  g_ptr_array_add(client->origins, made);
  return made;
}

AsvEvent *asv_story_event(AsvStory *story, GPtrArray *events, AsvEventKind kind, gint64 ms,
                          guint64 packet) {
  AsvEvent *made = keep(story, g_new0(AsvEvent, 1));
  made->kind = kind;
  made->time = made->last_time = ASV_STORY_START + ms * ASV_STORY_MS;
  made->packet = made->last_packet = packet;
  made->count = 1;
  if (packet) made->file = "captures/x.pcapng";
  g_ptr_array_add(events, made);
  return made;
}

void asv_story_on(AsvStory *story, AsvEvent *event, const char *label) {
  event->connection = asv_story_text(story, label);
  event->id = 0x1000 + g_str_hash(label);
}

AsvAlternativeSeen asv_story_alternative(AsvStory *story, const char *protocol_id, const char *host,
                                         guint64 port, guint64 ma) {
  return (AsvAlternativeSeen){.protocol_id = asv_story_text(story, protocol_id),
                              .alpn = asv_story_text(story, protocol_id),
                              .alpn_size = strlen(protocol_id),
                              .host = asv_story_text(story, host ? host : "a.test"),
                              .own_host = host == NULL,
                              .has_port = TRUE,
                              .port = port,
                              .ma = ma,
                              .usable = TRUE};
}

void asv_story_h3(AsvStory *story, AsvEvent *event, guint64 ma) {
  AsvAlternativeSeen h3 = asv_story_alternative(story, "h3", NULL, 443, ma);
  event->alternative = keep(story, g_memdup2(&h3, sizeof h3));
  event->expires = event->time + (gint64)ma * 1000 * ASV_STORY_MS;
}

void asv_story_message(AsvStory *story, AsvEvent *event, const char *path, const char *value) {
  event->has_via = TRUE;
  event->via = ASV_VIA_HTTP2_HEADER;
  event->has_stream = TRUE;
  event->stream = 3;
  event->status = 200;
  event->method = asv_story_text(story, "GET");
  event->path = asv_story_text(story, path);
  event->value = asv_story_text(story, value);
  event->value_size = strlen(value);
}

AsvCacheRow *asv_story_row(AsvStory *story, AsvOriginReport *origin, AsvAlternativeSeen alternative,
                           gint64 learned_ms) {
  AsvCacheRow *made = keep(story, g_new0(AsvCacheRow, 1));
  made->alternative = alternative;
  made->rank = origin->cache->len + 1;
  made->learned = ASV_STORY_START + learned_ms * ASV_STORY_MS;
  made->packet = 18;
  made->via = ASV_VIA_HTTP2_HEADER;
  made->expires = made->learned + (gint64)alternative.ma * 1000 * ASV_STORY_MS;
  g_ptr_array_add(origin->cache, made);
  return made;
}

AsvFinding *asv_story_finding(AsvStory *story, AsvSeverity severity, const char *code,
                              const char *message, guint64 packet) {
  AsvFinding *made = keep(story, g_new0(AsvFinding, 1));
  made->id = story->timeline.findings->len + 1;
  made->code = code;
  made->severity = severity;
  made->count = 1;
  made->time = ASV_STORY_START + 1367 * ASV_STORY_MS;
  made->message = asv_story_text(story, message);
  made->packets = array(story, sizeof(guint64));
  if (packet) g_array_append_val(made->packets, packet);
  g_ptr_array_add(story->timeline.findings, made);
  return made;
}

AsvConnectionReport *asv_story_connection(AsvStory *story, const char *label) {
  AsvConnectionReport *made = keep(story, g_new0(AsvConnectionReport, 1));
  made->label = asv_story_text(story, label);
  made->client = asv_story_text(story, "10.77.0.11");
  made->server = asv_story_text(story, "10.77.0.1:443");
  made->sni = asv_story_text(story, "a.test");
  made->alpn = asv_story_text(story, "h2");
  made->id = 0x1000 + g_str_hash(label);
  made->opened = ASV_STORY_START;
  made->origins = list(story);
  g_ptr_array_add(story->timeline.connections, made);
  story->timeline.coverage.connections++;
  return made;
}

AsvUnreadableReport *asv_story_unreadable(AsvStory *story, const char *label,
                                          AsvUnreadableReason reason) {
  AsvUnreadableReport *made = keep(story, g_new0(AsvUnreadableReport, 1));
  made->connection = asv_story_text(story, label);
  made->client = asv_story_text(story, "10.77.0.11");
  made->server = asv_story_text(story, "10.77.0.1:443");
  made->id = 0x1000 + g_str_hash(label);
  made->reason = reason;
  made->packet = 4;
  made->bytes = 1500;
  g_ptr_array_add(story->timeline.coverage.unreadable, made);
  return made;
}

/* ---- stories ---- */

static AsvEvent *context(AsvStory *story, AsvOriginReport *origin, gint64 ms, guint64 packet,
                         const char *words) {
  AsvEvent *event = asv_story_event(story, origin->events, ASV_EVENT_CONTEXT, ms, packet);
  asv_story_on(story, event, "tcp:1");
  event->context = asv_story_text(story, words);
  return event;
}

static void learn_and_use(AsvStory *story, AsvOriginReport *origin) {
  AsvEvent *learned = asv_story_event(story, origin->events, ASV_EVENT_LEARNED, 72, 18);
  asv_story_on(story, learned, "tcp:0");
  asv_story_h3(story, learned, 600);
  asv_story_message(story, learned, "/x", "h3=\":443\"; ma=600");

  AsvEvent *tried = asv_story_event(story, origin->events, ASV_EVENT_TRIED, 101, 21);
  asv_story_on(story, tried, "quic:0");
  asv_story_h3(story, tried, 600);
  tried->evidence = "sni-port-alpn";
  tried->learned_time = learned->time;

  AsvEvent *used = asv_story_event(story, origin->events, ASV_EVENT_USED, 329, 44);
  asv_story_on(story, used, "quic:0");
  asv_story_h3(story, used, 600);
  used->evidence = "alt-used";
  used->requests = used->named = 2;
  used->alt_used = asv_story_text(story, "a.test");
  used->sni = "a.test";
  used->answer_packet = 46;
  used->method = asv_story_text(story, "GET");
  used->path = asv_story_text(story, "/favicon.ico");
  used->status = 404;
}

static void give_up(AsvStory *story, AsvOriginReport *origin) {
  AsvEvent *removed = asv_story_event(story, origin->events, ASV_EVENT_REMOVED, 1367, 56);
  asv_story_on(story, removed, "quic:0");
  asv_story_h3(story, removed, 600);
  removed->expires = ASV_STORY_START + 600072 * ASV_STORY_MS;
  removed->ended_by = ASV_ENDED_MISDIRECTED;
  removed->status = 421;
  removed->method = asv_story_text(story, "GET");
  removed->path = asv_story_text(story, "/m");
  removed->findings = asv_story_ids(story, (const guint[]){2, 0});
  AsvEvent *retry = context(story, origin, 1368, 60, "over HTTP/2");
  retry->method = asv_story_text(story, "GET");
  retry->path = asv_story_text(story, "/m");
  retry->status = 421;
  context(story, origin, 2419, 83, "new connection, HTTP/2, session resumed");
}

/* A request over the alternative that its `used` event tells of. */
static void ask_again(AsvStory *story, AsvOriginReport *origin, AsvEvent *used) {
  AsvEvent *line = context(story, origin, 1367, 56, "");
  asv_story_on(story, line, "quic:0");
  line->method = asv_story_text(story, "GET");
  line->path = asv_story_text(story, "/m");
  line->status = 421;
  line->of_use = TRUE;
  used->next = line;
}

AsvStory *asv_story_misdirected(void) {
  AsvStory *story = asv_story_new();
  AsvClientReport *client =
      asv_story_client(story, "10.77.0.11", "Mozilla/5.0 (X11) Gecko/20100101 Firefox/153.0");
  AsvOriginReport *origin = asv_story_origin(story, client, "https://a.test", ASV_OUTCOME_SWITCHED);
  origin->because = asv_story_ids(story, (const guint[]){2, 0});
  origin->requests = 5;
  origin->advertisements = 1;
  learn_and_use(story, origin);
  give_up(story, origin);
  ask_again(story, origin, g_ptr_array_index(origin->events, 2));

  AsvFinding *after = asv_story_finding(
      story, ASV_SEVERITY_ERROR, "used-after-421",
      "a.test was asked again over the alternative that it had withdrawn by 421.", 72);
  after->spec = "RFC 7838, 6";
  AsvFinding *finding = asv_story_finding(
      story, ASV_SEVERITY_WARNING, "misdirected",
      "The alternative that a.test advertises (h3 at a.test:443) answered 421 to 1 of 2 requests "
      "for a.test.",
      56);
  finding->connection = "quic:0";
  finding->client = "10.77.0.11";
  finding->origin = "https://a.test";
  finding->advice = asv_story_text(story,
                                   "compare what the HTTP/3 and the HTTP/2 listener serve for "
                                   "a.test, or stop advertising the alternative.");
  finding->filter = asv_story_text(story, "quic.connection.number == 0");
  finding->spec = "RFC 7838, 6";

  const char *labels[] = {"tcp:0", "quic:0", "tcp:1", "tcp:2"};
  for (gsize i = 0; i < G_N_ELEMENTS(labels); i++) asv_story_connection(story, labels[i]);
  AsvConnectionReport *quic = g_ptr_array_index(story->timeline.connections, 1);
  quic->alpn = asv_story_text(story, "h3");
  quic->requests = 2;
  quic->opened += 101 * ASV_STORY_MS;
  quic->closed = ASV_STORY_START + 1367 * ASV_STORY_MS;
  g_ptr_array_add(quic->origins, origin->origin);
  AsvCoverage *coverage = &story->timeline.coverage;
  coverage->decrypted = 4;
  coverage->requests = coverage->responses = 5;
  coverage->advertisements = 1;
  return story;
}

static void endings(AsvStory *story, AsvOriginReport *origin) {
  static const struct {
    AsvEventKind kind;
    AsvEndedBy by;
    guint64 packet;
  } each[] = {{ASV_EVENT_REPLACED, ASV_ENDED_REPLACEMENT, 20},
              {ASV_EVENT_EXPIRED, ASV_ENDED_EXPIRY, 0},
              {ASV_EVENT_FORGOTTEN, ASV_ENDED_NETWORK_CHANGE, 30},
              {ASV_EVENT_CLEARED, ASV_ENDED_CLEAR, 40}};
  for (gsize i = 0; i < G_N_ELEMENTS(each); i++) {
    gint64 ms = 200 + 100 * (gint64)i;
    AsvEvent *learned = asv_story_event(story, origin->events, ASV_EVENT_LEARNED, ms, 19);
    asv_story_h3(story, learned, 60);
    asv_story_message(story, learned, "/x", "h3=\":443\"; ma=60; persist=1");
    learned->alternative->persist = TRUE;
    AsvEvent *ended = asv_story_event(story, origin->events, each[i].kind, ms + 50, each[i].packet);
    ended->ended_by = each[i].by;
    ended->learned_time = learned->time;
    if (each[i].kind == ASV_EVENT_CLEARED) {
      ended->has_entries = TRUE;
      ended->entries = 2;
      asv_story_message(story, ended, "/c", "clear");
    } else {
      asv_story_h3(story, ended, 60);
      ended->expires = learned->expires;
    }
  }
}

static void ignored(AsvStory *story, AsvClientReport *client, AsvOriginReport *origin) {
  AsvEvent *bad = asv_story_event(story, origin->events, ASV_EVENT_IGNORED, 700, 50);
  asv_story_on(story, bad, "tcp:3");
  asv_story_message(story, bad, "/bad", "h3=:443");
  bad->reason = "value-invalid";
  AsvEvent *frame = asv_story_event(story, client->unplaced, ASV_EVENT_IGNORED, 800, 51);
  asv_story_on(story, frame, "tcp:3");
  frame->has_via = TRUE;
  frame->via = ASV_VIA_ALTSVC_FRAME;
  frame->has_stream = TRUE;
  frame->value = asv_story_text(story, "h3=\":443\"");
  frame->value_size = strlen(frame->value);
  frame->origin_written = asv_story_text(story, "null");
  frame->reason = "frame-origin-invalid";
}

AsvStory *asv_story_many(void) {
  AsvStory *story = asv_story_new();
  AsvClientReport *first = asv_story_client(story, "10.77.0.11", "curl/8.14.1");
  AsvOriginReport *ended = asv_story_origin(story, first, "https://a.test", ASV_OUTCOME_NOT_USED);
  endings(story, ended);
  AsvOriginReport *refused =
      asv_story_origin(story, first, "https://b.test", ASV_OUTCOME_NOT_ACCEPTED);
  ignored(story, first, refused);

  AsvClientReport *second = asv_story_client(story, "10.77.0.12", NULL);
  AsvOriginReport *ready = asv_story_origin(story, second, "https://a.test", ASV_OUTCOME_READY);
  AsvEvent *learned = asv_story_event(story, ready->events, ASV_EVENT_LEARNED, 900, 60);
  asv_story_on(story, learned, "tcp:4");
  asv_story_h3(story, learned, 86400);
  asv_story_message(story, learned, "/", "h3=\":443\"");
  AsvEvent *refreshed = asv_story_event(story, ready->events, ASV_EVENT_REFRESHED, 950, 61);
  asv_story_on(story, refreshed, "tcp:4");
  asv_story_h3(story, refreshed, 86400);
  asv_story_message(story, refreshed, "/", "h3=\":443\"");
  refreshed->count = 12;
  refreshed->last_time += 200 * ASV_STORY_MS;
  refreshed->last_packet = 80;
  asv_story_row(story, ready, asv_story_alternative(story, "h3", NULL, 443, 86400), 1150);
  AsvAlternativeSeen odd = asv_story_alternative(story, "h2c", "alt.test", 8080, 5000);
  odd.usable = FALSE;
  odd.why = "cleartext for https";
  odd.persist = TRUE;
  asv_story_row(story, ready, odd, 1150);

  AsvClientReport *third = asv_story_client(story, "2001:db8::1", NULL);
  asv_story_origin(story, third, "https://c.test", ASV_OUTCOME_NOT_ADVERTISED);
  asv_story_origin(story, third, "https://d.test", ASV_OUTCOME_UNKNOWN);
  asv_story_unreadable(story, "tcp:7", ASV_UNREADABLE_NO_SECRETS);
  asv_story_connection(story, "tcp:7");
  story->timeline.coverage.advertisements = 20;
  return story;
}
