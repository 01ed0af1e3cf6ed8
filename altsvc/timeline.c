/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline as a whole: gives each observation to the file that knows what
 * it means, keeps the clock (which never steps back), and the strings.
 */
#include "timeline.h"

#include <string.h>

#include "timeline-state.h"

const char *asv_event_kind_name(AsvEventKind kind) {
  static const char *const names[ASV_EVENTS] = {
      [ASV_EVENT_LEARNED] = "learned",     [ASV_EVENT_REFRESHED] = "refreshed",
      [ASV_EVENT_REPLACED] = "replaced",   [ASV_EVENT_CLEARED] = "cleared",
      [ASV_EVENT_EXPIRED] = "expired",     [ASV_EVENT_REMOVED] = "removed",
      [ASV_EVENT_FORGOTTEN] = "forgotten", [ASV_EVENT_IGNORED] = "ignored",
      [ASV_EVENT_TRIED] = "tried",         [ASV_EVENT_USED] = "used",
      [ASV_EVENT_FAILED] = "failed",       [ASV_EVENT_RESTORED] = "restored",
      [ASV_EVENT_VALIDATED] = "validated", [ASV_EVENT_BROKEN] = "broken",
      [ASV_EVENT_UNBROKEN] = "unbroken",   [ASV_EVENT_EVICTED] = "evicted",
      [ASV_EVENT_CONTEXT] = "context"};
  return names[kind];
}

const char *asv_ended_by_name(AsvEndedBy by) {
  static const char *const names[] = {[ASV_ENDED_NOT] = NULL,
                                      [ASV_ENDED_REPLACEMENT] = "replacement",
                                      [ASV_ENDED_CLEAR] = "clear",
                                      [ASV_ENDED_EXPIRY] = "expiry",
                                      [ASV_ENDED_MISDIRECTED] = "misdirected",
                                      [ASV_ENDED_NETWORK_CHANGE] = "network-change",
                                      [ASV_ENDED_EVICTION] = "eviction"};
  return names[by];
}

const char *asv_severity_name(AsvSeverity severity) {
  static const char *const names[] = {[ASV_SEVERITY_NOTE] = "note",
                                      [ASV_SEVERITY_WARNING] = "warning",
                                      [ASV_SEVERITY_ERROR] = "error"};
  return names[severity];
}

const char *asv_outcome_name(AsvOutcome outcome) {
  static const char *const names[ASV_OUTCOMES] = {[ASV_OUTCOME_SWITCHED] = "switched",
                                                  [ASV_OUTCOME_FELL_BACK] = "fell-back",
                                                  [ASV_OUTCOME_UNREACHABLE] = "unreachable",
                                                  [ASV_OUTCOME_NOT_USED] = "not-used",
                                                  [ASV_OUTCOME_WAITING] = "waiting",
                                                  [ASV_OUTCOME_READY] = "ready",
                                                  [ASV_OUTCOME_NOT_ACCEPTED] = "not-accepted",
                                                  [ASV_OUTCOME_CLIENT_CANNOT] = "client-cannot",
                                                  [ASV_OUTCOME_PROXIED] = "proxied",
                                                  [ASV_OUTCOME_NOT_ADVERTISED] = "not-advertised",
                                                  [ASV_OUTCOME_UNKNOWN] = "unknown"};
  return names[outcome];
}

const char *asv_client_by_name(AsvClientBy by) {
  static const char *const names[] = {[ASV_CLIENT_BY_IP] = "ip",
                                      [ASV_CLIENT_BY_MAC] = "mac",
                                      [ASV_CLIENT_BY_IP_AND_AGENT] = "ip+agent",
                                      [ASV_CLIENT_BY_CAPTURE] = "capture"};
  return names[by];
}

/* ---- strings ---- */

/* NULL when the text is a new one and there is no room for it. Only new ones count. */
static char *intern(AsvTimelineState *state, AsvSpan text, gsize max, gboolean room) {
  gsize size = MIN(text.size, max);
  gboolean whole = !size || !memchr(text.data, 0, size);
  g_string_truncate(state->scratch, 0);
  if (size) g_string_append_len(state->scratch, (const char *)text.data, (gssize)size);
  char *known = whole ? g_hash_table_lookup(state->texts, state->scratch->str) : NULL;
  if (known || !room) return known;
  state->strings_size += size + 1;
  known = g_string_chunk_insert_len(state->strings, state->scratch->str, (gssize)size);
  if (whole) g_hash_table_add(state->texts, known);
  return known;
}

const char *asv_timeline_intern(AsvTimelineState *state, AsvSpan text, gsize max) {
  return text.data ? intern(state, text, max, TRUE) : NULL;
}

const char *asv_timeline_intern_text(AsvTimelineState *state, const char *text) {
  return asv_timeline_intern(state, asv_span_text(text), G_MAXSIZE);
}

