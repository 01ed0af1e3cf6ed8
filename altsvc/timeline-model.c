/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the models of clients add to the rules of RFC 7838 §2.2, §2.4 and §3.1. */
#include "timeline-model.h"
#include "timeline-shadow.h"

#include <string.h>

#define SECOND G_GINT64_CONSTANT(1000000000)

/* Firefox: what could not be connected to lives on for so long. */
#define UNVALIDATED_LIFE (2 * SECOND)
/* Chromium: how long a failure counts, the double each time, and at most. */
#define MARK_FIRST (300 * SECOND)
#define MARK_LONGEST (2 * 86400 * SECOND)
#define HANDSHAKE_PATIENCE (10 * SECOND)

/* ---- Firefox ---- */

static gboolean is_h3(const AsvAlternativeSeen *alternative) {
  return strcmp(alternative->alpn, "h3") == 0;
}

/* The entry that an offer would take the place of. */
static const AsvEntry *find_rival(const AsvCache *cache, const AsvEntry *offer) {
  for (guint i = 0; i < cache->count; i++)
    if (asv_cache_replaces(ASV_REPLACES_CLASS, &cache->entries[i], offer, 1))
      return &cache->entries[i];
  return NULL;
}

/* The QUIC connection that it came over leads there already: there is nothing to connect to. */
static gboolean comes_from_there(const AsvAdvert *advert, const AsvAlternativeSeen *to) {
  const AsvConnection *connection = advert->connection;
  return connection->quic && is_h3(to) && to->port == connection->port &&
         asv_span_is_nocase(advert->origin->origin.host, to->host);
}

/* A route that is being connected to, or that is the same, stays as it is; another one that would
 * end sooner does not count. */
static gboolean is_unwanted(const AsvAdvert *advert, const AsvEntry *offer) {
  const AsvEntry *rival = find_rival(&advert->origin->cache, offer);
  if (!rival) return comes_from_there(advert, &offer->alternative);
  if (asv_alternative_same(&rival->alternative, &offer->alternative)) return TRUE;
  if (!rival->tried && !rival->validated) return TRUE;
  return asv_cache_expiry(advert->state->clock, offer->life) < rival->expires;
}

void asv_offered_hold_on(const AsvAdvert *advert, AsvOffered *offered) {
  if (offered->clears) return;
  for (guint i = offered->offers->len; i-- > 0;) {
    AsvEntry *offer = &g_array_index(offered->offers, AsvEntry, i);
    if (!is_unwanted(advert, offer)) continue;
    g_clear_pointer(&offer->findings, g_array_unref);
    g_array_remove_index(offered->offers, i);
    offered->held = TRUE;
  }
}

/* ---- curl ---- */

/* A look through the file: what had expired by `time` and stands before what was stored at `before`
 * is gone. */
struct AsvSweep {
  gint64 time, before;
};

/* The second in which an entry was stored; of a restored one, when it came. */
static gint64 stored_at(const AsvEntry *entry) {
  return entry->alternative.restored ? entry->learned : entry->expires - MAX(entry->life, 0);
}

/* Which entry a request is led by: of those learned over HTTP/2 the oldest. */
static gint64 first_match(const AsvTimelineState *state, const AsvOriginState *origin) {
  gint64 first = G_MAXINT64;
  for (guint i = 0; i < origin->cache.count; i++) {
    const AsvEntry *entry = &origin->cache.entries[i];
    if (entry->source == 1 + ASV_VIA_HTTP2_HEADER && entry->expires > state->clock)
      first = MIN(first, stored_at(entry));
  }
  return first;
}

