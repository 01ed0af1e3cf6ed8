/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events: made from an observation, collected per origin within limits, equal
 * `refreshed` ones collapsed into runs, context lines beside them.
 */
#include <string.h>

#include "timeline-model.h"
#include "timeline-shadow.h"

static void set_stream(AsvEvent *event, const AsvObservation *seen) {
  switch (seen->kind) {
    case ASV_OBSERVATION_ADVERTISEMENT:
      event->has_stream = seen->advertisement.has_stream;
      event->stream = seen->advertisement.stream;
      event->has_via = TRUE;
      event->via = seen->advertisement.via;
      event->status = seen->advertisement.status;
      break;
    case ASV_OBSERVATION_REQUEST:
      event->has_stream = seen->request.has_stream;
      event->stream = seen->request.stream;
      break;
    case ASV_OBSERVATION_RESPONSE:
      event->has_stream = seen->response.has_stream;
      event->stream = seen->response.stream;
      event->status = seen->response.status;
      break;
    default:
      break;
  }
}

AsvEvent *asv_event_new(AsvTimelineState *state, AsvEventKind kind, gint64 time,
                        const AsvObservation *seen, const AsvConnection *connection) {
  AsvEvent *event = g_new0(AsvEvent, 1);
  event->kind = kind;
  event->time = event->last_time = time;
  event->count = 1;
  if (connection) {
    event->connection = connection->label;
    event->id = connection->id;
  }
  if (!seen) return event;
  event->packet = event->last_packet = seen->packet;
  event->file = asv_timeline_file(state, seen);
  set_stream(event, seen);
  return event;
}

void asv_event_set_alternative(AsvEvent *event, const AsvEntry *entry) {
  event->alternative = g_memdup2(&entry->alternative, sizeof entry->alternative);
  event->expires = entry->expires;
  event->learned_time = entry->alternative.restored ? 0 : entry->learned;
  event->learned_packet = entry->packet;
}

void asv_event_set_message(AsvTimelineState *state, AsvEvent *event, const AsvPending *pending) {
  if (!pending) return;
  event->method = asv_timeline_keep(state, asv_span_text(pending->method), ASV_METHOD_SHOWN);
  event->path = asv_timeline_keep(state, asv_span_text(pending->path), ASV_PATH_SHOWN);
}

void asv_event_add_finding(AsvEvent *event, guint handle) {
  if (handle == ASV_NO_FINDING) return;
  if (!event->findings) event->findings = g_array_new(FALSE, FALSE, sizeof(guint));
  for (guint i = 0; i < event->findings->len; i++)
    if (g_array_index(event->findings, guint, i) == handle) return;
  g_array_append_val(event->findings, handle);
}

void asv_event_free(gpointer data) {
  AsvEvent *event = data;
  g_free(event->alternative);
  if (event->findings) g_array_unref(event->findings);
  g_free(event);
}

/* ---- lists ---- */

static gboolean has_room(AsvTimelineState *state, const GPtrArray *events) {
  if (state->events < ASV_EVENTS_MAX && (!events || events->len < ASV_ORIGIN_EVENTS_MAX))
    return TRUE;
  state->timeline->coverage.not_kept++;
  return FALSE;
}

static gboolean add(AsvTimelineState *state, GPtrArray **events, AsvEvent *event) {
  if (!has_room(state, *events)) {
    asv_event_free(event);
    return FALSE;
  }
  if (!*events) *events = g_ptr_array_new_with_free_func(asv_event_free);
  g_ptr_array_add(*events, event);
  state->events++;
  return TRUE;
}

/* Whatever changes what a cache holds, or fails to, ends the runs of equal advertisements. */
static void end_runs(AsvOriginState *origin) {
  origin->said.steady = FALSE;
  for (guint i = 0; i < origin->cache.count; i++) origin->cache.entries[i].run = NULL;
}

gboolean asv_event_add(AsvTimelineState *state, AsvOriginState *origin, AsvEvent *event) {
  if (event->kind != ASV_EVENT_REFRESHED && event->kind != ASV_EVENT_TRIED &&
      event->kind != ASV_EVENT_USED && event->kind != ASV_EVENT_FAILED &&
      event->kind != ASV_EVENT_CONTEXT)
    end_runs(origin);
  asv_recent_tell(state, origin->client, origin, event);
  return add(state, &origin->events, event);
}

void asv_event_add_unplaced(AsvTimelineState *state, AsvClientState *client, AsvEvent *event) {
  asv_recent_tell(state, client, NULL, event);
  add(state, &client->unplaced, event);
}

AsvEvent *asv_event_context(AsvTimelineState *state, AsvOriginState *origin,
                            const AsvConnection *connection, const AsvMoment *at,
                            const char *words) {
  if (!origin->events || origin->context_lines >= ASV_ORIGIN_CONTEXT_MAX ||
      state->context_lines >= ASV_CONTEXT_MAX)
    return NULL;
  AsvEvent *event = asv_event_new(state, ASV_EVENT_CONTEXT, at->time, NULL, connection);
  event->packet = event->last_packet = at->packet;
  event->file = at->file;
  event->context = asv_timeline_keep(state, asv_span_text(words), ASV_PATH_SHOWN);
  if (!asv_event_add(state, origin, event)) return NULL;
  origin->context_lines++;
  state->context_lines++;
  return event;
}