const char *asv_timeline_file(AsvTimelineState *state, const AsvObservation *seen) {
  if (g_strcmp0(seen->file, state->file) != 0)
    state->file = asv_timeline_intern_text(state, seen->file);
  return state->file;
}

char *asv_timeline_keep(AsvTimelineState *state, AsvSpan text, gsize max) {
  char *kept = intern(state, text, max, state->strings_size < ASV_STRINGS_MAX);
  if (kept) return kept;
  state->timeline->coverage.not_kept++;
  return intern(state, asv_span_text(""), 0, TRUE);
}

AsvSpan asv_timeline_server_address(const char *server) {
  const char *colon = strrchr(server, ':');
  AsvSpan address = asv_span(server, colon ? (gsize)(colon - server) : strlen(server));
  if (address.size >= 2 && server[0] == '[') return asv_span_sub(address, 1, address.size - 2);
  return address;
}

const char *asv_timeline_asker(const AsvTimelineState *state, const char *address) {
  return state->options.client_by == ASV_CLIENT_BY_CAPTURE ? "" : address;
}

/* ---- life ---- */

static void capture_free(gpointer data) {
  AsvCaptureReport *capture = data;
  g_free(capture->file);
  g_free(capture->format);
  g_free(capture);
}

AsvTimeline *asv_timeline_new(const AsvTimelineOptions *options) {
  AsvTimeline *timeline = g_new0(AsvTimeline, 1);
  timeline->options = *options;
  timeline->captures = g_ptr_array_new_with_free_func(capture_free);
  timeline->coverage.unreadable = g_ptr_array_new_with_free_func(g_free);
  timeline->clients = g_ptr_array_new_with_free_func(asv_client_report_free);
  timeline->connections = g_ptr_array_new();
  timeline->findings = g_ptr_array_new();
  AsvTimelineState *state = g_new0(AsvTimelineState, 1);
  state->timeline = timeline;
  state->options = *options;
  state->findings = asv_findings_new();
  state->strings = g_string_chunk_new(64 * 1024);
  state->texts = g_hash_table_new(g_str_hash, g_str_equal);
  state->scratch = g_string_new(NULL);
  state->clients = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, asv_client_free);
  state->last_agents = g_hash_table_new(g_str_hash, g_str_equal);
  state->macs = g_hash_table_new(g_str_hash, g_str_equal);
  state->tunnellers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  state->connections = g_hash_table_new(g_int64_hash, g_int64_equal);
  state->names = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, asv_names_free);
  state->answers = asv_answers_new();
  g_queue_init(&state->open);
  g_queue_init(&state->closed);
  timeline->state = state;
  return timeline;
}

void asv_timeline_begin(AsvTimeline *timeline, gint64 first) {
  AsvTimelineState *state = timeline->state;
  if (state->has_first) return;
  state->has_first = TRUE;
  state->first = first;
  if (__builtin_add_overflow(state->options.at, state->options.at_relative ? first : 0, &state->at))
    state->at = G_MAXINT64;
}

static void observe_capture(AsvTimelineState *state, const AsvObservation *seen) {
  const AsvCaptureSeen *about = &seen->capture;
  AsvCaptureReport *capture = g_new0(AsvCaptureReport, 1);
  *capture = (AsvCaptureReport){.file = g_strdup(seen->file),
                                .format = g_strdup(about->format),
                                .packets = about->packets,
                                .bytes = about->bytes,
                                .dropped = about->dropped,
                                .first = about->first,
                                .last = about->last,
                                .complete = about->complete,
                                .has_dropped = about->has_dropped};
  g_ptr_array_add(state->timeline->captures, capture);
}

static void advance_clock(AsvTimelineState *state, const AsvObservation *seen) {
  asv_timeline_begin(state->timeline, seen->time);
  gint64 now = state->started ? MAX(state->clock, seen->time) : seen->time;
  if (state->options.has_at && !state->at_passed && now > state->at) asv_timeline_pass_at(state);
  state->started = TRUE;
  state->clock = now;
}

/* --client and --origin leave out what is said about others; connections are both's. */
static gboolean is_wanted(const AsvTimelineState *state, const AsvConnection *connection,
                          const AsvObservation *seen) {
  if (state->options.client && connection->client && !connection->client->shown) return FALSE;
  if (!state->options.origin) return TRUE;
  AsvSpan origin = seen->kind == ASV_OBSERVATION_REQUEST         ? seen->request.origin
                   : seen->kind == ASV_OBSERVATION_RESPONSE      ? seen->response.origin
                   : seen->kind == ASV_OBSERVATION_ADVERTISEMENT ? seen->advertisement.origin
                   : seen->kind == ASV_OBSERVATION_KEEP_ALIVE    ? seen->keep_alive.origin
                                                                 : asv_span(NULL, 0);
  return !origin.size || asv_span_is(origin, state->options.origin);
}