void asv_client_sweep(const AsvTimelineState *state, AsvClientState *client,
                      const AsvOriginState *origin) {
  if (!client->choice.model->stores_expired || origin->origin.scheme != ASV_SCHEME_HTTPS) return;
  AsvSweep sweep = {.time = state->clock, .before = first_match(state, origin)};
  if (!client->sweeps) client->sweeps = g_array_new(FALSE, FALSE, sizeof(AsvSweep));
  while (client->sweeps->len &&
         g_array_index(client->sweeps, AsvSweep, client->sweeps->len - 1).before <= sweep.before)
    g_array_set_size(client->sweeps, client->sweeps->len - 1);
  if (client->sweeps->len >= ASV_SWEEPS_KEPT) g_array_remove_index(client->sweeps, 0);
  g_array_append_val(client->sweeps, sweep);
}

gboolean asv_client_stores(const AsvClientState *client, const AsvEnded *ended) {
  if (!client->choice.model->stores_expired || ended->by != ASV_ENDED_EXPIRY) return FALSE;
  gint64 stored = stored_at(&ended->entry);
  for (guint i = 0; client->sweeps && i < client->sweeps->len; i++) {
    const AsvSweep *sweep = &g_array_index(client->sweeps, AsvSweep, i);
    if (ended->entry.expires / SECOND < sweep->time / SECOND && stored < sweep->before)
      return FALSE;
  }
  return TRUE;
}

/* ---- Chromium ---- */

/* An alternative that failed, wherever it was advertised. */
typedef struct {
  gint64 until; /* 0: it has run out, or a request worked */
  guint count;  /* of failures */
} Mark;

static char *mark_key(const AsvAlternativeSeen *to) {
  return g_strdup_printf("%s %s:%" G_GUINT64_FORMAT, to->protocol_id, to->host, to->port);
}

static Mark *find_mark(const AsvClientState *client, const AsvAlternativeSeen *to) {
  if (!client->marks) return NULL;
  g_autofree char *key = mark_key(to);
  return g_hash_table_lookup(client->marks, key);
}

static Mark *make_mark(AsvTimelineState *state, AsvClientState *client,
                       const AsvAlternativeSeen *to) {
  Mark *mark = find_mark(client, to);
  if (mark) return mark;
  if (!client->marks)
    client->marks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  if (g_hash_table_size(client->marks) >= ASV_MARKS_MAX) {
    state->timeline->coverage.not_kept++;
    return NULL;
  }
  mark = g_new0(Mark, 1);
  g_hash_table_insert(client->marks, mark_key(to), mark);
  return mark;
}

gint64 asv_model_broken_until(const AsvClientState *client, const AsvAlternativeSeen *alternative,
                              gint64 now) {
  const Mark *mark = find_mark(client, alternative);
  return mark && mark->until > now ? mark->until : 0;
}

static void tell(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                 AsvEventKind kind, const AsvEntry *entry, const AsvObservation *seen) {
  AsvEvent *event = asv_event_new(state, kind, state->clock, seen, connection);
  asv_event_set_alternative(event, entry);
  asv_event_add(state, origin, event);
}

/* When the client had had enough; its own clock ends a handshake that the server keeps alive. */
static gint64 gave_up(const AsvConnection *connection, const AsvObservation *seen) {
  if (seen->kind == ASV_OBSERVATION_FAILURE &&
      seen->failure.reason == ASV_FAILURE_HANDSHAKE_INCOMPLETE)
    return asv_cache_expiry(connection->opened.time, HANDSHAKE_PATIENCE);
  return seen->time;
}

static void mark_broken(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                        const AsvEntry *entry, const AsvObservation *seen) {
  gint64 from = gave_up(connection, seen);
  if (from > state->clock) return;
  Mark *mark = make_mark(state, origin->client, &entry->alternative);
  if (!mark || mark->until > from) return;
  gint64 life = MARK_FIRST;
  for (guint i = 0; i < mark->count && life < MARK_LONGEST; i++) life *= 2;
  mark->count++;
  mark->until = asv_cache_expiry(from, MIN(life, MARK_LONGEST));
  const AsvObservation *shown = from == seen->time ? seen : NULL;
  AsvEvent *event = asv_event_new(state, ASV_EVENT_BROKEN, from, shown, connection);
  asv_event_set_alternative(event, entry);
  event->expires = mark->until;
  asv_event_add(state, origin, event);
}