/* ---- changes of a cache ---- */

void asv_event_remember_ended(AsvOriginState *origin, const AsvEntry *entry, gint64 time,
                              AsvEndedBy by) {
  if (!origin->ended) origin->ended = g_array_new(FALSE, FALSE, sizeof(AsvEnded));
  if (origin->ended->len >= ASV_ENDED_KEPT) g_array_remove_index(origin->ended, 0);
  AsvEnded ended = {.entry = *entry, .time = time, .by = by};
  g_array_append_val(origin->ended, ended);
}

static gboolean same_value(const AsvEvent *event, const AsvChangeContext *context) {
  return event->value_size == context->value_size &&
         (event->value == context->value ||
          memcmp(event->value, context->value, event->value_size) == 0);
}

/* TRUE when this `refreshed` is one more of the entry's run. */
static gboolean prolong_run(const AsvChangeContext *context, AsvEntry *entry) {
  AsvEvent *run = entry->run;
  const AsvAlternativeSeen *now = &entry->alternative;
  if (!run || !same_value(run, context) || run->via != context->seen->advertisement.via ||
      run->alternative->has_age != now->has_age || run->alternative->age != now->age)
    return FALSE;
  run->count++;
  run->last_time = context->state->clock;
  run->last_packet = context->seen->packet;
  asv_recent_tell_again(context, entry);
  return TRUE;
}

/* An origin whose alternative a connection may be for before it says so. */
static void note_elsewhere(AsvOriginState *origin) {
  AsvClientState *client = origin->client;
  if (!client->elsewhere) client->elsewhere = g_ptr_array_new();
  if (client->elsewhere->len < ASV_HOST_ORIGINS_MAX &&
      !g_ptr_array_find(client->elsewhere, origin, NULL))
    g_ptr_array_add(client->elsewhere, origin);
}

static void note_coming(AsvOriginState *origin, const AsvEntry *entry) {
  origin->generation++;
  origin->learned++;
  if (!entry->alternative.usable) return;
  origin->usable++;
  if (asv_alternative_is_origin(&entry->alternative, origin)) {
    origin->own++;
    return;
  }
  note_elsewhere(origin);
  if (asv_alternative_is_tcp(&entry->alternative))
    origin->over_tcp++;
  else if (origin->origin.port < ASV_PORT_UNPRIVILEGED &&
           entry->alternative.port >= ASV_PORT_UNPRIVILEGED)
    origin->unprivileged++;
}

static void on_changed(void *self, AsvEventKind kind, AsvEndedBy ended_by, gint64 time,
                       AsvEntry *entry, const AsvEntry *offer) {
  AsvChangeContext *context = self;
  AsvTimelineState *state = context->state;
  AsvOriginState *origin = context->origin;
  if (kind == ASV_EVENT_LEARNED || kind == ASV_EVENT_RESTORED) {
    note_coming(origin, entry);
    asv_model_touch(state, origin);
  }
  if (ended_by != ASV_ENDED_NOT) asv_event_remember_ended(origin, entry, time, ended_by);
  if (kind == ASV_EVENT_REFRESHED && prolong_run(context, entry)) return;
  AsvEvent *event = asv_event_new(state, kind, time, context->seen, context->connection);
  event->ended_by = ended_by;
  asv_event_set_alternative(event, entry);
  asv_event_set_message(state, event, context->pending);
  if (context->value) {
    event->value = context->value;
    event->value_size = context->value_size;
  }
  for (guint i = 0; offer && offer->findings && i < offer->findings->len; i++)
    asv_event_add_finding(event, g_array_index(offer->findings, guint, i));
  for (guint i = 0; context->findings && i < context->findings->len; i++)
    asv_event_add_finding(event, g_array_index(context->findings, guint, i));
  context->findings = NULL;
  event->rfc = g_steal_pointer(&context->rfc);
  if (ended_by == ASV_ENDED_EVICTION || (ended_by == ASV_ENDED_EXPIRY && entry->shortened))
    event->rfc = "kept, its life is not over";
  if (ended_by == ASV_ENDED_EVICTION) asv_shadow_keep(origin, entry);
  if (asv_event_add(state, origin, event) && kind == ASV_EVENT_REFRESHED) entry->run = event;
}

AsvCacheWatch asv_event_watch(AsvChangeContext *context) {
  return (AsvCacheWatch){.self = context, .changed = on_changed};
}

/* ---- findings ---- */

guint asv_timeline_raise_list(AsvTimelineState *state, AsvFindingCode code,
                              const AsvFactAbout *about, const char *format, va_list words) {
  const AsvOriginState *origin = about->origin;
  if (about->client && !about->client->shown) return ASV_NO_FINDING;
  if (state->options.origin && (!origin || strcmp(origin->text, state->options.origin) != 0))
    return ASV_NO_FINDING;
  AsvFindingAbout fact = {.seen = about->seen,
                          .client = about->client ? about->client->name : NULL,
                          .origin = origin ? origin->text : NULL};
  return asv_findings_raise_list(state->findings, code, &fact, format, words);
}

guint asv_timeline_raise(AsvTimelineState *state, AsvFindingCode code, const AsvFactAbout *about,
                         const char *format, ...) {
  va_list words;
  va_start(words, format);
  guint handle = asv_timeline_raise_list(state, code, about, format, words);
  va_end(words);
  return handle;
}
