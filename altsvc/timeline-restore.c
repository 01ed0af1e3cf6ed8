/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What clients had in their caches before the capture began: given by who
 * asks, told as `restored` at the time of the first packet. What had expired
 * by then expires at once.
 */
#include <string.h>

#include "timeline-state.h"

/* What it was learned over, for a client that keeps that apart. */
static guint source_of(const AsvStored *stored) {
  if (!stored->learned_over) return 0;
  return strcmp(stored->learned_over, "h1") == 0   ? 1
         : strcmp(stored->learned_over, "h2") == 0 ? 2
                                                   : 3;
}

static AsvEntry entry_of(AsvTimelineState *state, const AsvOriginState *origin,
                         const AsvStored *stored) {
  AsvEntry entry = {.serial = ++state->serial,
                    .learned = state->first,
                    .expires = stored->expires,
                    .source = source_of(stored),
                    .validated = stored->validated};
  char *protocol_id = (char *)asv_timeline_intern_text(state, stored->protocol_id);
  entry.alternative =
      (AsvAlternativeSeen){.protocol_id = protocol_id,
                           .alpn = protocol_id,
                           .alpn_size = strlen(protocol_id),
                           .host = (char *)asv_timeline_intern_text(state, stored->host),
                           .own_host = asv_span_is_nocase(origin->origin.host, stored->host),
                           .has_port = TRUE,
                           .port = stored->port,
                           .persist = stored->persist,
                           .usable = stored->port != 0,
                           .why = stored->port ? NULL : "port is 0",
                           .restored = TRUE};
  return entry;
}

static void restore(AsvTimelineState *state, AsvOriginState *origin, const AsvStored *stored) {
  if (origin->cache.count >= ASV_ALTERNATIVES_MAX) {
    state->timeline->coverage.not_kept++;
    return;
  }
  AsvChangeContext context = {.state = state, .origin = origin};
  AsvCacheWatch watch = asv_event_watch(&context);
  AsvEntry entry = entry_of(state, origin, stored);
  asv_cache_restore(&origin->cache, &entry, &watch);
}

void asv_client_restore(AsvTimelineState *state, AsvClientState *client) {
  const GPtrArray *start = state->options.start;
  guint64 room = ASV_RESTORED_MAX - state->restored;
  guint count = start ? (guint)MIN(start->len, room) : 0;
  state->restored += count;
  if (start) state->timeline->coverage.not_kept += start->len - count;
  for (guint i = 0; i < count; i++) {
    const AsvStored *stored = g_ptr_array_index(start, i);
    AsvOriginState *origin = asv_client_origin(state, client, asv_span_text(stored->origin));
    if (origin) restore(state, origin, stored);
  }
  GHashTableIter iter;
  gpointer origin;
  g_hash_table_iter_init(&iter, client->origins);
  while (g_hash_table_iter_next(&iter, NULL, &origin)) {
    asv_origin_expire(state, origin, state->first);
    if (state->at_passed) asv_timeline_keep_rows(state, origin);
  }
}