/* The entry goes with its mark, unless it came after that had run out. */
static void expire_mark(AsvTimelineState *state, AsvOriginState *origin, const AsvEntry *entry,
                        gint64 until) {
  AsvChangeContext context = {.state = state, .origin = origin};
  AsvCacheWatch watch = asv_event_watch(&context);
  AsvEvent *event = asv_event_new(state, ASV_EVENT_UNBROKEN, until, NULL, NULL);
  guint64 serial = entry->serial;
  asv_event_set_alternative(event, entry);
  asv_event_add(state, origin, event);
  asv_cache_evict(&origin->cache, serial, until, &watch);
}

void asv_model_expire_marks(AsvTimelineState *state, AsvOriginState *origin, gint64 now) {
  if (!origin->client->marks) return;
  for (guint i = origin->cache.count; i-- > 0;) {
    const AsvEntry *entry = &origin->cache.entries[i];
    const Mark *mark = find_mark(origin->client, &entry->alternative);
    if (!mark || !mark->until || mark->until > now || mark->until > entry->expires) continue;
    if (entry->expires - MAX(entry->life, 0) <= mark->until)
      expire_mark(state, origin, entry, mark->until);
  }
}

/* ---- what comes of a connection ---- */

static AsvEntry *find_entry(const AsvOriginState *origin, const AsvAlternativeSeen *alternative) {
  for (guint i = 0; i < origin->cache.count; i++)
    if (asv_alternative_same(&origin->cache.entries[i].alternative, alternative))
      return &origin->cache.entries[i];
  return NULL;
}

void asv_model_failed(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                      const AsvAlternativeSeen *alternative, const AsvObservation *seen) {
  const AsvModel *model = asv_connection_model(connection, origin->client);
  AsvEntry *entry = find_entry(origin, alternative);
  if (!entry) return;
  if (model->marks_broken && connection->quic) mark_broken(state, connection, origin, entry, seen);
  if (!model->validates) return;
  asv_shadow_begin(origin);
  asv_cache_shorten(&origin->cache, entry->serial,
                    asv_cache_expiry(state->clock, UNVALIDATED_LIFE));
}

void asv_model_used(AsvTimelineState *state, AsvConnection *connection, AsvOriginState *origin,
                    AsvEntry *entry, const AsvObservation *seen) {
  const AsvModel *model = asv_connection_model(connection, origin->client);
  asv_model_touch(state, origin);
  if (model->validates && !entry->validated) {
    entry->validated = TRUE;
    tell(state, connection, origin, ASV_EVENT_VALIDATED, entry, seen);
  }
  Mark *mark = model->marks_broken ? find_mark(origin->client, &entry->alternative) : NULL;
  if (!mark || mark->until <= state->clock) return;
  mark->until = 0;
  tell(state, connection, origin, ASV_EVENT_UNBROKEN, entry, seen);
}

/* ---- room ---- */

static void evict(AsvTimelineState *state, AsvOriginState *origin) {
  AsvChangeContext context = {.state = state, .origin = origin};
  AsvCacheWatch watch = asv_event_watch(&context);
  asv_origin_expire(state, origin, state->clock);
  while (origin->cache.count)
    asv_cache_evict(&origin->cache, origin->cache.entries[0].serial, state->clock, &watch);
}

void asv_model_touch(AsvTimelineState *state, AsvOriginState *origin) {
  AsvClientState *client = origin->client;
  guint max = client->choice.model->origins_max;
  if (!max) return;
  if (origin->touched.data) g_queue_unlink(&client->touched, &origin->touched);
  origin->touched.data = origin;
  g_queue_push_tail_link(&client->touched, &origin->touched);
  while (client->touched.length > max) {
    AsvOriginState *oldest = client->touched.head->data;
    g_queue_unlink(&client->touched, &oldest->touched);
    oldest->touched.data = NULL;
    evict(state, oldest);
  }
}