static gboolean is_answer(const AsvObservation *seen) {
  return seen->kind == ASV_OBSERVATION_HTTPS_RECORD || seen->kind == ASV_OBSERVATION_ADDRESS_RECORD;
}

/* What asked DNS is no connection that matters here. */
static void observe_answer(AsvTimelineState *state, const AsvObservation *seen) {
  state->timeline->coverage.dns = TRUE;
  const char *client = seen->connection->client;
  const char *asker = asv_timeline_asker(state, client ? client : "");
  if (!asv_answers_add(state->answers, asker, state->clock, seen))
    state->timeline->coverage.not_kept++;
}

static void dispatch(AsvTimelineState *state, AsvConnection *connection,
                     const AsvObservation *seen) {
  switch (seen->kind) {
    case ASV_OBSERVATION_CONNECTION:
      asv_connection_opened(state, connection, seen);
      break;
    case ASV_OBSERVATION_HANDSHAKE:
      asv_connection_handshake(state, connection, seen);
      break;
    case ASV_OBSERVATION_REQUEST:
      asv_timeline_requested(state, connection, seen);
      break;
    case ASV_OBSERVATION_RESPONSE:
      asv_timeline_responded(state, connection, seen);
      break;
    case ASV_OBSERVATION_ADVERTISEMENT:
      asv_timeline_advertised(state, connection, seen);
      break;
    case ASV_OBSERVATION_FAILURE:
      asv_timeline_failed(state, connection, seen);
      break;
    case ASV_OBSERVATION_CLOSE:
      asv_connection_close(state, connection, seen);
      break;
    case ASV_OBSERVATION_UNREADABLE:
      asv_connection_unreadable(state, connection, seen);
      break;
    default:
      break;
  }
}

void asv_timeline_observe(AsvTimeline *timeline, const AsvObservation *seen) {
  AsvTimelineState *state = timeline->state;
  if (seen->kind == ASV_OBSERVATION_CAPTURE) {
    observe_capture(state, seen);
    asv_findings_observe(state->findings, NULL, seen);
    return;
  }
  if (!seen->connection) return;
  advance_clock(state, seen);
  if (is_answer(seen)) {
    observe_answer(state, seen);
    return;
  }
  AsvConnection *connection = asv_connection_of(state, seen);
  dispatch(state, connection, seen);
  if (is_wanted(state, connection, seen))
    asv_findings_observe(state->findings,
                         connection->client ? connection->client->name : connection->address, seen);
}

static void find_bounds(AsvTimelineState *state) {
  AsvTimeline *timeline = state->timeline;
  gboolean known = state->started;
  timeline->first = state->first;
  timeline->last = state->clock;
  for (guint i = 0; i < timeline->captures->len; i++) {
    const AsvCaptureReport *capture = timeline->captures->pdata[i];
    if (!capture->packets) continue;
    timeline->first = known ? MIN(timeline->first, capture->first) : capture->first;
    timeline->last = known ? MAX(timeline->last, capture->last) : capture->last;
    known = TRUE;
  }
  if (known) asv_timeline_begin(timeline, timeline->first);
}

void asv_timeline_finish(AsvTimeline *timeline) {
  AsvTimelineState *state = timeline->state;
  find_bounds(state);
  if (state->options.has_at && !state->at_passed && timeline->last > state->at)
    asv_timeline_pass_at(state);
  for (GList *at = state->open.head; at; at = at->next) asv_timeline_end(state, at->data, NULL);
  timeline->at = state->options.has_at ? state->at : timeline->last;
  timeline->at_projected = state->options.has_at && state->at > timeline->last;
  asv_timeline_report(state);
}

void asv_timeline_free(AsvTimeline *timeline) {
  if (!timeline) return;
  AsvTimelineState *state = timeline->state;
  g_ptr_array_free(timeline->captures, TRUE);
  g_ptr_array_free(timeline->clients, TRUE);
  asv_connections_free(state);
  g_ptr_array_free(timeline->coverage.unreadable, TRUE);
  g_ptr_array_free(timeline->connections, TRUE);
  g_ptr_array_free(timeline->findings, TRUE);
  g_hash_table_destroy(state->clients);
  g_hash_table_destroy(state->last_agents);
  g_hash_table_destroy(state->macs);
  g_hash_table_destroy(state->tunnellers);
  g_hash_table_destroy(state->names);
  asv_answers_free(state->answers);
  asv_findings_free(state->findings);
  g_hash_table_unref(state->texts);
  g_string_chunk_free(state->strings);
  g_string_free(state->scratch, TRUE);
  g_free(state);
  g_free(timeline);
}
