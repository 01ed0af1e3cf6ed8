/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The timeline while it is fed: tells a watch what each observation makes
 * happen, and answers what a cache holds now. Costs nothing when nobody
 * watches.
 */
#include <string.h>

#include "timeline-state.h"

void asv_timeline_watch(AsvTimeline *timeline, const AsvTimelineWatch *watch) {
  timeline->state->watch = *watch;
  asv_findings_watch(timeline->state->findings, &timeline->state->watch);
}

void asv_recent_tell(const AsvTimelineState *state, const AsvClientState *client,
                     const AsvOriginState *origin, const AsvEvent *event) {
  const AsvTimelineWatch *watch = &state->watch;
  if (!watch->event || event->kind == ASV_EVENT_CONTEXT) return;
  AsvEvent told = *event;
  told.findings = NULL;
  watch->event(watch->self, client->name, origin ? origin->text : NULL, &told);
}

void asv_recent_tell_again(const AsvChangeContext *context, const AsvEntry *entry) {
  AsvTimelineState *state = context->state;
  if (!state->watch.event) return;
  AsvEvent *event =
      asv_event_new(state, ASV_EVENT_REFRESHED, state->clock, context->seen, context->connection);
  asv_event_set_alternative(event, entry);
  asv_event_set_message(state, event, context->pending);
  event->value = context->value;
  event->value_size = context->value_size;
  asv_recent_tell(state, context->origin->client, context->origin, event);
  asv_event_free(event);
}

const char *asv_timeline_client_now(const AsvTimeline *timeline, guint64 connection_id) {
  const AsvConnection *connection =
      g_hash_table_lookup(timeline->state->connections, &connection_id);
  return connection && connection->client ? connection->client->name : NULL;
}

GPtrArray *asv_timeline_cache_now(const AsvTimeline *timeline, const char *client,
                                  const char *origin) {
  const AsvTimelineState *state = timeline->state;
  const AsvClientState *of = g_hash_table_lookup(state->clients, client);
  const AsvOriginState *known = of ? g_hash_table_lookup(of->origins, origin) : NULL;
  return known ? asv_timeline_rows(known, state->clock) : NULL;
}
